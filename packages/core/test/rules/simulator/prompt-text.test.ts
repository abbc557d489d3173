import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Prompt } from "../../../src/contract/prompt.ts";
import { wantedSchema } from "../../../src/rules/simulator/prompt-text.ts";
import { slices, withinSettings, words } from "../../../src/rules/simulator/speech.ts";

const user = (text: string): Prompt => ({ messages: [{ role: "user", content: [{ type: "text", text }] }], settings: {} });
const schema = { type: "object", properties: { "a } b": { type: "string", description: 'quo"te {' } } };

describe("the schema that is wanted", () => {
	test("is the prompt's own", () => {
		expect(wantedSchema({ ...user("{}"), output: { type: "json-schema", schema } })).toBe(schema);
	});
	test.each([
		["plain", `Match this schema: ${JSON.stringify(schema)}. Thank you {really}`],
		["fenced and indented", `Answer {like so}:\n\`\`\`json\n${JSON.stringify(schema, null, 2)}\n\`\`\``],
		["inside another object", `{"schema": ${JSON.stringify(schema)}}`],
	])("is found in a text: %s", (_, text) => {
		expect(wantedSchema(user(text))).toEqual(schema);
	});
	test.each(["nothing", "{", "{{{{", '{"a": 1}', '{"type": '])("is not found in %j", (text) => {
		expect(wantedSchema(user(text))).toBeUndefined();
	});
	test("a text that is all braces costs no time", () => {
		expect(wantedSchema(user("{".repeat(100_000)))).toBeUndefined();
	});
});

describe("pieces", () => {
	const text = fc.string({ unit: "binary" });
	test("of a text are the text again", () => {
		fc.assert(fc.property(text, (value) => words(value).join("") === value && slices(value).join("") === value));
	});
	test("hold lone surrogates and odd spaces", () => {
		for (const value of ["\ud800", "a\udfff b", "\r", "\u2028 \r\n", "data: [DONE]\n\n", " "]) {
			expect(words(value).join("")).toBe(value);
			expect(slices(value).join("")).toBe(value);
		}
	});
	test("never cut a character in half", () => {
		expect(slices("😀".repeat(20), 3).every((piece) => piece === "😀".repeat(3) || piece === "😀".repeat(2))).toBe(true);
	});
});

describe("settings bound an answer", () => {
	test("by the first stop sequence that occurs", () => {
		expect(withinSettings("one two three", { stopSequences: ["three", "two"] })).toEqual({
			pieces: ["one", " "],
			finish: { reason: "stop", stopSequence: "two" },
		});
	});
	test("by the token limit", () => {
		expect(withinSettings("one two three", { maxOutputTokens: 2 })).toEqual({ pieces: ["one", " two"], finish: { reason: "length" } });
		expect(withinSettings("one two three", { maxOutputTokens: 3 }).finish).toEqual({ reason: "stop" });
	});
});
