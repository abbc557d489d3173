import { describe, expect, it } from "vitest";
import { aiSdk } from "../../../../src/rules/dialects/ai-sdk/index.ts";

const failure = (status: number, error: object, headers: Readonly<Record<string, string>> = {}) => aiSdk.decodeFailure(status, headers, JSON.stringify({ error }));
const called = (statusCode: number, body: unknown) => ({ name: "AI_APICallError", message: "no", statusCode, responseBody: typeof body === "string" ? body : JSON.stringify(body) });

describe("what the vendor said", () => {
	it.each([
		["OpenAI", 400, { error: { message: "This model's maximum context length is 8192 tokens", code: "context_length_exceeded" } }, "context-length", "caller"],
		["OpenAI", 429, { error: { message: "You exceeded your current quota", code: "insufficient_quota" } }, "quota", "gateway"],
		["OpenAI", 401, { error: { message: "Incorrect API key provided", code: "invalid_api_key" } }, "authentication", "gateway"],
		["Anthropic", 400, { type: "error", error: { type: "invalid_request_error", message: "prompt is too long: 9 tokens" } }, "context-length", "caller"],
		["Anthropic", 529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "overloaded", "upstream"],
		["Google", 400, { error: { code: 400, status: "INVALID_ARGUMENT", message: "API key not valid. Please pass a valid API key." } }, "authentication", "gateway"],
		["a proxy", 502, "<html>Bad gateway</html>", "upstream", "upstream"],
		["a proxy", 404, "", "model-not-found", "caller"],
	] as const)("by %s, %i: %j is %s", (_, status, body, kind, blame) => {
		expect(failure(status, called(status, body))).toMatchObject({ kind, blame, status });
	});

	it("counts where only the read form of it is there", () => {
		const error = { name: "AI_APICallError", message: "no", statusCode: 400, data: { error: { message: "too long", code: "context_length_exceeded" } } };
		expect(failure(400, error)).toMatchObject({ kind: "context-length" });
	});

	it("tells how long to wait", () => {
		expect(failure(429, called(429, { error: { message: "slow down" } }), { "retry-after": "7" })).toMatchObject({ kind: "rate-limited", retryAfterMs: 7000 });
	});
});

describe("what the AI SDK itself throws", () => {
	it.each([
		["AI_LoadAPIKeyError", "authentication", "gateway"],
		["AI_NoSuchModelError", "model-not-found", "caller"],
		["AI_UnsupportedFunctionalityError", "bad-request", "caller"],
		["AI_InvalidPromptError", "bad-request", "caller"],
		["AI_JSONParseError", "protocol", "upstream"],
		["AI_InvalidResponseDataError", "protocol", "upstream"],
		["TimeoutError", "timeout", "upstream"],
		["AI_SomethingNew", "upstream", "upstream"],
		["TypeError", "upstream", "upstream"],
	])("%s is %s, and the status of ours is not told", (name, kind, blame) => {
		const told = failure(500, { name, message: "no" });
		expect(told).toMatchObject({ kind, blame });
		expect(told).not.toHaveProperty("status");
	});

	it("an answer of 200 that could not be read is a protocol failure", () => {
		expect(failure(500, called(200, "{}"))).toMatchObject({ kind: "protocol", blame: "upstream" });
	});

	it.each(["", "null", "[]", '{"error":"x"}', "{"])("a body of %j is a failure", (body) => {
		expect(aiSdk.decodeFailure(500, {}, body)).toMatchObject({ kind: "upstream" });
	});
});
