import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Prompt } from "../../../src/contract/prompt.ts";
import { mostInputTokens, mostPromptTokens, utf8Length } from "../../../src/rules/usage/most-tokens.ts";
import { estimatePromptTokens } from "../../../src/rules/usage/prompt-tokens.ts";

const prompt = (text: string): Prompt => ({ messages: [{ role: "user", content: [{ type: "text", text }] }], settings: {} });
const around = mostPromptTokens(prompt(""));

/** With the tokens that OpenAI's encodings make of them: cl100k_base (GPT-4) and o200k_base (GPT-4o and later). */
const dense: readonly (readonly [what: string, text: string, cl100k: number, o200k: number])[] = [
	["Chinese", "今天天气很好，我们去公园散步吧。", 20, 12],
	["rare Chinese characters", "龘䶮齾爩鱻麤龗灪", 20, 18],
	["Japanese", "吾輩は猫である。名前はまだ無い。", 21, 14],
	["Korean", "모든 인간은 태어날 때부터 자유롭다", 20, 12],
	["Thai", "มนุษย์ทั้งหลายเกิดมามีอิสระ", 28, 13],
	["Amharic", "የሰው ልጅ ሁሉ ሲወለድ ነጻ", 39, 30],
	["Tibetan", "འགྲོ་བ་མིའི་རིགས་རྒྱུད", 47, 35],
	["cuneiform and hieroglyphs: a token for every byte", "𒀀𒁀𒂀𓀀𓁀", 20, 20],
	["emoji", "👩‍🚀🏳️‍🌈🧑🏽‍💻", 27, 19],
	["digits", "31415926535897932384626433832795", 11, 11],
	["base64", "SGVsbG8sIHdvcmxkISDwn5iAIOKCrCDDqQ==", 25, 24],
	["base64 of random bytes", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeA", 34, 31],
	["brackets and signs", "}{][)(;:~^`|\\<>&%$#@!?=+-*/", 18, 19],
	["what spaces there are", "\u00a0\u2003\u200b\u3000\u00ad", 6, 5],
];

describe("a bound of a prompt's tokens", () => {
	it.each(dense)("holds for %s, where a quarter of the characters does not", (_, text, cl100k, o200k) => {
		expect(mostPromptTokens(prompt(text)) - around).toBeGreaterThanOrEqual(Math.max(cl100k, o200k));
		expect(estimatePromptTokens(prompt(text))).toBeLessThan(Math.min(cl100k, o200k));
	});

	it("is the bytes of a text, in whatever part it stands", () => {
		const text = "今天 👩";
		const bytes = 11;
		const parts: Prompt["messages"][] = [
			[{ role: "system", content: [{ type: "text", text }] }],
			[{ role: "assistant", content: [{ type: "reasoning", text }] }],
			[{ role: "assistant", content: [{ type: "tool-call", toolCallId: "", toolName: "", input: text }] }],
			[{ role: "tool", content: [{ type: "tool-result", toolCallId: "", output: { type: "text", text } }] }],
			[{ role: "tool", content: [{ type: "tool-result", toolCallId: "", output: { type: "parts", parts: [{ type: "text", text }] } }] }],
			[{ role: "user", content: [{ type: "file", mediaType: "text/plain", data: { type: "text", text } }] }],
			[{ role: "user", content: [{ type: "opaque", dialect: "gemini", value: { text } }] }],
		];
		for (const messages of parts) {
			const found = mostPromptTokens({ messages, settings: {} }) - around;
			expect([JSON.stringify(messages), found >= bytes && found < bytes + 16]).toEqual([JSON.stringify(messages), true]);
		}
	});

	it("counts tools, the form of the answer and what only one dialect says", () => {
		const schema = { type: "object", properties: { 名: { type: "string" } } };
		const size = JSON.stringify(schema).length;
		const more = (extra: Partial<Prompt>) => mostPromptTokens({ ...prompt(""), ...extra }) - around;
		expect(more({ tools: [{ type: "function", name: "find", inputSchema: schema }] })).toBeGreaterThanOrEqual(530 + size);
		expect(more({ output: { type: "json-schema", schema } })).toBeGreaterThanOrEqual(size);
		expect(more({ extras: { dialect: "openai-chat", fields: { prediction: "x".repeat(100) } } })).toBeGreaterThanOrEqual(100);
	});

	it.each([
		["an image", "image/png", { type: "base64", base64: "A".repeat(4000) }, 5000],
		["an image that is somewhere else", "image/*", { type: "url", url: "https://example.com/cat.png" }, 5000],
		["a document", "application/pdf", { type: "base64", base64: "A".repeat(400_000) }, 75_000],
		["sound", "audio/mpeg", { type: "base64", base64: "A".repeat(4_000_000) }, 46_875],
	] as const)("takes %s for more than most come to", (_, mediaType, data, tokens) => {
		const messages = [{ role: "user", content: [{ type: "file", mediaType, data }] }] as const;
		expect(mostPromptTokens({ messages, settings: {} }) - around).toBe(tokens);
	});

	it("counts the inputs of embeddings, token ids exactly", () => {
		expect(mostInputTokens([{ type: "tokens", tokens: [1, 2, 3] }])).toBe(3);
		expect(mostInputTokens([{ type: "text", text: "今天" }])).toBeGreaterThanOrEqual(6);
	});
});

test("the length in UTF-8 is that of the bytes that are sent", () => {
	const encoder = new TextEncoder();
	const units = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) });
	const surrogates = fc.string({ unit: fc.constantFrom("\ud83d", "\ude00", "a", "é", "今") });
	fc.assert(fc.property(fc.oneof(units, surrogates, fc.string({ unit: "binary" })), (text) => utf8Length(text) === encoder.encode(text).length));
});
