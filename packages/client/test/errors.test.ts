import { type Client, createClient } from "@postern/client";
import { errorTable } from "@postern/core/contract";
import { describe, expect, test } from "vitest";
import { collect, eventStream, failureOf, fakeFetch, jsonAnswer } from "./fake-fetch.ts";

const requestHeaders = { "x-request-id": "req_1" };
const page = "<!doctype html>\n<html><head><title>502 Bad\nGateway</title></head><body>nginx</body></html>";

const answers: readonly (readonly [string, () => Response, object])[] = [
	[
		"Postern's own",
		() =>
			jsonAnswer(
				{ error: "Invalid request body", code: "VALIDATION_ERROR", requestId: "req_2", issues: [{ path: "prompt", message: "Required" }] },
				{ status: 400, headers: requestHeaders },
			),
		{ code: "VALIDATION_ERROR", status: 400, message: "Invalid request body", requestId: "req_2", issues: [{ path: "prompt", message: "Required" }] },
	],
	[
		"Postern's own with a wait",
		() => jsonAnswer({ error: "Concurrency limit exceeded", code: "CONCURRENCY_LIMIT_ERROR", requestId: "req_2" }, { status: 429, headers: { "retry-after": "5" } }),
		{ code: "CONCURRENCY_LIMIT_ERROR", status: 429, retryAfterMs: 5000 },
	],
	[
		"the model's text",
		() => jsonAnswer({ error: "No JSON", code: "PARSE_ERROR", requestId: "req_2", rawText: "Sorry" }, { status: 502 }),
		{ code: "PARSE_ERROR", status: 502, rawText: "Sorry" },
	],
	[
		"a code of a newer gateway",
		() => jsonAnswer({ error: "Over budget", code: "BUDGET_EXCEEDED", requestId: "req_2" }, { status: 402 }),
		{ code: "BUDGET_EXCEEDED", status: 402, message: "Over budget" },
	],
	[
		"OpenAI's",
		() => jsonAnswer({ error: { message: "Incorrect key", type: "invalid_request_error", param: null, code: "invalid_api_key" } }, { status: 401, headers: requestHeaders }),
		{ code: "INVALID_TOKEN", status: 401, message: "Incorrect key", requestId: "req_1" },
	],
	[
		"Anthropic's",
		() => jsonAnswer({ type: "error", error: { type: "not_found_error", message: "model: x" }, request_id: "req_3" }, { status: 404 }),
		{ code: "NOT_FOUND", status: 404, message: "model: x", requestId: "req_3" },
	],
	["plain text", () => new Response("unauthorized\n", { status: 401 }), { code: "INVALID_TOKEN", status: 401, message: "HTTP 401 unauthorized" }],
	["a proxy's page", () => new Response(page, { status: 502 }), { code: "PROVIDER_ERROR", status: 502, message: "HTTP 502 502 Bad\nGateway" }],
	["a page without a title", () => new Response("<p>oops", { status: 503 }), { code: "PROVIDER_OVERLOADED", status: 503, message: "HTTP 503" }],
	["nothing", () => new Response(null, { status: 500, headers: requestHeaders }), { code: "INTERNAL_ERROR", status: 500, message: "HTTP 500", requestId: "req_1" }],
	["JSON of no known shape", () => jsonAnswer(null, { status: 418 }), { code: "INVALID_REQUEST", status: 418 }],
	["a null error", () => jsonAnswer({ error: null }, { status: 500 }), { code: "INTERNAL_ERROR", status: 500 }],
];

const calls: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
	["a whole answer", (client) => client.prompt({ prompt: "x" })],
	["a stream", (client) => collect(client.stream({ prompt: "x" }))],
	["a stream's promise", (client) => client.streamText({ prompt: "x" }).text],
];

describe.each(calls)("%s", (_, call) => {
	test.each(answers)("error answer: %s", async (_name, answer, expected) => {
		expect(await failureOf(call(createClient(fakeFetch(answer))))).toMatchObject(expected);
	});

	test("a page where an answer should be", async () => {
		const answer = () => new Response("<html>my app</html>", { headers: { "content-type": "text/html", ...requestHeaders } });
		const failure = await failureOf(call(createClient(fakeFetch(answer))));
		expect(failure).toMatchObject({ code: "INVALID_RESPONSE", status: 200, requestId: "req_1", message: expect.stringMatching(/text\/html.*baseUrl/) });
	});

	test("a gateway that cannot be reached", async () => {
		const cause = new TypeError("fetch failed");
		const fetch = () => Promise.reject(cause);
		expect(await failureOf(call(createClient({ fetch })))).toMatchObject({ code: "NETWORK_ERROR", cause, status: undefined });
	});

	test("a fetch that throws", async () => {
		const fetch = () => {
			throw new Error("no");
		};
		expect(await failureOf(call(createClient({ fetch })))).toMatchObject({ code: "NETWORK_ERROR" });
	});
});

test("a connection that breaks inside a stream", async () => {
	const cause = new TypeError("terminated");
	const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
		start(controller) {
			controller.enqueue(new TextEncoder().encode("data: a\n\n"));
		},
		pull(controller) {
			controller.error(cause);
		},
	}, { highWaterMark: 0 });
	expect(await failureOf(collect(createClient(fakeFetch(() => eventStream(broken))).stream({ prompt: "x" })))).toMatchObject({ code: "NETWORK_ERROR", cause });
});

test.each([
	["12", 12_000],
	["0", 0],
	[new Date(Date.now() + 3_600_000).toUTCString(), expect.closeTo(3_600_000, -5)],
	[new Date(0).toUTCString(), undefined],
	["soon", undefined],
])("Retry-After: %s", async (value, retryAfterMs) => {
	const client = createClient(fakeFetch(() => jsonAnswer({ error: "x", code: "RATE_LIMITED" }, { status: 429, headers: { "retry-after": value } })));
	expect(await failureOf(client.prompt({ prompt: "x" }))).toMatchObject({ code: "RATE_LIMITED", retryAfterMs });
});

test("in a stream, errors that end one have their code's status", async () => {
	const codes = ["PROVIDER_ERROR", "PROVIDER_OVERLOADED", "RATE_LIMITED", "TIMEOUT_ERROR", "INTERNAL_ERROR", "SHUTTING_DOWN", "PARSE_ERROR", "SCHEMA_ERROR", "TOOL_NOT_ALLOWED", "CONTENT_FILTERED"] as const;
	for (const code of codes) {
		const content = `event: error\ndata: ${JSON.stringify({ error: "x", code, requestId: "r" })}\n\n`;
		expect(await failureOf(collect(createClient(fakeFetch(() => eventStream(content))).stream({ prompt: "x" })))).toMatchObject({ code, status: errorTable[code].status });
	}
});

test("an unhealthy gateway is an answer, a closing one an error", async () => {
	const report = { status: "unhealthy", service: "postern", error: "The store is closed" };
	expect(await createClient(fakeFetch(() => jsonAnswer(report, { status: 503 }))).health()).toEqual(report);
	const closing = fakeFetch(() => jsonAnswer({ error: "Shutting down", code: "SHUTTING_DOWN", requestId: "r" }, { status: 503 }));
	expect(await failureOf(createClient(closing).health())).toMatchObject({ code: "SHUTTING_DOWN", status: 503 });
});
