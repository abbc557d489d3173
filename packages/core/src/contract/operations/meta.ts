import { z } from "zod";
import type { Operation } from "../operation.ts";

const concurrency = z.object({
	active: z.int().nonnegative(),
	limit: z.int().nonnegative().nullable().meta({ description: "null where no limit is set" }),
});

export const health = z
	.object({
		status: z.enum(["ok", "unhealthy"]),
		service: z.literal("postern"),
		timestamp: z.iso.datetime(),
		concurrency: z.object({ streaming: concurrency, nonStreaming: concurrency }),
		error: z.string().optional(),
	})
	.meta({ id: "Health" });
export type Health = z.output<typeof health>;

export const metaOperations = {
	getHealth: {
		surface: "meta",
		method: "GET",
		path: "/health",
		summary: "Health of the gateway",
		description: "Answers the plain text `ok` where the caller accepts only `text/plain`.",
		access: "public",
		output: { kind: "json", schema: health },
		alsoStatus: [503],
		errors: [],
	},
	getMetrics: {
		surface: "meta",
		method: "GET",
		path: "/metrics",
		summary: "What this process has counted, for Prometheus",
		description: "Requests, exchanges, attempts, tokens, cost, latencies, slots and targets that rest. The figures of one process, since it began.",
		access: "operator",
		output: { kind: "text", contentType: "text/plain; version=0.0.4; charset=utf-8" },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN", "FORBIDDEN"],
	},
	getDocs: {
		surface: "meta",
		method: "GET",
		path: "/docs",
		summary: "Interactive API documentation",
		access: "public",
		output: { kind: "text", contentType: "text/html; charset=utf-8" },
		errors: ["CAPABILITY_ABSENT"],
	},
	getDocsAsset: {
		surface: "meta",
		method: "GET",
		path: "/docs/:file",
		summary: "A file of the documentation page",
		access: "public",
		parameters: { file: "Name of the file" },
		output: { kind: "bytes", contentType: "text/javascript; charset=utf-8" },
		errors: ["NOT_FOUND", "CAPABILITY_ABSENT"],
	},
	getOpenApiYaml: {
		surface: "meta",
		method: "GET",
		path: "/openapi.yaml",
		summary: "This document as YAML",
		access: "public",
		output: { kind: "text", contentType: "text/yaml; charset=utf-8" },
		errors: [],
	},
	getOpenApiJson: {
		surface: "meta",
		method: "GET",
		path: "/openapi.json",
		summary: "This document as JSON",
		access: "public",
		output: { kind: "json", schema: z.looseObject({ openapi: z.string() }) },
		errors: [],
	},
} as const satisfies Record<string, Operation>;
