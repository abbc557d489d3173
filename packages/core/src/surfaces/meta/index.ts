import { gatewayError } from "../../contract/errors.ts";
import type { Health } from "../../contract/operations/meta.ts";
import { operations } from "../../contract/operations/index.ts";
import type { Services } from "../../effects/services.ts";
import { docsFile } from "../../http/docs/files.ts";
import { createOpenApiText, type OpenApiText } from "../../http/docs/openapi-text.ts";
import { docsPage } from "../../http/docs/page.ts";
import { errorReply, jsonReply, posternErrorBody } from "../../http/json-reply.ts";
import type { GatewayRequest, Reply } from "../../http/reply.ts";
import type { Surface } from "../../http/surface.ts";
import { metricsReply } from "./metrics.ts";

/** Health, documentation and the OpenAPI document. */
export function createMetaSurface(): Surface<"meta"> {
	// By mount path: the document names it. Few are expected, but a framework's mount path may hold a parameter of the caller's.
	const documents = new Map<string, OpenApiText>();
	const mostDocuments = 16;

	function document({ mountPath }: GatewayRequest, { mounted, version }: Services): OpenApiText {
		const known = documents.get(mountPath);
		if (known !== undefined) return known;
		const surfaces = [...mounted].map(([id, prefix]) => ({ id, prefix }));
		const made = createOpenApiText({ operations, surfaces, basePath: mountPath, version });
		if (documents.size >= mostDocuments) documents.clear();
		documents.set(mountPath, made);
		return made;
	}

	return {
		id: "meta",
		errorReply: (error, requestId) => errorReply(error, posternErrorBody(error, requestId)),
		handlers: {
			async getHealth({ request }, services) {
				const health = await checkHealth(services);
				const status = health.status === "ok" ? 200 : 503;
				const value = wantsPlainText(request.header("accept")) ? textReply(health.status, status) : jsonReply(health, noStore, status);
				return { ok: true, value };
			},

			async getMetrics(_call, services) {
				return { ok: true, value: metricsReply(services) };
			},

			async getDocs({ request }, { mounted, runtime }) {
				if ((await runtime.asset?.("scalar.js")) === undefined) {
					return { ok: false, problem: gatewayError("CAPABILITY_ABSENT", { message: "The docs page needs its script, which this runtime cannot read. See openapi.json" }) };
				}
				const root = request.mountPath + (mounted.get("meta") ?? "");
				const value = docsPage({ openApiUrl: `${root}/openapi.json`, scriptUrl: `${root}/docs/scalar.js`, initUrl: `${root}/docs/init.js` });
				return { ok: true, value };
			},

			async getDocsAsset({ parameters, request }, { runtime }) {
				const file = await docsFile({ file: parameters.file ?? "", acceptEncoding: request.header("accept-encoding"), asset: runtime.asset });
				return file === undefined ? { ok: false, problem: gatewayError("NOT_FOUND") } : { ok: true, value: file };
			},

			async getOpenApiYaml({ request }, services) {
				const body = await document(request, services).yaml();
				return { ok: true, value: { status: 200, headers: { "content-type": "text/yaml; charset=utf-8" }, body } };
			},

			async getOpenApiJson({ request }, services) {
				const body = await document(request, services).json();
				return { ok: true, value: { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body } };
			},
		},
	};
}

const noStore = { "cache-control": "no-store" };

async function checkHealth({ store, slots, runtime }: Services): Promise<Health> {
	const error = await store.check().then(
		() => undefined,
		() => "The store cannot serve",
	);
	const count = (isStreamed: boolean) => {
		const { limit, active } = slots("text", isStreamed);
		return { active: active(), limit: limit ?? null };
	};
	return {
		status: error === undefined ? "ok" : "unhealthy",
		service: "postern",
		timestamp: new Date(runtime.now()).toISOString(),
		concurrency: { streaming: count(true), nonStreaming: count(false) },
		...(error === undefined ? {} : { error }),
	};
}

/** The plain `ok` is for callers that take nothing else. */
function wantsPlainText(accept: string | undefined): boolean {
	return accept !== undefined && /^\s*text\/plain\s*(;[^,]*)?$/i.test(accept);
}

function textReply(body: string, status: number): Reply {
	return { status, headers: { "content-type": "text/plain; charset=utf-8", ...noStore }, body };
}
