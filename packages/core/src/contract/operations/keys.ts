import { z } from "zod";
import type { Operation } from "../operation.ts";
import { changeErrors, deleted, keyScopes, limitRules, listErrors, name, next, pageQuery, projectId, readErrors, virtualKey } from "./tenancy-fields.ts";

const keyInPath = { ...projectId, keyId: "The key's id (`key_...`)" } as const;
const shownOnce = z.object({ key: z.string().meta({ description: "Shown once", example: "pst_..." }), details: virtualKey });

export const keyOperations = {
	listKeys: {
		surface: "accounts",
		method: "GET",
		path: "/v1/projects/:projectId/keys",
		summary: "The keys of a project, by their first characters",
		access: { role: "member", in: "project" },
		description: "Oldest first.",
		parameters: projectId,
		query: pageQuery,
		output: { kind: "json", schema: z.object({ keys: z.array(virtualKey), next }) },
		errors: listErrors,
	},
	createKey: {
		surface: "accounts",
		method: "POST",
		path: "/v1/projects/:projectId/keys",
		summary: "Create a key, which is shown once",
		access: { role: "admin", in: "project" },
		parameters: projectId,
		body: z.strictObject({
			name: name.default("Key"),
			expiresAt: z.iso.datetime({ offset: true }).optional(),
			scopes: keyScopes.exactOptional(),
			limits: limitRules.exactOptional(),
		}),
		isBodyOptional: true,
		idempotency: "sealed",
		status: 201,
		output: { kind: "json", schema: shownOnce },
		errors: changeErrors,
		example: { name: "website", scopes: { surfaces: ["openai"], models: ["fast"] }, limits: { requestsPerMinute: 60 } },
	},
	revokeKey: {
		surface: "accounts",
		method: "DELETE",
		path: "/v1/projects/:projectId/keys/:keyId",
		summary: "Revoke a key",
		description: "It stops working at once, on other gateways that share the store within a second.",
		access: { role: "owner", in: "project" },
		parameters: keyInPath,
		output: { kind: "json", schema: deleted },
		errors: readErrors,
	},
	revokeNamedKey: {
		surface: "accounts",
		method: "DELETE",
		path: "/v1/projects/:projectId/keys",
		summary: "Revoke a key that the query names",
		access: { role: "owner", in: "project" },
		parameters: projectId,
		query: { keyId: "May be left out where the project has one key only" },
		output: { kind: "json", schema: deleted },
		errors: ["VALIDATION_ERROR", ...readErrors],
	},
	rotateKey: {
		surface: "accounts",
		method: "POST",
		path: "/v1/projects/:projectId/keys/rotate",
		summary: "Give a key another secret, which is shown once",
		description: "The key stays the same one: its id, name, scopes, limits and expiry, its sessions and records. The old secret stops working at once, or after the grace period.",
		access: { role: "owner", in: "project" },
		parameters: projectId,
		body: z.strictObject({
			keyId: z.string().min(1).max(200).optional().meta({ description: "May be left out where the project has one key only" }),
			graceSeconds: z.int().min(0).max(7 * 24 * 3600).default(0).meta({ description: "How long the old secret works too" }),
		}),
		isBodyOptional: true,
		idempotency: "sealed",
		output: { kind: "json", schema: shownOnce },
		errors: [...changeErrors, "CONFLICT"],
		example: { graceSeconds: 3600 },
	},
} as const satisfies Record<string, Operation>;
