import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/contract/json.ts";
import { generateContentRequest, generateContentResponse } from "../../../../src/contract/wire/gemini.ts";
import { gemini } from "../../../../src/rules/dialects/gemini/index.ts";
import { unfoldAnswer } from "../../../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer, arbitraryPrompt, splitsOf } from "../arbitraries.ts";
import { hostileWire, itDecodesAlikeAtEverySplit } from "../stream-laws.ts";
import { bytes, chunk, context, decodeChunks, decodePieces, end, fold, parseSse, withParsedInputs } from "./helpers.ts";

const { provider, caller } = gemini;
const throughJson = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("the laws of a dialect", () => {
	it("decodes a request to the prompt that was encoded", () => {
		fc.assert(
			fc.property(arbitraryPrompt("gemini"), fc.boolean(), (prompt, stream) => {
				// A model of the older kind: newer ones are sent a word where a signature is missing.
				const { body, warnings } = provider.encodeRequest(prompt, { model: "gemini-2.5-flash", stream, quirks: {} });
				expect(warnings).toEqual([]);
				const decoded = caller.decodeRequest(generateContentRequest.parse(throughJson(body)), { model: "m", stream });
				expect(withParsedInputs(decoded)).toEqual(withParsedInputs({ ok: true, value: { model: "m", stream, prompt: asSent(prompt) } }));
			}),
		);
	});

	it("decodes an answer to the answer that was encoded", () => {
		fc.assert(
			fc.property(arbitraryAnswer("gemini"), (answer) => {
				const body = throughJson(caller.encodeAnswer(answer, context));
				generateContentResponse.parse(body);
				expect(provider.decodeAnswer(body)).toEqual({ ok: true, value: withParsedInputs(answer) });
			}),
		);
	});

	it("folds a stream, split anywhere, to the answer that was encoded", () => {
		const streamed = arbitraryAnswer("gemini").chain((answer) => {
			const text = caller.createStreamEncoder(context).push(unfoldAnswer(answer));
			return fc.tuple(fc.constant(answer), splitsOf(bytes(text)));
		});
		fc.assert(
			fc.property(streamed, ([answer, pieces]) => {
				expect(fold(decodePieces(pieces))).toEqual(withParsedInputs(answer));
			}),
		);
	});

	it("writes chunks that fit the contract", () => {
		fc.assert(
			fc.property(arbitraryAnswer("gemini"), (answer) => {
				const chunks = parseSse(caller.createStreamEncoder(context).push(unfoldAnswer(answer)));
				for (const each of chunks) generateContentResponse.parse(each);
				expect(chunks.at(-1)).toMatchObject({ candidates: [{ finishReason: expect.any(String) }] });
			}),
		);
	});
});

/** A level of thinking is a budget for models of the older kind. */
function asSent(prompt: Parameters<typeof provider.encodeRequest>[0]) {
	const { reasoning } = prompt.settings;
	if (reasoning?.effort === undefined) return prompt;
	const budgets: Record<string, number> = { minimal: 1024, low: 4096, medium: 8192, high: 24_576 };
	const { effort, ...rest } = reasoning;
	return { ...prompt, settings: { ...prompt.settings, reasoning: { ...rest, budgetTokens: budgets[effort] } } };
}

/** Streams as Google sends them and as nobody should, broken further at random. */
const hostileJson = fc.oneof(
	fc.jsonValue().map((value) => JSON.stringify(value)),
	fc.constantFrom(
		'{"__proto__":{"polluted":true},"candidates":[{"__proto__":{"content":1}}]}',
		'{"candidates":{"0":{}}}',
		'{"candidates":[null,1,"x",{"content":null},{"content":{"parts":"x"}}]}',
		'{"candidates":[{"content":{"parts":[null,{"functionCall":{"name":{},"args":[]}},{"functionCall":1},{}]}}]}',
		'{"candidates":[{"content":{"parts":[{"text":"\\ud83d"}]},"finishReason":""}],"usageMetadata":{"promptTokenCount":-1,"candidatesTokenCount":1e999}}',
		`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}}]}}]}`,
		`{"candidates":[{"content":{"parts":[{"inlineData":${"[".repeat(5000)}${"]".repeat(5000)}}]}}]}`,
		`{"candidates":[{"groundingMetadata":${'{"a":'.repeat(5000)}1${"}".repeat(5000)},"finishReason":"STOP"}]}`,
		'{"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.a[999999999]","numberValue":1}],"willContinue":true,"name":"f"}}]}}]}',
		'{"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.__proto__.polluted","boolValue":true}],"name":"f"}}]}}]}',
		'{"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.a","numberValue":1},{"jsonPath":"$.a.b","numberValue":1}],"name":"f"}}]}}]}',
		'{"candidates":[{"groundingMetadata":{"groundingChunks":[null,{"web":null},{"web":{"uri":1}}]},"citationMetadata":{"citations":[1]}}]}',
		'{"promptFeedback":{"blockReason":{}},"usageMetadata":[]}',
		'{"error":{"message":{},"code":[],"details":[{"violations":[null],"retryDelay":"-1s"}]}}',
		'{"error":"out of order"}',
	),
);
const knownChunk = fc
	.constantFrom<Json>(
		chunk([{ text: "a" }]),
		chunk([{ text: "b", thought: true }]),
		chunk([{ text: "", thoughtSignature: "c2ln" }]),
		chunk([{ functionCall: { name: "f", args: { a: 1 } }, thoughtSignature: "c2ln" }]),
		chunk([{ functionCall: { name: "g", willContinue: true } }]),
		chunk([{ functionCall: { partialArgs: [{ jsonPath: "$.a[0]", stringValue: "x", willContinue: true }], willContinue: true } }]),
		chunk([{ functionCall: {} }]),
		chunk([{ executableCode: { language: "PYTHON", code: "1" } }, { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } }]),
		chunk([{ inlineData: { mimeType: "image/png", data: "AA==" } }]),
		chunk([], { groundingMetadata: { groundingChunks: [{ web: { uri: "https://a.example", title: "A" } }] } }),
		end("STOP"),
		end("MAX_TOKENS", { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 } }),
		{ promptFeedback: { blockReason: "SAFETY" } },
	)
	.map((value) => JSON.stringify(value));
const wire = hostileWire(knownChunk, hostileJson);

describe("a stream decoder", () => {
	itDecodesAlikeAtEverySplit(wire, decodePieces, (events) => {
		// What was decoded can be told again.
		if (events.at(-1)?.type === "finish") caller.createStreamEncoder(context).push(events);
	});

	it("is dead after its end", () => {
		fc.assert(
			fc.property(wire, (more) => {
				const decoder = provider.createStreamDecoder();
				decoder.push(bytes(`data: ${JSON.stringify(end("STOP"))}\n\n`));
				expect(decoder.close().at(-1)?.type).toBe("finish");
				expect(decoder.push(more)).toEqual([]);
				expect(decoder.close()).toEqual([]);
			}),
		);
	});

	it("never throws on a whole answer, a count or a failure of any shape", () => {
		fc.assert(
			fc.property(fc.oneof(hostileJson, knownChunk, fc.string()), fc.integer({ min: 400, max: 599 }), (body, status) => {
				expect(provider.decodeFailure(status, {}, body).message).not.toBe("");
				let parsed: Json;
				try {
					parsed = JSON.parse(body);
				} catch {
					return;
				}
				const decoded = provider.decodeAnswer(parsed);
				if (decoded.ok) caller.encodeAnswer(decoded.value, context);
				else expect(decoded.problem.message).not.toBe("");
				provider.tokenCount?.decodeAnswer(parsed);
			}),
		);
		expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
	});

	it("keeps no more of an event than its cap", () => {
		const decoder = provider.createStreamDecoder({ maxEventBytes: 100 });
		expect(decoder.push(bytes(`data: ${JSON.stringify(chunk([{ text: "x".repeat(200) }]))}\n\n`))).toMatchObject([{ type: "error", failure: { kind: "protocol" } }]);
	});

	it("keeps no more of a call in pieces than its cap", () => {
		const piece = chunk([{ functionCall: { partialArgs: [{ jsonPath: "$.a", stringValue: "x".repeat(200), willContinue: true }], willContinue: true } }]);
		const decoder = provider.createStreamDecoder({ maxEventBytes: 500 });
		const text = (value: Json) => bytes(`data: ${JSON.stringify(value)}\n\n`);
		decoder.push(text(chunk([{ functionCall: { name: "f", willContinue: true } }])));
		decoder.push(text(piece));
		decoder.push(text(piece));
		expect(decoder.push(text(piece)).at(-1)).toMatchObject({ type: "error", failure: { kind: "protocol" } });
	});
});

describe("what a request decoder is given", () => {
	const json = fc.jsonValue().map(throughJson);
	const body = fc.record({
		contents: fc.array(fc.record({ role: fc.constantFrom("user", "model", "function", "system", ""), parts: fc.array(fc.oneof(fc.record({ text: fc.string() }), json)) })),
		generationConfig: fc.oneof(json, fc.constant({ thinkingConfig: { thinkingBudget: 0 } })),
		toolConfig: json,
		tools: fc.array(json),
	}, { requiredKeys: ["contents"] });

	it("is decoded, refused with an issue or refused by the schema, never thrown at", () => {
		fc.assert(
			fc.property(body, (value) => {
				const parsed = generateContentRequest.safeParse(value);
				if (!parsed.success) return;
				const decoded = caller.decodeRequest(parsed.data, { model: "m", stream: false });
				if (!decoded.ok) expect(decoded.problem.length).toBeGreaterThan(0);
				else provider.encodeRequest(decoded.value.prompt, { model: "gemini-3-pro", stream: false, quirks: {} });
			}),
		);
	});

	it("is refused where it nests too deep to be written again", () => {
		const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`);
		const decoded = caller.decodeRequest({ contents: [{ parts: [{ text: "x" }] }], custom: deep } as never, { model: "m", stream: false });
		expect(decoded).toMatchObject({ ok: false, problem: [{ message: expect.stringContaining("200 levels") }] });
	});
});

it("decodes what its own encoder wrote for any stream that ended well", () => {
	// Sources come at the end of a told answer, and then belong to the text that is open there.
	const content = (events: Parameters<typeof fold>[0]) => fold(events.filter(({ type }) => type !== "source")).content;
	fc.assert(
		fc.property(fc.array(knownChunk, { maxLength: 8 }), (chunks) => {
			const first = decodeChunks([...chunks, JSON.stringify(end("STOP"))]);
			expect(first.at(-1)?.type).toBe("finish");
			const again = decodePieces([bytes(caller.createStreamEncoder(context).push(first))]);
			expect(content(again)).toEqual(content(first));
		}),
	);
});
