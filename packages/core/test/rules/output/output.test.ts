import { describe, expect, it } from "vitest";
import type { Answer } from "../../../src/contract/stream-event.ts";
import type { Prompt } from "../../../src/contract/prompt.ts";
import { extractJson } from "../../../src/rules/output/extract-json.ts";
import { compileSchema, type ObjectSchema } from "../../../src/rules/output/object-schema.ts";
import { createPartialObject } from "../../../src/rules/output/partial-object.ts";
import { readObject, reviewObject } from "../../../src/rules/output/review.ts";
import { adaptOutput, unwrapOutput } from "../../../src/rules/output/structured.ts";
import { openaiCompatible } from "../../../src/rules/providers/openai-compatible.ts";
import { anthropic } from "../../../src/rules/providers/anthropic.ts";

const answer = (text: string, reason: Answer["finish"]["reason"] = "stop"): Answer => ({ content: [{ type: "text", text }], finish: { reason, usage: {} } });
const person = { type: "object", properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } }, required: ["name", "age"] } as const;
const compiled = (schema: object): ObjectSchema => {
	const result = compileSchema(schema as never);
	if (!result.ok) throw new Error(JSON.stringify(result.problem));
	return result.value;
};

describe("JSON in a model's text", () => {
	it.each([
		['{"a":1}', { a: 1 }, true],
		['  [1,2]\n', [1, 2], true],
		['Here:\n```json\n{"a":1}\n```\nDone {x}', { a: 1 }, false],
		['```\n[1]\n```', [1], false],
		['I think {"a":{"b":2}} is it', { a: { b: 2 } }, false],
		['the list [1, 2] here', [1, 2], false],
		['"just text"', "just text", true],
		["no json at all", undefined, false],
		["{broken", undefined, false],
	])("%j", (text, value, isWhole) => {
		const found = extractJson(text);
		expect(found?.value).toEqual(value);
		if (found !== undefined) expect(found.isWhole).toBe(isWhole);
	});
});

describe("a caller's schema (draft 2020-12)", () => {
	it("checks values and names each place that is wrong", () => {
		const schema = compiled(person);
		expect(schema.check({ name: "Ada", age: 36 })).toEqual([]);
		expect(schema.check({ name: "Ada", age: -1 })).toEqual([{ path: "$.age", message: expect.stringContaining("0") }]);
		expect(schema.check({ name: "Ada" })[0]?.message).toContain("age");
	});
	it("knows the words of 2020-12", () => {
		const schema = compiled({ type: "array", prefixItems: [{ type: "string" }, { $ref: "#/$defs/n" }], items: false, $defs: { n: { type: "number" } } });
		expect(schema.check(["a", 1])).toEqual([]);
		expect(schema.check(["a", "b"])).not.toEqual([]);
		expect(schema.check(["a", 1, 2])).not.toEqual([]);
	});
	it.each([
		["an unknown type", { type: "strin" }, "schema.type"],
		["an unknown type below", { properties: { a: { type: "int" } } }, "schema.properties.a.type"],
		["required of the wrong form", { required: "name" }, "schema.required"],
		["properties of the wrong form", { properties: [] }, "schema.properties"],
		["a schema that is none", { properties: { a: 1 } }, "schema.properties.a"],
		["a reference that leads nowhere", { $ref: "#/$defs/missing" }, "schema"],
	])("refuses %s", (_, schema, path) => {
		expect(compileSchema(schema as never)).toMatchObject({ ok: false, problem: [{ path }] });
	});
});

describe("reviewing an object", () => {
	const prompt: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Invent" }] }], settings: {} };
	const schema = compiled(person);
	it("accepts a match, also inside other text", () => {
		expect(reviewObject(prompt, schema, answer('Sure: {"name":"Ada","age":36}'), false)).toEqual({ verdict: "accept" });
	});
	it("asks once for a repair and shows what is wrong", () => {
		const review = reviewObject(prompt, schema, answer('{"name":"Ada"}'), false);
		if (review.verdict !== "repair") throw new Error(review.verdict);
		expect(review.prompt.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
		expect(JSON.stringify(review.prompt.messages.at(-1))).toContain("age");
	});
	it("refuses the second time, with the model's text", () => {
		expect(reviewObject(prompt, schema, answer("nothing"), true)).toMatchObject({ verdict: "refuse", error: { code: "PARSE_ERROR", rawText: "nothing" } });
		expect(reviewObject(prompt, schema, answer('{"name":1,"age":2}'), true)).toMatchObject({ verdict: "refuse", error: { code: "SCHEMA_ERROR", issues: [{ path: "$.name" }] } });
	});
	it("says that the limit cut the object off", () => {
		const read = readObject(answer('{"name":', "length"), schema);
		expect(!read.ok && read.error.message).toContain("maxTokens");
	});
});

describe("asking a provider for JSON", () => {
	const prompt: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Invent" }] }], settings: {}, output: { type: "json-schema", schema: person } };
	const closed = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false } as const;
	const compatible = (structuredOutput: "json-schema" | "json-object" | "none") => openaiCompatible({ baseUrl: "http://x/v1", quirks: { structuredOutput } });

	it("uses native structured output where there is one", () => {
		expect(adaptOutput(prompt, compatible("json-schema"))).toEqual({ prompt, isPrompted: false, warnings: [] });
	});
	it("puts the schema in the prompt elsewhere, and asks for JSON where that is known", () => {
		const adapted = adaptOutput(prompt, compatible("json-object"));
		expect(adapted).toMatchObject({ isPrompted: true, prompt: { output: { type: "json" } }, warnings: [{ field: "output" }] });
		expect(JSON.stringify(adapted.prompt.messages[0])).toContain("minimum");
		expect(adaptOutput(prompt, compatible("none")).prompt.output).toBeUndefined();
	});
	it("gives Anthropic natively what its structured outputs take, the rest by the prompt", () => {
		const provider = anthropic({ apiKey: "k" });
		expect(adaptOutput({ ...prompt, output: { type: "json-schema", schema: closed } }, provider).isPrompted).toBe(false);
		expect(adaptOutput(prompt, provider).isPrompted).toBe(true);
		expect(adaptOutput({ ...prompt, output: { type: "json" } }, provider).isPrompted).toBe(true);
	});
	it("cuts a prompted answer down to its JSON", () => {
		expect(unwrapOutput(answer('Here:\n```json\n{"a":1}\n```')).content).toEqual([{ type: "text", text: '{"a":1}' }]);
		expect(unwrapOutput(answer("none")).content).toEqual([{ type: "text", text: "none" }]);
	});
});

describe("an object while it comes in", () => {
	it("tells each change once and passes over what stands before it", () => {
		const partial = createPartialObject();
		const values = ["Sure: ", '{"na', 'me":"A', 'd', 'a"', ',"age":3', "}"].map((delta) => partial.push(delta));
		expect(values.filter((value) => value !== undefined)).toEqual([{}, { name: "A" }, { name: "Ad" }, { name: "Ada" }, { name: "Ada", age: 3 }]);
		expect(partial.text()).toBe('{"name":"Ada","age":3}');
	});
	it("costs linear time for a long object", () => {
		const partial = createPartialObject();
		let parses = 0;
		partial.push("[");
		for (let index = 0; index < 20_000; index++) if (partial.push(`${index},`) !== undefined) parses++;
		expect(parses).toBeLessThan(1000);
	});
});
