import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/contract/json.ts";
import type { AssistantPart, DialectId, Prompt, ProviderDialectId, ReasoningPart } from "../../../src/contract/prompt.ts";
import type { Answer } from "../../../src/contract/stream-event.ts";
import { pack, unpack } from "../../../src/rules/dialects/foreign-state.ts";
import { providerCodecs } from "../../../src/rules/dialects/index.ts";
import { createAnswerFold } from "../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../src/rules/sessions/unfold.ts";
import { arbitraryText } from "./arbitraries.ts";
import { callerIds, callers } from "./callers.ts";
import { findRecorded, recordedSkip } from "./recorded.ts";

const state = fc.stringMatching(/^[A-Za-z0-9+/]{1,40}$/);
const words = arbitraryText.map((text) => `I ${text}`.toWellFormed());
const thought = (metadata: fc.Arbitrary<JsonObject>, vendor: string): fc.Arbitrary<ReasoningPart> =>
	fc.tuple(words, metadata).map(([text, own]): ReasoningPart => ({ type: "reasoning", text, metadata: { [vendor]: own } }));
const signed = thought(state.map((signature) => ({ signature })), "anthropic");
const redacted = state.map((redactedData): ReasoningPart => ({ type: "reasoning", text: "", metadata: { anthropic: { redactedData } } }));
const severalOf = (part: fc.Arbitrary<ReasoningPart>) => fc.array(part, { minLength: 1, maxLength: 3 });

/** What a provider's decoder makes of its thoughts: the metadata is what its encoder needs to say them again. */
const thoughts: Readonly<Record<string, fc.Arbitrary<readonly ReasoningPart[]>>> = {
	"openai-chat": fc
		.tuple(words, fc.constantFrom("reasoning_content", "reasoning"), fc.option(state, { nil: undefined }))
		.map(([text, field, data]): readonly ReasoningPart[] => [
			{ type: "reasoning", text, metadata: { openai: { field, ...(data === undefined ? {} : { reasoning_details: [{ type: "reasoning.encrypted", data, index: 0 }] }) } } },
		]),
	// An item's state stands on the last of its summaries.
	"openai-responses": fc.tuple(fc.array(words, { maxLength: 3 }), state).map(([texts, encrypted_content]) => {
		const told = texts.length === 0 ? [""] : texts;
		return told.map((text, index): ReasoningPart => {
			const responses = { ...(index === 0 ? {} : { index }), ...(index === told.length - 1 ? { encrypted_content } : {}) };
			return { type: "reasoning", text, ...(Object.keys(responses).length === 0 ? {} : { metadata: { responses } }) };
		});
	}),
	"anthropic-messages": severalOf(fc.oneof(signed, redacted)),
	gemini: severalOf(thought(state.map((thoughtSignature) => ({ thought: true, thoughtSignature })), "google")),
	"bedrock-converse": severalOf(fc.oneof(signed, redacted)),
};
const providerIds = Object.keys(thoughts) as readonly ProviderDialectId[];

const context = { model: "m", answerId: "resp_1", createdAt: 0, requestId: "req_1", includeUsage: true };
const read = { type: "function", name: "read", inputSchema: { type: "object", properties: {} } } as const;
const question = { role: "user", content: [{ type: "text", text: "Hi" }] } as const;

/** The conversation behind an answer that called a tool. */
function goingOn(content: readonly AssistantPart[]): Prompt {
	const result = { type: "tool-result", toolCallId: "call_1", toolName: "read", output: { type: "text", text: "done" } } as const;
	return { messages: [question, { role: "assistant", content }, { role: "tool", content: [result] }], tools: [read], settings: { maxOutputTokens: 10 } };
}

/** What a caller of the dialect has of an answer, and what comes of it when all is sent back as it came. */
function throughCaller(dialect: DialectId, answer: Answer, stream: boolean): Prompt {
	const [codec, caller] = [providerCodecs[dialect], callers[dialect]];
	let content: readonly AssistantPart[];
	if (stream) {
		const decoder = codec.createStreamDecoder();
		const fold = createAnswerFold();
		fold.push(decoder.push(new TextEncoder().encode(caller.createStreamEncoder(context).push(unfoldAnswer(answer)))));
		fold.push(decoder.close());
		({ content } = fold.answer());
	} else {
		const decoded = codec.decodeAnswer(JSON.parse(JSON.stringify(caller.encodeAnswer(answer, context))));
		if (!decoded.ok) throw new Error(decoded.problem.message);
		({ content } = decoded.value);
	}
	return caller.decodeRequest(codec.encodeRequest(goingOn(content), { model: "m", stream: false, quirks: {} }).body);
}

/** What a provider is sent of the conversation, without what says nothing of thoughts and calls. */
function sent(provider: ProviderDialectId, prompt: Prompt): unknown {
	const { body, warnings } = providerCodecs[provider].encodeRequest(prompt, { model: "gemini-3-pro", stream: false, quirks: {} });
	expect(warnings).toEqual([]);
	return body.messages ?? body.contents ?? body.input;
}

describe.each(callerIds)("a caller of %s", (caller) => {
	it.each(providerIds)("brings the thoughts of %s back as they were", (provider) => {
		fc.assert(
			fc.property(thoughts[provider] ?? fc.constant([]), state, fc.boolean(), (parts, signature, stream) => {
				const call: AssistantPart = {
					type: "tool-call", toolCallId: "call_1", toolName: "read", input: "{}",
					...(provider === "gemini" ? { metadata: { google: { thoughtSignature: signature } } } : {}),
				};
				const content: AssistantPart[] = [...parts, { type: "text", text: "Well." }, call];
				const answer: Answer = { id: "a", model: "m", content, finish: { reason: "tool-calls", usage: {} } };
				expect(sent(provider, throughCaller(caller, answer, stream))).toEqual(sent(provider, goingOn(content)));
			}),
			{ numRuns: 60 },
		);
	});

	it("never has another vendor's state sent to a provider as its own", () => {
		const foreign: Readonly<Record<DialectId, ReasoningPart>> = {
			"openai-chat": { type: "reasoning", text: "a", metadata: { anthropic: { signature: "SECRETSTATE" } } },
			"openai-responses": { type: "reasoning", text: "a", metadata: { anthropic: { signature: "SECRETSTATE" } } },
			"anthropic-messages": { type: "reasoning", text: "a", metadata: { google: { thought: true, thoughtSignature: "SECRETSTATE" } } },
			gemini: { type: "reasoning", text: "a", metadata: { anthropic: { signature: "SECRETSTATE" } } },
		};
		const answer: Answer = { id: "a", model: "m", content: [foreign[caller]], finish: { reason: "stop", usage: {} } };
		const prompt = throughCaller(caller, answer, false);
		const { body } = providerCodecs[caller].encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		expect(JSON.stringify(body)).not.toContain(pack({}).slice(0, 10));
		expect(JSON.stringify(body)).not.toContain("SECRETSTATE");
	});
});

describe.each(callerIds)("recorded thoughts, brought back by callers of %s", (caller) => {
	const recorded = callerIds.flatMap((provider) =>
		findRecorded(provider).flatMap(({ name, whole }) => {
			const decoded = providerCodecs[provider].decodeAnswer(JSON.parse(whole ?? "null"));
			const content = decoded.ok ? decoded.value.content.filter(({ type }) => type === "reasoning") : [];
			return content.length === 0 ? [] : [{ provider, name, content }];
		}),
	);

	if (recorded.length === 0) it.skip(recordedSkip, () => {});
	it.each(recorded)("$provider: $name", ({ provider, content }) => {
		const answer: Answer = { id: "a", model: "m", content: [...content, { type: "text", text: "Well." }], finish: { reason: "stop", usage: {} } };
		for (const stream of [false, true]) expect(sent(provider, throughCaller(caller, answer, stream))).toEqual(sent(provider, goingOn(answer.content)));
	});
});

describe("a packed state", () => {
	it("is what it was, whatever is in it", () => {
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom("anthropic", "google"), fc.dictionary(fc.string(), fc.string({ unit: "binary" }), { maxKeys: 3 })), (value) => {
				const metadata = JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto"));
				expect(unpack(pack(metadata))).toEqual(metadata);
				// As a typed client of Google's writes bytes.
				expect(unpack(pack(metadata).replaceAll("+", "-").replaceAll("/", "_"))).toEqual(metadata);
			}),
		);
	});

	it.each([undefined, "", "EqQBCkYIBRgC", "postern", btoa("postern:[]")])("is not %j", (value) => {
		expect(unpack(value)).toBeUndefined();
	});

	it.each([`${pack({}).slice(0, 12)}`, `${btoa('postern:{"a":')}`, `${pack({ a: {} })}%`, btoa(`postern:{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`), btoa('postern:{"a":1,"b":"c"}')])(
		"that was damaged (%#) is another vendor's all the same, and empty",
		(value) => {
			expect(unpack(value)).toEqual({});
		},
	);
});
