import { describe, expect, it } from "vitest";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import { bedrockConverse } from "../../src/rules/dialects/bedrock-converse/index.ts";
import { asCount } from "../../src/rules/dialects/json-fields.ts";
import { gemini } from "../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../src/rules/dialects/openai-chat/index.ts";
import { passThrough } from "../../src/rules/dialects/openai-chat/pass-through.ts";
import { createPassThrough } from "../../src/rules/dialects/pass-through.ts";
import { end, metadata, start as begin, stop, tool } from "../rules/dialects/bedrock-converse/frames.ts";
import { expectWellFormed } from "../rules/dialects/well-formed.ts";
import { decodeAll } from "./expectations.ts";

const deep = "[".repeat(5000) + "]".repeat(5000);
const frames = (...events: readonly string[]): Uint8Array => new TextEncoder().encode(events.map((data) => `data: ${data}\n\n`).join(""));
const decode = (...events: readonly string[]) => decodeAll(anthropicMessages.provider.createStreamDecoder(), [frames(...events)]);
const start = '{"type":"message_start","message":{"id":"msg_1"}}';
const textStart = '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}';

/** Each was met by the fuzzer once: values that it needs luck to meet again. */
describe("found by fuzzing", () => {
	it.each([
		["a block of a type that is not known", [start, `{"type":"content_block_start","index":0,"content_block":{"type":"x","a":${deep}}}`]],
		["a delta of one", [start, '{"type":"content_block_start","index":0,"content_block":{"type":"x"}}', `{"type":"content_block_delta","index":0,"delta":{"type":"x","a":${deep}}}`]],
		["a citation", [start, textStart, `{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"a":${deep}}}}`]],
		["what is said of the message", [`{"type":"message_start","message":{"container":${deep}}}`]],
		["the usage", [start, `{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"a":${deep}}}`]],
	])("Anthropic: %s that nests too deep to be written again is a failure", (_, events) => {
		expect(decode(...events).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
	});

	it("Anthropic: so is a whole answer", () => {
		for (const body of [`{"content":[{"type":"x","a":${deep}}]}`, `{"content":[],"usage":{"a":${deep}}}`]) {
			expect(anthropicMessages.provider.decodeAnswer(JSON.parse(body))).toMatchObject({ ok: false, problem: { kind: "protocol" } });
		}
	});

	it("Anthropic: the last call is told also where the stop reason came before it", () => {
		const events = decode(
			'{"type":"message_start","message":{"id":"msg_1","stop_reason":"tool_use"}}',
			'{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}',
			'{"type":"content_block_stop","index":0}',
			'{"type":"message_stop"}',
		);
		expectWellFormed(events);
		expect(events).toContainEqual(expect.objectContaining({ type: "tool-call", toolCallId: "toolu_1" }));
	});

	it("OpenAI: a stream passes also where the last piece of a call comes with the reason, behind other content", () => {
		const pieces = frames(
			'{"choices":[{"index":0,"delta":{"content":"I look."},"finish_reason":null}]}',
			'{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{"}}]},"finish_reason":null}]}',
			'{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"}"}}]},"finish_reason":"tool_calls"}]}',
			"[DONE]",
		);
		const tap = createPassThrough(openaiChat.provider, passThrough, { hidesUsage: false });
		expect([...tap.push(pieces), ...tap.close()].at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
	});

	it("Gemini: what nests too deep beside a call is left out, and the call is told", () => {
		const call = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"},"thoughtSignature":${deep}}]},"finishReason":"STOP"}]}`;
		const events = decodeAll(gemini.provider.createStreamDecoder(), [frames(call)]);
		expect(events).toContainEqual({ type: "tool-call", toolCallId: expect.any(String), toolName: "f", input: "{}" });
	});

	it("Bedrock: calls that share an id are told apart, streamed and whole alike", () => {
		const calls = [0, 1, 2].flatMap((index) => [tool(index, "id", "f"), stop(index)]);
		const events = decodeAll(bedrockConverse.createStreamDecoder(), [begin, ...calls, end("tool_use"), metadata]);
		expectWellFormed(events);
		const streamed = events.flatMap((event) => (event.type === "tool-call" ? [event.toolCallId] : []));
		const toolUse = { toolUse: { toolUseId: "id", name: "f", input: {} } };
		const whole = bedrockConverse.decodeAnswer({ output: { message: { content: [toolUse, toolUse, toolUse] } }, stopReason: "tool_use" });
		expect(streamed).toEqual(["id", "id_2", "id_3"]);
		expect(whole).toMatchObject({ ok: true, value: { content: streamed.map((toolCallId) => ({ toolCallId })) } });
	});

	it.each([2 ** 53, 1e300, Number.POSITIVE_INFINITY, -1, Number.NaN])("%s counts no tokens: no ledger can add it up", (value) => {
		expect(asCount(value)).toBeUndefined();
	});
});
