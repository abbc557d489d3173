import { describe, expect, it } from "vitest";
import { claudeCode } from "../../../../src/rules/dialects/claude-code/index.ts";
import { result } from "./lines.ts";

describe("a whole answer", () => {
	it("is its text, with the session that it ends", () => {
		expect(claudeCode.decodeAnswer(result())).toEqual({
			ok: true,
			value: {
				model: "claude-opus-4-8",
				content: [{ type: "text", text: "Hello", metadata: { claudeCode: { sessionId: "2bb8102e-b5a5-4551-9655-07942b21d921" } } }],
				finish: {
					reason: "stop",
					rawReason: "end_turn",
					usage: { inputTokens: 15, outputTokens: 7, cachedInputTokens: 3, cacheWriteTokens: 2 },
					metadata: { claudeCode: { sessionId: "2bb8102e-b5a5-4551-9655-07942b21d921", totalCostUsd: 0.000239, turnCount: 1 } },
				},
			},
		});
	});

	it.each([
		["an object that was asked for", { structured_output: { n: 1 }, result: "Done", stop_reason: "tool_use" }, '{"n":1}', "stop"],
		["one where an older version tells less", { stop_reason: undefined, modelUsage: undefined, total_cost_usd: undefined }, "Hello", "stop"],
		["one that used tools to its end", { stop_reason: "tool_use" }, "Hello", "stop"],
	])("%s", (_, fields, text, reason) => {
		expect(claudeCode.decodeAnswer(result(fields))).toMatchObject({ ok: true, value: { content: [{ type: "text", text }], finish: { reason } } });
	});

	it("names the tools that were refused, and no model where several were at work", () => {
		const decoded = claudeCode.decodeAnswer(result({ permission_denials: [{ tool_name: "Bash", tool_use_id: "t", tool_input: {} }], modelUsage: { a: {}, b: {} } }));
		expect(decoded).toMatchObject({ value: { finish: { metadata: { claudeCode: { deniedTools: ["Bash"] } } } } });
		expect(decoded).not.toHaveProperty("value.model");
	});

	it.each([[null], [[]], ["text"], [{ type: "assistant" }]])("is not %j", (body) => {
		expect(claudeCode.decodeAnswer(body)).toMatchObject({ ok: false, problem: { kind: "protocol" } });
	});
});

describe("a result that tells of a failure", () => {
	it.each([
		["Invalid API key · Fix external API key", 401, "authentication"],
		["Not logged in · Please run /login", null, "authentication"],
		["Failed to authenticate. API Error: 403 Your key may not use this", 403, "authentication"],
		["API Error: Request rejected (429) · Number of requests has exceeded your rate limit", 429, "rate-limited"],
		["API Error: Request rejected (429) · Please wait", undefined, "rate-limited"],
		["API Error: 529 Overloaded. This is a server-side issue", 529, "overloaded"],
		["API Error: 500 Internal server error.", 500, "upstream"],
		["API Error: 503 Service Unavailable", undefined, "overloaded"],
		["Credit balance is too low", 400, "quota"],
		["Claude AI usage limit reached|1760000000", undefined, "quota"],
		["You've hit your weekly limit · resets Oct 6, 3pm", 429, "quota"],
		["Prompt is too long · the request is ~250000 tokens (limit 200000)", 400, "context-length"],
		["There's an issue with the selected model (claude-nope). It may not exist or you may not have access to it.", 404, "model-not-found"],
		["API Error: Connection to the API was lost (ECONNRESET). This is usually temporary", null, "network"],
		["API Error: Request timed out.", null, "timeout"],
		["API Error: 400 messages.0: something is wrong", 400, "bad-request"],
		["API Error: Claude's response exceeded the 64000 output token maximum.", null, "bad-request"],
		["Something else", null, "upstream"],
	])("%s", (text, status, kind) => {
		const decoded = claudeCode.decodeAnswer(result({ is_error: true, result: text, api_error_status: status, stop_reason: "stop_sequence" }));
		expect(decoded).toMatchObject({ ok: false, problem: { kind } });
	});

	it.each([
		["a refusal", { is_error: true, stop_reason: "refusal", result: "API Error: Claude Code is unable to respond to this request" }, "content-filter"],
		["no turns left", { subtype: "error_max_turns", is_error: true, result: undefined }, "bad-request"],
		["no money left", { subtype: "error_max_budget_usd", is_error: true, result: undefined }, "bad-request"],
		["no object after several tries", { subtype: "error_max_structured_output_retries", is_error: true, result: undefined, errors: ["Failed"] }, "upstream"],
		["a session that is gone", { subtype: "error_during_execution", is_error: true, result: undefined, errors: ["No conversation found with session ID: x"] }, "upstream"],
		["one that says no more", { subtype: "error_during_execution", is_error: false, result: undefined }, "upstream"],
	])("%s", (_, fields, kind) => {
		expect(claudeCode.decodeAnswer(result(fields))).toMatchObject({ ok: false, problem: { kind } });
	});

	it("shows a caller what is wrong with the request, and nothing of the operator's machine", () => {
		const message = (text: string, status: number) => {
			const decoded = claudeCode.decodeAnswer(result({ is_error: true, result: text, api_error_status: status }));
			return decoded.ok ? undefined : decoded.problem.message;
		};
		expect(message("API Error: 400 messages.0: something is wrong with sk-ant-abcdef123", 400)).toBe("messages.0: something is wrong with [redacted]");
		expect(message("API Error: 500 Internal server error. Check your inference gateway (10.0.0.1:8799)", 500)).toBe("The provider failed");
	});
});

describe("a process that gave no answer", () => {
	const report = (fields: object) => claudeCode.decodeFailure(503, {}, JSON.stringify({ type: "postern_process", ...fields }));
	it.each([
		[{ reason: "start", code: "ENOENT" }, "permission", /not installed/],
		[{ reason: "start", code: "EACCES" }, "permission", /may not start/],
		[{ reason: "start", code: "EAGAIN" }, "permission", /could not be started/],
		[{ reason: "time" }, "timeout", /in time/],
		[{ reason: "busy" }, "overloaded", /As many processes/],
		[{ reason: "exit", exitCode: 1, stderr: "error: unknown option '--tools'" }, "permission", /update it/],
		[{ reason: "exit", exitCode: 1, stderr: "Error: Input must be provided either through stdin or as a prompt argument when using --print" }, "bad-request", /The prompt is empty/],
		[{ reason: "exit", exitCode: 1, stderr: "Invalid API key" }, "authentication", /credential/],
		[{ reason: "exit", signal: "SIGKILL", stderr: "/root/secret" }, "upstream", /^Claude Code ended without an answer$/],
		[{}, "upstream", /without an answer/],
	])("%j", (fields, kind, message) => {
		const failure = report(fields);
		expect(failure).toMatchObject({ kind });
		expect(failure.message).toMatch(message);
	});

	it("of which nothing is known", () => {
		expect(claudeCode.decodeFailure(503, {}, "<html>")).toMatchObject({ kind: "upstream" });
	});
});
