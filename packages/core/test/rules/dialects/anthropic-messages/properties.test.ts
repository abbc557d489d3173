import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../../src/contract/json.ts";
import { message as messageSchema, messagesRequest } from "../../../../src/contract/wire/anthropic-messages.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer, arbitraryPrompt, splitsOf } from "../arbitraries.ts";
import { answerOfAnthropic, interleave, promptOfAnthropic } from "./arbitraries.ts";
import { block, context, decode, fold, frames, message, sse, withParsedInputs } from "./streams.ts";

const { provider, caller } = anthropicMessages;
const bytes = (text: string) => new TextEncoder().encode(text);
const overTheWire = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value));

describe("laws", () => {
	it("a request comes back as it was: decode(encode(prompt)) = prompt", () => {
		fc.assert(
			fc.property(promptOfAnthropic, fc.boolean(), (prompt, stream) => {
				const { body, warnings } = provider.encodeRequest(prompt, { model: "claude-sonnet-4-6", stream, quirks: {} });
				expect(warnings).toEqual([]);
				const decoded = caller.decodeRequest(messagesRequest.parse(overTheWire(body)));
				expect(decoded).toEqual({ ok: true, value: { model: "claude-sonnet-4-6", stream, prompt } });
			}),
			{ numRuns: 300 },
		);
	});

	it("a whole answer comes back as it was: decode(encode(answer)) = answer", () => {
		fc.assert(
			fc.property(answerOfAnthropic, (answer) => {
				const body = overTheWire(caller.encodeAnswer(answer, context));
				expect(provider.decodeAnswer(body)).toEqual({ ok: true, value: answer });
			}),
			{ numRuns: 300 },
		);
	});

	it("a streamed answer, cut anywhere, folds into the answer it came from", () => {
		const streamed = answerOfAnthropic.chain((answer) => {
			const text = caller.createStreamEncoder(context).push(unfoldAnswer(answer));
			return splitsOf(bytes(text)).map((pieces) => ({ answer, pieces }));
		});
		fc.assert(
			fc.property(streamed, ({ answer, pieces }) => {
				expect(fold(decode(pieces))).toEqual(answer);
			}),
			{ numRuns: 300 },
		);
	});

	it("parts that run side by side come out as blocks that do not overlap, and nothing is lost", () => {
		fc.assert(
			fc.property(answerOfAnthropic, fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 8 }), (answer, order) => {
				const encoder = caller.createStreamEncoder(context);
				const text = interleave(unfoldAnswer(answer), order).map((event) => encoder.push([event])).join("");
				expect(fold(decode([bytes(text)]))).toEqual(answer);
				let open: Json | undefined;
				let next = 0;
				for (const { event, data } of frames(text)) {
					if (event === "content_block_start") {
						expect(open).toBeUndefined();
						open = data["index"];
						expect(open).toBe(next++);
					} else if (event.startsWith("content_block")) expect(data["index"]).toBe(open);
					if (event === "content_block_stop") open = undefined;
				}
				expect(open).toBeUndefined();
			}),
			{ numRuns: 300 },
		);
	});
});

describe("from the other dialect", () => {
	it("any prompt becomes a request that the schema takes, and what was left out is told", () => {
		fc.assert(
			fc.property(arbitraryPrompt("openai-chat"), (prompt) => {
				const { body } = provider.encodeRequest(prompt, { model: "claude-sonnet-4-5", stream: true, quirks: {} });
				const turns = body["messages"];
				if (Array.isArray(turns) && turns.length > 0) expect(messagesRequest.safeParse(overTheWire(body)).error).toBeUndefined();
			}),
			{ numRuns: 200 },
		);
	});

	it("any answer becomes a message that the schema takes, and streams to the same", () => {
		fc.assert(
			fc.property(arbitraryAnswer("openai-chat"), (answer) => {
				const whole = overTheWire(caller.encodeAnswer(answer, context));
				expect(messageSchema.safeParse(whole).error).toBeUndefined();
				const streamed = fold(decode([bytes(caller.createStreamEncoder(context).push(unfoldAnswer(answer)))]));
				const read = provider.decodeAnswer(whole);
				expect(read.ok && withParsedInputs(read.value)).toEqual(withParsedInputs(streamed));
			}),
			{ numRuns: 200 },
		);
	});
});

describe("hostile input", () => {
	const soundStream = sse(
		message([
			...block(0, { type: "thinking", thinking: "" }, [{ type: "thinking_delta", thinking: "é\u{1F468}" }, { type: "signature_delta", signature: "s" }]),
			...block(1, { type: "text", text: "" }, [{ type: "text_delta", text: "a" }, { type: "citations_delta", citation: { type: "x" } }]),
			...block(2, { type: "tool_use", id: "t", name: "n", input: {} }, [{ type: "input_json_delta", partial_json: '{"a":' }]),
			...block(3, { type: "compaction", content: null }, [{ type: "compaction_delta", content: "c" }]),
		]),
	);

	it("random bytes give exactly one end, and nothing behind it", () => {
		fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 6 }), (pieces) => endsOnce(pieces)));
	});

	it("a stream with bytes changed, left out or doubled gives exactly one end, and the same at every split", () => {
		const mutation = fc.tuple(fc.nat({ max: soundStream.length - 1 }), fc.nat({ max: 40 }), fc.uint8Array({ maxLength: 40 }));
		const mutated = mutation.map(([at, removed, added]) =>
			Uint8Array.from([...soundStream.subarray(0, at), ...added, ...soundStream.subarray(at + removed)]),
		);
		fc.assert(
			fc.property(mutated.chain((whole) => splitsOf(whole).map((pieces) => ({ whole, pieces }))), ({ whole, pieces }) => {
				endsOnce(pieces);
				expect(decode(pieces)).toEqual(decode([whole]));
			}),
			{ numRuns: 500 },
		);
	});

	it("events of any JSON give exactly one end", () => {
		const known = fc.constantFrom("message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop", "error");
		const event = fc.tuple(known, fc.jsonValue(), fc.jsonValue()).map(([type, value, other]) => ({
			type, index: 0, message: value, content_block: value, delta: other, usage: other, error: value,
		} as JsonObject));
		fc.assert(fc.property(fc.array(event, { maxLength: 6 }), (events) => endsOnce([sse(events)])), { numRuns: 300 });
	});

	it("whole answers, failures and requests of any JSON never throw", () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.string(), fc.integer({ min: 400, max: 599 }), (value, text, status) => {
				const json: Json = JSON.parse(JSON.stringify(value));
				for (const body of [json, { content: json }, { content: [json], usage: json }, { content: [{ type: "text", text: json, citations: json }] }, { error: json }]) {
					provider.decodeAnswer(body);
					provider.tokenCount?.decodeAnswer(body);
					provider.decodeFailure(status, { "retry-after": text }, JSON.stringify(body));
				}
				provider.decodeFailure(status, {}, text);
				const request = messagesRequest.safeParse({ model: "m", max_tokens: 1, messages: [{ role: "user", content: json }], tools: json, ...Object(json) });
				if (request.success) caller.decodeRequest(request.data);
			}),
			{ numRuns: 300 },
		);
	});

	const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
	it.each([
		["__proto__", '{"type":"tool_use","id":"t","name":"n","input":{"__proto__":{"polluted":1}},"__proto__":{"x":1}}'],
		["deep nesting", `{"type":"tool_use","id":"t","name":"n","input":${deep}}`],
		["deep nesting in a block nobody knows", `{"type":"novel","value":${deep}}`],
		["numbers beyond measure", '{"type":"tool_use","id":"t","name":"n","input":{"n":1e999,"m":123456789012345678901234567890}}'],
		["a lone surrogate", '{"type":"text","text":"\\ud83d"}'],
	])("%s in a content block harms nothing", (_, text) => {
		const content = JSON.parse(text);
		provider.decodeAnswer({ content: [content], stop_reason: "end_turn", usage: {} });
		const stream = `data: {"type":"message_start","message":{}}\n\ndata: {"type":"content_block_start","index":0,"content_block":${text}}\n\ndata: {"type":"content_block_stop","index":0}\n\n`;
		endsOnce([bytes(stream)]);
		expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
		expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
	});
});

function endsOnce(pieces: readonly Uint8Array[]): void {
	const decoder = provider.createStreamDecoder();
	const events = [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
	expect(events.filter(({ type }) => type === "finish" || type === "error")).toHaveLength(1);
	expect(["finish", "error"]).toContain(events.at(-1)?.type);
	expect(decoder.push(sse(message([])))).toEqual([]);
	expect(decoder.close()).toEqual([]);
}
