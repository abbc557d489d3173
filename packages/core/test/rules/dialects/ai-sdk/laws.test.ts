import type { LanguageModelV4Content } from "@ai-sdk/provider";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { AssistantPart, Prompt } from "../../../../src/contract/prompt.ts";
import type { Answer } from "../../../../src/contract/stream-event.ts";
import { aiSdk } from "../../../../src/rules/dialects/ai-sdk/index.ts";
import { guardPrototypes, inTime } from "../../../fuzz/expectations.ts";
import { hostileText, hostileValue, mutatedJson } from "../../../fuzz/hostile.ts";
import { arbitraryPrompt, arbitraryText } from "../arbitraries.ts";
import { expectWellFormed } from "../well-formed.ts";
import { answerOf, decode, decodeWhole, type Part } from "./parts.ts";

guardPrototypes();

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/);
const count = fc.nat({ max: 1_000_000 });

/** What both the canonical form and a language model can say. */
const content: fc.Arbitrary<readonly AssistantPart[]> = fc
	.tuple(
		fc.array(fc.tuple(arbitraryText, word).map(([text, signature]): AssistantPart => ({ type: "reasoning", text, metadata: { anthropic: { signature } } })), { maxLength: 2 }),
		fc.array(fc.tuple(arbitraryText, fc.array(word, { maxLength: 2 })).map(([text, names]): AssistantPart => ({
			type: "text",
			text,
			...(names.length === 0 ? {} : { sources: names.map((name) => ({ url: `https://${name}.example`, title: name })) }),
		})), { maxLength: 2 }),
		fc.uniqueArray(
			fc.tuple(word, word, fc.constantFrom("{}", '{"n":0.10}', '{"big":12345678901234567890}')).map(([id, toolName, input]): AssistantPart & { type: "tool-call" } => ({
				type: "tool-call", toolCallId: `call_${id}`, toolName, input,
			})),
			{ maxLength: 3, selector: ({ toolCallId }) => toolCallId },
		),
	)
	.map((parts) => parts.flat());

const answer: fc.Arbitrary<Answer> = fc.tuple(content, word, word, count, count, count).map(([parts, id, model, cached, uncached, outputTokens]) => ({
	id,
	model,
	createdAt: 1_700_000_000_000,
	content: parts,
	finish: {
		reason: parts.some(({ type }) => type === "tool-call") ? "tool-calls" : "stop",
		rawReason: "end",
		usage: { inputTokens: cached + uncached, outputTokens, cachedInputTokens: cached },
	},
}));

function contentOf(part: AssistantPart): LanguageModelV4Content[] {
	switch (part.type) {
		case "text":
			return [
				{ type: "text", text: part.text },
				...(part.sources ?? []).map(({ url = "", title = "" }): LanguageModelV4Content => ({ type: "source", sourceType: "url", id: url, url, title })),
			];
		case "reasoning":
			return [{ type: "reasoning", text: part.text, providerMetadata: { anthropic: { signature: String(part.metadata?.["anthropic"]?.["signature"]) } } }];
		case "tool-call":
			return [{ type: "tool-call", toolCallId: part.toolCallId, toolName: part.toolName, input: part.input }];
		default:
			throw new Error(part.type);
	}
}

/** As models stream: words in pieces, a signature last. */
function streamOf(part: LanguageModelV4Content, id: string): Part[] {
	if (part.type === "text") {
		const middle = part.text.length >> 1;
		return [
			{ type: "text-start", id },
			{ type: "text-delta", id, delta: part.text.slice(0, middle) },
			{ type: "text-delta", id, delta: part.text.slice(middle) },
			{ type: "text-end", id },
		];
	}
	if (part.type === "reasoning") {
		const { providerMetadata = {} } = part;
		return [{ type: "reasoning-start", id }, { type: "reasoning-delta", id, delta: part.text }, { type: "reasoning-delta", id, delta: "", providerMetadata }, { type: "reasoning-end", id }];
	}
	if (part.type === "tool-call") {
		const { toolCallId, toolName, input } = part;
		return [{ type: "tool-input-start", id: toolCallId, toolName }, { type: "tool-input-delta", id: toolCallId, delta: input }, { type: "tool-input-end", id: toolCallId }, part];
	}
	return part.type === "source" ? [part] : [];
}

describe("an answer", () => {
	it("is the same whole and streamed, and nothing of it is lost", () => {
		fc.assert(
			fc.property(answer, (told) => {
				const { usage } = told.finish;
				const parts = told.content.flatMap(contentOf);
				const finishReason = { unified: told.finish.reason === "stop" ? "stop" : "tool-calls", raw: "end" } as const;
				const ended = {
					finishReason,
					usage: {
						inputTokens: { total: usage.inputTokens, noCache: undefined, cacheRead: usage.cachedInputTokens, cacheWrite: undefined },
						outputTokens: { total: usage.outputTokens, text: undefined, reasoning: undefined },
					},
				};
				const response = { id: told.id ?? "", modelId: told.model ?? "", timestamp: new Date(told.createdAt ?? 0) };
				const events = decode(
					{ type: "stream-start", warnings: [] },
					{ type: "response-metadata", ...response },
					...parts.flatMap((part, index) => streamOf(part, String(index))),
					{ type: "finish", ...ended },
				);
				expectWellFormed(events);
				const wellFormed = JSON.parse(JSON.stringify(told));
				expect(answerOf(events)).toEqual(wellFormed);
				expect(decodeWhole({ content: parts, response, ...ended })).toEqual({ ok: true, value: wellFormed });
			}),
			{ numRuns: 200 },
		);
	});

	const honest: JsonObject = {
		content: [
			{ type: "reasoning", text: "Hm", providerMetadata: { anthropic: { signature: "s" } } },
			{ type: "text", text: "Hi", citations: [{ source: { type: "source", sourceType: "url", id: "1", url: "https://a.example" }, startIndex: 0, endIndex: 1 }] },
			{ type: "source", sourceType: "url", id: "1", url: "https://a.example", title: "A" },
			{ type: "tool-call", toolCallId: "c", toolName: "f", input: "{}", providerExecuted: true },
			{ type: "tool-result", toolCallId: "c", toolName: "f", result: { a: [1] } },
			{ type: "file", mediaType: "image/png", data: { type: "data", data: "iVBO" } },
			{ type: "custom", kind: "a.b", providerMetadata: { a: { b: 1 } } },
		],
		finishReason: { unified: "stop", raw: "stop" },
		usage: { inputTokens: { total: 1, noCache: 1 }, outputTokens: { total: 1 } },
		providerMetadata: { openai: { logprobs: [] } },
		response: { id: "r", modelId: "m", timestamp: "2026-01-01T00:00:00.000Z" },
		warnings: [{ type: "other", message: "w" }],
	};

	it("may be anything: it is one that can be written again, or one failure", () => {
		fc.assert(
			fc.property(fc.oneof({ weight: 5, arbitrary: mutatedJson(honest) }, hostileValue()).map(hostileText), (text) => {
				const decoded = inTime(() => aiSdk.decodeAnswer(JSON.parse(text)));
				if (decoded.ok) expect(JSON.stringify(decoded.value)).toContain("{");
				else expect(decoded.problem.kind).toBe("protocol");
			}),
			{ numRuns: 400 },
		);
	});

	it("that failed is a sentence of ours or the vendor's, whatever was thrown", () => {
		const error = fc.oneof(
			hostileValue(),
			mutatedJson({ error: { name: "AI_APICallError", message: "m", statusCode: 400, responseBody: '{"error":{"message":"m"}}', data: { error: { type: "t" } } } }),
		);
		fc.assert(
			fc.property(fc.integer({ min: 400, max: 599 }), error.map(hostileText), (status, text) => {
				const failure = inTime(() => aiSdk.decodeFailure(status, {}, text));
				expect(failure.message).not.toBe("");
				expect(failure.message.length).toBeLessThanOrEqual(500);
			}),
			{ numRuns: 300 },
		);
	});
});

describe("a prompt", () => {
	const prompts = fc.oneof(...(["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const).map(arbitraryPrompt));

	it("of any dialect can be asked, and what cannot be said is told", () => {
		fc.assert(
			fc.property(prompts, (prompt: Prompt) => {
				const { body, warnings } = aiSdk.encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
				const written: JsonObject = JSON.parse(JSON.stringify(body));
				expect(Array.isArray(written["prompt"])).toBe(true);
				for (const { message } of warnings) expect(message).not.toBe("");
				for (const name of Object.keys(prompt.extras?.fields ?? {})) expect(warnings.some(({ field }) => field === name)).toBe(true);
				const said = JSON.stringify(written["prompt"]);
				for (const message of prompt.messages) {
					for (const part of message.content) {
						if (part.type === "text" && part.text !== "" && message.role !== "system") expect(said).toContain(JSON.stringify(part.text));
						if (part.type === "tool-call") expect(said).toContain(JSON.stringify(part.toolCallId));
					}
				}
			}),
			{ numRuns: 200 },
		);
	});
});
