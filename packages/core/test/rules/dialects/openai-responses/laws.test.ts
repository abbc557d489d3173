import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { response, responsesRequest, responseStreamEvents } from "../../../../src/contract/wire/openai-responses.ts";
import { openaiResponses } from "../../../../src/rules/dialects/openai-responses/index.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer, arbitraryPrompt, splitsOf } from "../arbitraries.ts";
import { hostileWire, itDecodesAlikeAtEverySplit } from "../stream-laws.ts";
import { added, bytes, contextOf, created, decodePieces, delta, done, ended, parseSse, sse } from "./helpers.ts";

const { provider, caller } = openaiResponses;
const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("the laws of a dialect", () => {
	it("decodes a request to the prompt that was encoded", () => {
		fc.assert(
			fc.property(arbitraryPrompt("openai-responses"), fc.boolean(), fc.constantFrom("gpt-4.1", "gpt-5.5", "o3"), (prompt, stream, model) => {
				const { body, warnings } = provider.encodeRequest(prompt, { model, stream, quirks: {} });
				expect(warnings).toEqual([]);
				const decoded = caller.decodeRequest(responsesRequest.parse(throughJson(body)));
				expect(decoded).toEqual({ ok: true, value: { model, stream, includeUsage: true, prompt } });
			}),
		);
	});

	it("decodes an answer to the answer that was encoded", () => {
		fc.assert(
			fc.property(arbitraryAnswer("openai-responses"), (answer) => {
				const body = throughJson(caller.encodeAnswer(answer, contextOf(answer)));
				response.parse(body);
				expect(provider.decodeAnswer(body)).toEqual({ ok: true, value: answer });
			}),
		);
	});

	it("folds a stream, split anywhere, to the answer that was encoded", () => {
		const streamed = arbitraryAnswer("openai-responses").chain((answer) => {
			const text = caller.createStreamEncoder(contextOf(answer)).push(unfoldAnswer(answer));
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

	it("writes events that fit the contract, numbered in their order, whose last one holds the whole response", () => {
		fc.assert(
			fc.property(arbitraryAnswer("openai-responses"), (answer) => {
				const events = parseSse(caller.createStreamEncoder(contextOf(answer)).push(unfoldAnswer(answer)));
				for (const event of events) responseStreamEvents[event.type as keyof typeof responseStreamEvents].parse(event);
				expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
				expect(events.at(-1)?.response).toEqual(throughJson(caller.encodeAnswer(answer, contextOf(answer))));
			}),
		);
	});

	it("writes a request that its own schema takes, whatever another dialect says", () => {
		fc.assert(
			fc.property(fc.oneof(arbitraryPrompt("openai-chat"), arbitraryPrompt("anthropic-messages")), (prompt) => {
				const { body } = provider.encodeRequest(prompt, { model: "gpt-5", stream: false, quirks: {} });
				expect(caller.decodeRequest(responsesRequest.parse(throughJson(body)))).toMatchObject({ ok: true });
			}),
		);
	});
});

/** Streams as vendors send them and as nobody should, broken further at random. */
const hostileJson = fc.oneof(
	fc.jsonValue().map((value) => JSON.stringify(value)),
	fc.constantFrom(
		'{"__proto__":{"polluted":true},"type":"response.output_text.delta","delta":"x"}',
		'{"type":"response.output_item.added","output_index":0,"item":null}',
		'{"type":"response.output_item.added","output_index":1e400,"item":{"type":"function_call","name":{},"call_id":[]}}',
		'{"type":"response.output_item.done","output_index":-1,"item":{"type":"message","content":[null,1,{"type":"output_text","text":{}}]}}',
		'{"type":"response.output_item.done","item":{"type":"reasoning","summary":"x","content":{"0":1},"encrypted_content":7}}',
		`{"type":"response.output_item.done","output_index":3,"item":{"type":"web_search_call","action":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}}`,
		`{"type":"response.output_text.annotation.added","output_index":0,"annotation":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`,
		'{"type":"response.completed","response":{"status":"completed","output":[{"type":"function_call"}]}}',
		'{"type":"response.completed","response":[]}',
		'{"type":"response.failed","response":{"status":"failed","error":"x"}}',
		'{"type":"error","code":{},"message":[]}',
		'{"error":{"message":{}}}',
		'{"type":7}',
	),
);
const call = { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: "" };
const knownEvent = fc
	.constantFrom(
		created,
		added(0, { type: "message", id: "msg_1", role: "assistant", content: [] }),
		delta("output_text", 0, "a", { content_index: 0 }),
		delta("output_text", 0, "b", { content_index: 1 }),
		delta("refusal", 0, "no", { content_index: 0 }),
		{ type: "response.content_part.done", output_index: 0, content_index: 0, part: { type: "output_text", text: "a", annotations: [{ type: "url_citation", url: "u" }] } },
		done(0, { type: "message", id: "msg_1", role: "assistant", content: [{ type: "output_text", text: "a" }] }),
		added(1, call),
		delta("function_call_arguments", 1, "{"),
		done(1, { ...call, arguments: "{}" }),
		added(2, { type: "reasoning", id: "rs_1", summary: [] }),
		delta("reasoning_summary_text", 2, "thought", { summary_index: 1 }),
		done(2, { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "e" }),
		added(3, { type: "custom_tool_call", id: "ct_1", call_id: "call_1", name: "g", input: "" }),
		delta("custom_tool_call_input", 3, "\ud83d"),
		done(3, { type: "custom_tool_call", id: "ct_1", call_id: "call_1", name: "g", input: "\ud83d\ude00" }),
		ended("completed"),
		ended("incomplete", { incomplete_details: { reason: "max_output_tokens" } }),
	)
	.map((value) => JSON.stringify(value));
const wire = hostileWire(knownEvent, hostileJson);

describe("a stream decoder", () => {
	itDecodesAlikeAtEverySplit(wire, decodePieces);

	it("is dead after its end", () => {
		fc.assert(
			fc.property(wire, (more) => {
				const decoder = provider.createStreamDecoder();
				decoder.push(bytes(sse([created, ended("completed")])));
				expect(decoder.push(more)).toEqual([]);
				expect(decoder.close()).toEqual([]);
			}),
		);
	});

	it("never throws on a whole answer or a failure of any shape", () => {
		fc.assert(
			fc.property(fc.oneof(hostileJson, fc.string()), fc.integer({ min: 400, max: 599 }), (body, status) => {
				expect(provider.decodeFailure(status, {}, body).message).not.toBe("");
				let parsed: Parameters<typeof provider.decodeAnswer>[0];
				try {
					parsed = JSON.parse(body);
				} catch {
					return;
				}
				for (const value of [parsed, { output: [parsed] }, { status: "completed", output: parsed }]) {
					const decoded = provider.decodeAnswer(value);
					if (!decoded.ok) expect(decoded.problem.message).not.toBe("");
				}
			}),
		);
		expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
	});

	it("counts an event that outgrows the cap as broken", () => {
		const large = sse([delta("output_text", 0, "x".repeat(2000))]);
		expect(decodePieces([bytes(large)], { maxEventBytes: 1000 })).toMatchObject([{ type: "error", failure: { kind: "protocol" } }]);
	});
});

describe("a request decoder", () => {
	const item = fc.oneof(
		fc.dictionary(fc.constantFrom("type", "role", "content", "call_id", "name", "arguments", "output", "summary", "id", "x"), fc.jsonValue({ maxDepth: 2 })),
		fc.record({
			type: fc.constantFrom("message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "web_search_call", "mcp_approval_response"),
			role: fc.constantFrom("user", "assistant", "system", "pope"),
			content: fc.array(fc.dictionary(fc.constantFrom("type", "text", "image_url", "file_data"), fc.jsonValue({ maxDepth: 1 })), { maxLength: 2 }),
			output: fc.jsonValue({ maxDepth: 2 }),
			encrypted_content: fc.oneof(fc.string(), fc.constant('postern:{"anthropic":{"signature":"s"},"__proto__":{"a":1}}')),
			call_id: fc.string(),
		}),
	);
	it("takes or refuses any items, and writes what it took", () => {
		fc.assert(
			fc.property(fc.array(item, { maxLength: 5 }), (input) => {
				const parsed = responsesRequest.safeParse(throughJson({ model: "m", input }));
				if (!parsed.success) return;
				const decoded = caller.decodeRequest(parsed.data);
				if (!decoded.ok) {
					for (const { path, message } of decoded.problem) expect([path, message]).not.toContain("");
					return;
				}
				provider.encodeRequest(decoded.value.prompt, { model: "m", stream: false, quirks: {} });
			}),
			{ numRuns: 300 },
		);
	});
});
