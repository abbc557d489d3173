import { describe, expect, it } from "vitest";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";

const { decodeFailure, decodeAnswer } = openaiChat.provider;
const failure = (status: number, body: unknown, headers: Record<string, string> = {}) =>
	decodeFailure(status, headers, typeof body === "string" ? body : JSON.stringify(body));
const openai = (fields: object) => ({ error: { message: "words of the provider", type: "invalid_request_error", param: null, code: null, ...fields } });

describe("failures by status and body", () => {
	it.each([
		[400, openai({}), "bad-request", "caller"],
		[400, openai({ code: "context_length_exceeded" }), "context-length", "caller"],
		[400, { message: "Please reduce the length of the messages or completion. Current length is 5 while limit is 4" }, "context-length", "caller"],
		[400, { message: "prompt is too long: 5 > 4" }, "context-length", "caller"],
		[400, openai({ code: "content_filter" }), "content-filter", "caller"],
		[400, openai({ code: "content_policy_violation" }), "content-filter", "caller"],
		[401, openai({ code: "invalid_api_key" }), "authentication", "gateway"],
		[402, { error: { message: "Insufficient Balance" } }, "quota", "gateway"],
		[403, openai({}), "permission", "gateway"],
		[404, openai({ code: "model_not_found" }), "model-not-found", "caller"],
		[408, "", "timeout", "upstream"],
		[413, openai({}), "bad-request", "caller"],
		[422, { detail: [{ loc: ["body", "messages"], msg: "field required" }] }, "bad-request", "caller"],
		[429, openai({ type: "requests", code: "rate_limit_exceeded" }), "rate-limited", "upstream"],
		[429, openai({ type: "insufficient_quota", code: "insufficient_quota" }), "quota", "gateway"],
		[429, "<html>Too many</html>", "rate-limited", "upstream"],
		[498, "", "overloaded", "upstream"],
		[500, openai({ type: "server_error" }), "upstream", "upstream"],
		[500, "not json", "upstream", "upstream"],
		[503, openai({}), "overloaded", "upstream"],
		[504, "", "timeout", "upstream"],
		[529, "", "overloaded", "upstream"],
	])("%i %j is %s, blame %s", (status, body, kind, blame) => {
		expect(failure(status, body)).toMatchObject({ kind, blame, status });
	});

	it.each([
		["OpenAI", openai({ message: "Unknown parameter" }), "Unknown parameter"],
		["Ollama", { error: "Unknown parameter" }, "Unknown parameter"],
		["Mistral", { object: "error", message: "Unknown parameter" }, "Unknown parameter"],
		["Gemini", [{ error: { code: 400, message: "Unknown parameter" } }], "Unknown parameter"],
		["FastAPI", { detail: [{ loc: ["body", "n"], msg: "Unknown parameter" }] }, "body.n: Unknown parameter"],
		["FastAPI in one sentence", { detail: "Unknown parameter" }, "Unknown parameter"],
		["nobody's", { oh: "no" }, "The provider refused the request"],
	])("carries the words of %s for the caller's own mistake", (_, body, message) => {
		expect(failure(400, body).message).toBe(message);
	});

	it("carries no words for the others, and no credential ever", () => {
		for (const status of [401, 403, 429, 500, 503]) {
			expect(JSON.stringify(failure(status, openai({ message: "internal host db7 said no" })))).not.toContain("db7");
		}
		expect(failure(400, openai({ message: `Incorrect key sk-abcdef123456789 ${"x ".repeat(1000)}` })).message).toMatch(/^Incorrect key \[redacted\] .{0,480}…$/);
	});

	it.each([
		["seconds", { "retry-after": "7" }, 7000],
		["milliseconds", { "retry-after-ms": "150", "retry-after": "7" }, 150],
		["a date", { "retry-after": "Sun, 06 Nov 1994 08:49:47 GMT", date: "Sun, 06 Nov 1994 08:49:37 GMT" }, 10_000],
		["a date without a date to count from", { "retry-after": "Sun, 06 Nov 1994 08:49:47 GMT" }, undefined],
	])("reads Retry-After in %s", (_, headers, expected) => {
		expect(failure(429, openai({}), headers as Record<string, string>).retryAfterMs).toBe(expected);
	});
});

describe("whole answers that are none", () => {
	it.each([
		["null", null],
		["a text", "hello"],
		["no choices", { id: "x" }],
		["empty choices", { choices: [] }],
		["a choice without a message", { choices: [{ index: 0 }] }],
		["a transcription", { model: "voxtral", text: "words", usage: { prompt_tokens: 1 } }],
	])("%s is a protocol failure", (_, body) => {
		expect(decodeAnswer(body)).toMatchObject({ ok: false, problem: { kind: "protocol", blame: "upstream" } });
	});
	it("an error object with a status of 200 is a failure", () => {
		expect(decodeAnswer({ error: { code: "insufficient_quota", message: "x" } })).toMatchObject({ ok: false, problem: { kind: "quota" } });
	});
	it("a missing finish_reason is no failure where the answer is whole", () => {
		expect(decodeAnswer({ choices: [{ message: { content: "a" } }] })).toMatchObject({ ok: true, value: { content: [{ text: "a" }], finish: { reason: "other" } } });
	});
	it("two calls without ids stay two", () => {
		const call = { function: { name: "f", arguments: "{}" } };
		const decoded = decodeAnswer({ id: "x", choices: [{ message: { content: null, tool_calls: [call, call] }, finish_reason: "tool_calls" }] });
		expect(decoded).toMatchObject({ ok: true, value: { content: [{ toolCallId: "call_0_x" }, { toolCallId: "call_1_x" }] } });
	});
});
