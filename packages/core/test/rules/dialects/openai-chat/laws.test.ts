import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chatCompletion, chatCompletionChunk, chatCompletionRequest } from "../../../../src/contract/wire/openai-chat.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer, arbitraryPrompt, splitsOf } from "../arbitraries.ts";
import { hostileWire, itDecodesAlikeAtEverySplit } from "../stream-laws.ts";
import { bytes, chunk, context, decodePieces, end, parseSse, sse } from "./helpers.ts";

const { provider, caller } = openaiChat;
const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("the laws of a dialect", () => {
	it("decodes a request to the prompt that was encoded", () => {
		fc.assert(
			fc.property(arbitraryPrompt("openai-chat"), fc.boolean(), (prompt, stream) => {
				const { body, warnings } = provider.encodeRequest(prompt, { model: "gpt-4o", stream, quirks: {} });
				expect(warnings).toEqual([]);
				const decoded = caller.decodeRequest(chatCompletionRequest.parse(throughJson(body)));
				expect(decoded).toEqual({ ok: true, value: { model: "gpt-4o", stream, includeUsage: stream, prompt } });
			}),
		);
	});

	it("decodes an answer to the answer that was encoded", () => {
		fc.assert(
			fc.property(arbitraryAnswer("openai-chat"), (answer) => {
				const body = throughJson(caller.encodeAnswer(answer, context));
				chatCompletion.parse(body);
				expect(provider.decodeAnswer(body)).toEqual({ ok: true, value: answer });
			}),
		);
	});

	it("folds a stream, split anywhere, to the answer that was encoded", () => {
		const streamed = arbitraryAnswer("openai-chat").chain((answer) => {
			const told = Object.keys(answer.finish.usage).length > 0;
			const text = caller.createStreamEncoder({ ...context, includeUsage: told }).push(unfoldAnswer(answer));
			return fc.tuple(fc.constant(answer), splitsOf(bytes(text)));
		});
		fc.assert(
			fc.property(streamed, ([answer, pieces]) => {
				const fold = createAnswerFold();
				fold.push(decodePieces(pieces));
				expect(fold.answer()).toEqual(answer);
			}),
		);
	});

	it("writes chunks that fit the contract", () => {
		fc.assert(
			fc.property(arbitraryAnswer("openai-chat"), fc.boolean(), (answer, includeUsage) => {
				const text = caller.createStreamEncoder({ ...context, includeUsage }).push(unfoldAnswer(answer));
				const chunks = parseSse(text);
				expect(chunks.at(-1)).toBe("[DONE]");
				for (const each of chunks.slice(0, -1)) chatCompletionChunk.parse(each);
			}),
		);
	});
});

/** Streams as vendors send them and as nobody should, broken further at random. */
const hostileJson = fc.oneof(
	fc.jsonValue().map((value) => JSON.stringify(value)),
	fc.constantFrom(
		'{"__proto__":{"polluted":true},"choices":[{"delta":{"__proto__":{"content":"x"}}}]}',
		'{"choices":{"0":{}}}',
		'{"choices":[null,1,"x",{"delta":null},{"delta":{"content":{"a":1},"tool_calls":"x"}}]}',
		'{"choices":[{"delta":{"tool_calls":[null,{"index":1e400,"function":{"name":{},"arguments":[]}}]}}],"created":1e999}',
		'{"choices":[{"delta":{"content":"\\ud83d"},"finish_reason":""}],"usage":{"prompt_tokens":-1,"completion_tokens":1e999}}',
		`{"choices":[{"delta":{"annotations":[${'{"a":'.repeat(5000)}1${"}".repeat(5000)}]}}]}`,
		`{"choices":[{"delta":{"content":[${"[".repeat(5000)}${"]".repeat(5000)},{"type":"x"},{"type":"thinking","thinking":[{}]}]}}]}`,
		'{"choices":[{"delta":{"audio":{"data":1}},"logprobs":{"content":[{}],"refusal":1}}]}',
		'{"error":{"message":{},"code":[]}}',
		'{"error":"out of order"}',
	),
);
const knownChunk = fc
	.constantFrom(
		chunk({ role: "assistant", content: "" }),
		chunk({ content: "a" }),
		chunk({ reasoning_content: "b" }),
		chunk({ tool_calls: [{ index: 0, id: "call_1", function: { name: "f", arguments: "{" } }] }),
		chunk({ tool_calls: [{ index: 1, id: "call_2", function: { name: "g", arguments: "" } }] }),
		chunk({ tool_calls: [{ index: 0, function: { arguments: "}" } }] }),
		chunk({ refusal: "no" }),
		end("stop"),
		end("length", { usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
	)
	.map((value) => JSON.stringify(value));
const wire = hostileWire(knownChunk, hostileJson);

describe("a stream decoder", () => {
	itDecodesAlikeAtEverySplit(wire, decodePieces);

	it("is dead after its end", () => {
		fc.assert(
			fc.property(wire, (more) => {
				const decoder = provider.createStreamDecoder();
				decoder.push(bytes(sse([chunk({ content: "a" }), end("stop")])));
				expect(decoder.push(more)).toEqual([]);
				expect(decoder.close()).toEqual([]);
				expect(decoder.close()).toEqual([]);
			}),
		);
	});

	it("never throws on a whole answer or a failure of any shape", () => {
		fc.assert(
			fc.property(fc.oneof(hostileJson, fc.string()), fc.integer({ min: 400, max: 599 }), (body, status) => {
				expect(provider.decodeFailure(status, {}, body).message).not.toBe("");
				let parsed: unknown;
				try {
					parsed = JSON.parse(body);
				} catch {
					return;
				}
				const decoded = provider.decodeAnswer(throughText(parsed));
				if (!decoded.ok) expect(decoded.problem.message).not.toBe("");
			}),
		);
		expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
	});
});

function throughText(value: unknown) {
	// The law is about parsed JSON of unknown shape.
	return value as Parameters<typeof provider.decodeAnswer>[0];
}
