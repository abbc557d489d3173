import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { guardPrototypes } from "../../../fuzz/expectations.ts";
import { hostileText, hostileValue, mutatedJson } from "../../../fuzz/hostile.ts";
import { splitsOf } from "../arbitraries.ts";
import { itDecodesAlikeAtEverySplit } from "../stream-laws.ts";
import { block, decode, event, init, result, retry, session, start, status, stop, text, toolResult, toolUse, whole, wire } from "./lines.ts";

guardPrototypes();

const events = (...lines: readonly (JsonObject | string)[]) => decode([wire(lines)]);
const metadata = { claudeCode: { sessionId: session } };
const types = (...lines: readonly (JsonObject | string)[]) => events(...lines).map(({ type }) => type);

const plain = [init, status, start(), ...text(0, "Hel", "lo"), ...stop(), result()];
const withTool = [
	init, start(), ...text(0, "Let me look."), ...toolUse(1, "toolu_1", '{"command":"ls"}'), ...stop("tool_use"), toolResult("toolu_1", "a.txt", { is_error: false }),
	status, start("msg_2"), ...text(0, "One file."), ...stop(), result({ num_turns: 2, result: "One file." }),
];

describe("a stream", () => {
	it("is Anthropic's events, ended by the result", () => {
		expect(events(...plain)).toEqual([
			{ type: "response-metadata", id: "msg_1", model: "claude-opus-4-8", usage: { inputTokens: 15, outputTokens: 1, cachedInputTokens: 3, cacheWriteTokens: 2 } },
			{ type: "text-start", id: "0", metadata },
			{ type: "text-delta", id: "0", delta: "Hel" },
			{ type: "text-delta", id: "0", delta: "lo" },
			{ type: "text-end", id: "0" },
			{
				type: "finish",
				reason: "stop",
				rawReason: "end_turn",
				usage: { inputTokens: 15, outputTokens: 7, cachedInputTokens: 3, cacheWriteTokens: 2 },
				metadata: { claudeCode: { sessionId: session, totalCostUsd: 0.000239, turnCount: 1 } },
			},
		]);
	});

	it("keeps its session in the answer that a turn is stored as", () => {
		const fold = createAnswerFold();
		fold.push(events(...plain));
		expect(fold.answer().content).toEqual([{ type: "text", text: "Hello", metadata }]);
	});

	it("has thoughts with their signature", () => {
		const thinking = block(0, { type: "thinking", thinking: "", signature: "" }, { type: "thinking_delta", thinking: "Hm" }, { type: "signature_delta", signature: "c2ln" });
		const fold = createAnswerFold();
		fold.push(events(init, start(), ...thinking, ...text(1, "Yes"), ...stop(), result()));
		expect(fold.answer().content[0]).toEqual({ type: "reasoning", text: "Hm", metadata: { anthropic: { signature: "c2ln" } } });
	});

	it("is several messages in one answer, with the tools that Claude Code ran in between", () => {
		const fold = createAnswerFold();
		const told = events(...withTool);
		fold.push(told);
		expect(told.filter(({ type }) => type === "response-metadata")).toHaveLength(1);
		expect(fold.answer().content).toEqual([
			{ type: "text", text: "Let me look.", metadata },
			{ type: "tool-call", toolCallId: "toolu_1", toolName: "Bash", input: '{"command":"ls"}', providerExecuted: true },
			{ type: "tool-result", toolCallId: "toolu_1", toolName: "Bash", output: { type: "text", text: "a.txt" }, providerExecuted: true },
			{ type: "text", text: "One file.", metadata },
		]);
		expect(fold.answer().finish).toMatchObject({ reason: "stop", metadata: { claudeCode: { turnCount: 2 } } });
	});

	it("tells a result behind its call, also where it was printed in front of its message's end", () => {
		const lines = [start(), ...toolUse(0, "toolu_1", "{}"), toolResult("toolu_1", "ok"), ...stop("tool_use"), result()];
		expect(types(...lines)).toEqual(["response-metadata", "tool-input-start", "tool-input-delta", "tool-input-end", "tool-call", "tool-result", "finish"]);
	});

	it("is silent about subagents, save that they live", () => {
		const subagent = { parent_tool_use_id: "toolu_1" };
		const lines = [
			start(), ...text(0, "Hi"), event({ type: "message_start", message: {} }, "toolu_1"), whole([{ type: "text", text: "secret" }], subagent),
			{ ...toolResult("toolu_9", "x"), ...subagent }, ...stop(), result(),
		];
		expect(types(...lines)).toEqual(["response-metadata", "text-start", "text-delta", "text-end", "ping", "finish"]);
	});

	it("is made of whole messages where nothing is streamed", () => {
		const lines = [
			init, whole([{ type: "thinking", thinking: "Hm", signature: "c2ln" }]), whole([{ type: "text", text: "Look" }]),
			whole([{ type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } }]), toolResult("toolu_1", [{ type: "text", text: "a" }]), whole([{ type: "text", text: "Done" }]), result(),
		];
		const fold = createAnswerFold();
		fold.push(events(...lines));
		expect(fold.answer().content).toMatchObject([
			{ type: "reasoning", text: "Hm", metadata: { anthropic: { signature: "c2ln" } } },
			{ type: "text", text: "Look" },
			{ type: "tool-call", input: '{"command":"ls"}', providerExecuted: true },
			{ type: "tool-result", output: { type: "parts", parts: [{ type: "text", text: "a" }] } },
			{ type: "text", text: "Done" },
		]);
	});

	it("is its result where nothing else said anything", () => {
		expect(types(init, result())).toEqual(["text-start", "text-delta", "text-end", "finish"]);
		expect(types(init, result({ result: "" }))).toEqual(["finish"]);
	});

	it("skips what is no line of the protocol, and what is not known of it", () => {
		const known = ["(node:1) Warning: /home/me", "{", "[]", "null", { type: "rate_limit_event" }, { type: "system", subtype: "hook_started" }, ...plain];
		expect(events(...known)).toEqual(events(...plain));
	});

	it("may begin again where it broke off before it said anything", () => {
		expect(types(init, start(), retry, start("msg_2"), ...text(0, "Hi"), ...stop(), result())).toEqual(["response-metadata", "ping", "text-start", "text-delta", "text-end", "finish"]);
	});

	it("has signs of life of its process, but does not begin with one", () => {
		expect(types("", retry, start(), "", ...text(0, "Hi"), ...stop(), result())).toEqual(["response-metadata", "ping", "text-start", "text-delta", "text-end", "finish"]);
	});
});

describe("a stream that fails", () => {
	it.each([
		["with a result of failure", [init, whole([{ type: "text", text: "API Error" }], { error: "rate_limit" }, "<synthetic>"), result({ is_error: true, api_error_status: 429, result: "rate limit" })], "rate-limited", 0],
		["by its process", [init, start(), ...text(0, "Hi").slice(0, 2), { type: "postern_process", reason: "exit", exitCode: 1, stderr: "x" }], "upstream", 2],
		["by its limit of time", [init, start(), ...text(0, "Hi").slice(0, 2), { type: "postern_process", reason: "time" }], "timeout", 2],
		["by an early end", plain.slice(0, -1), "protocol", 4],
		["by an end before anything", [], "protocol", 0],
		["by a message that was spoken twice", [start(), ...text(0, "Hi"), start()], "protocol", 3],
		["by a result in the middle of a message", [start(), ...text(0, "Hi"), result()], "protocol", 3],
		["by two calls of one id", [start(), ...toolUse(0, "t", "{}"), ...stop("tool_use"), start("msg_2"), ...toolUse(0, "t", "{}")], "protocol", 4],
		["by an error of the API inside of it", [start(), event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } })], "overloaded", 0],
	] satisfies [string, (JsonObject | string)[], string, number][])("%s", (_, lines, kind, contents) => {
		const told = events(...lines).filter(({ type }) => type !== "response-metadata");
		expect(told.slice(0, -1)).toHaveLength(contents);
		expect(told.at(-1)).toMatchObject({ type: "error", failure: { kind } });
	});

	it("by a line that is too long, however it comes", () => {
		const flood = Array.from({ length: 100 }, () => new TextEncoder().encode("x".repeat(50)));
		expect(decode(flood, 1000)).toMatchObject([{ type: "error", failure: { kind: "protocol" } }]);
		expect(decode([wire([init, "x".repeat(2000)])], 1000)).toMatchObject([{ type: "error", failure: { kind: "protocol" } }]);
	});
});

describe("any bytes", () => {
	const known = fc.constantFrom(...plain, ...withTool, retry, whole([{ type: "text", text: "Hi" }]), { type: "postern_process", reason: "exit" });
	const line = fc.oneof(
		{ weight: 4, arbitrary: known.map((value) => JSON.stringify(value)) },
		known.chain((value) => mutatedJson(value).map(hostileText)),
		hostileValue().map(hostileText),
		fc.string(),
	);
	itDecodesAlikeAtEverySplit(fc.array(line, { maxLength: 12 }).map(wire), decode);
	itDecodesAlikeAtEverySplit(fc.uint8Array({ maxLength: 200 }), decode);

	it.each([["plain", plain], ["with a tool", withTool]])("of a stream %s are the same answer at every split", (_, lines) => {
		const bytes = wire(lines);
		const expected = decode([bytes]);
		fc.assert(
			fc.property(splitsOf(bytes), (pieces) => {
				expect(decode(pieces)).toEqual(expected);
			}),
			{ numRuns: 100 },
		);
	});
});
