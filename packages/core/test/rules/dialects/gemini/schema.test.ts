import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { decodeSchema } from "../../../../src/rules/dialects/gemini/schema-decoder.ts";
import { encodeSchema } from "../../../../src/rules/dialects/gemini/schema-encoder.ts";
import { arbitraryJsonObject } from "../arbitraries.ts";

const object = (properties: JsonObject, rest: JsonObject = {}): JsonObject => ({ type: "object", properties, ...rest });

/** What Google refuses or ignores (nakama #292, weave-os PR #65, 9router #2317, forgecode PR #3426, CLIProxyAPI #2123). */
describe("a schema for Gemini", () => {
	it.each<[string, JsonObject, JsonObject, readonly string[]]>([
		["stays as it is where it is plain", object({ a: { type: "string", minLength: 1 } }, { required: ["a"], additionalProperties: false }), object({ a: { type: "string", minLength: 1 } }, { required: ["a"], additionalProperties: false }), []],
		["loses $schema and other words about itself in silence", { $schema: "x", $id: "y", ...object({}), examples: [1] }, object({}), []],
		["has const as a list of one", object({ a: { const: "x" } }), object({ a: { type: "string", enum: ["x"] } }), []],
		["keeps lists of numbers and makes null a type", object({ a: { type: "integer", enum: [1, 2, null] } }), object({ a: { type: ["integer", "null"], enum: [1, 2] } }), []],
		["moves exclusive bounds of whole numbers (zod's positive)", object({ a: { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10 } }), object({ a: { type: "integer", minimum: 1, maximum: 9 } }), []],
		["loosens exclusive bounds of other numbers", object({ a: { type: "number", exclusiveMinimum: 0 } }), object({ a: { type: "number", minimum: 0 } }), ["exclusiveMinimum"]],
		["leaves out what Google does not know", object({ a: { type: "array", items: {}, uniqueItems: true }, n: { type: "number", multipleOf: 2 } }, { propertyNames: {} }), object({ a: { type: "array", items: {} }, n: { type: "number" } }), ["uniqueItems", "multipleOf", "propertyNames"]],
		["demands no property that is not there", object({ a: {} }, { required: ["a", "b"] }), object({ a: {} }, { required: ["a"] }), ["required"]],
		["says oneOf as anyOf", object({ a: { oneOf: [{ type: "string" }, { type: "null" }] } }), object({ a: { anyOf: [{ type: "string" }, { type: "null" }] } }), []],
		["merges allOf", { allOf: [object({ a: { type: "string" } }, { required: ["a"] }), object({ b: { type: "string" } }, { required: ["b"] })] }, object({ a: { type: "string" }, b: { type: "string" } }, { required: ["a", "b"] }), []],
		["reads the older words for tuples and null", object({ a: { type: "array", items: [{ type: "string" }] }, b: { type: "string", nullable: true } }), object({ a: { type: "array", prefixItems: [{ type: "string" }] }, b: { type: ["string", "null"] } }), []],
	])("%s", (_, given, schema, dropped) => {
		expect(encodeSchema(given)).toEqual({ schema, dropped });
	});

	it("has its local references put in place (vercel/ai #19141, #18652)", () => {
		const given = object({ home: { $ref: "#/$defs/address" }, work: { $ref: "#/$defs/address", description: "Work" } }, { $defs: { address: object({ city: { $ref: "#/definitions/name" } }) }, definitions: { name: { type: "string" } } });
		const address = object({ city: { type: "string" } });
		expect(encodeSchema(given)).toEqual({ schema: object({ home: address, work: { ...address, description: "Work" } }), dropped: [] });
	});

	it("ends where it refers to itself, and says so", () => {
		const given = object({ child: { $ref: "#" }, next: { $ref: "#/$defs/node" } }, { $defs: { node: object({ next: { $ref: "#/$defs/node" } }) } });
		const { schema, dropped } = encodeSchema(given);
		expect(dropped).toContain("$ref");
		expect(JSON.stringify(schema).length).toBeLessThan(1000);
		expect(schema).toMatchObject(object({ next: object({ next: {} }) }));
	});

	it.each(["#/$defs/nowhere", "https://elsewhere.example/schema.json", "#/%zz", "#/constructor", "#/__proto__"])("takes the reference %s for anything", ($ref) => {
		expect(encodeSchema(object({ a: { $ref } }))).toMatchObject({ schema: object({ a: {} }), dropped: ["$ref"] });
	});

	it("does not unfold without bounds", () => {
		const $defs = Object.fromEntries(Array.from({ length: 30 }, (_, level) => [`l${level}`, object({ a: { $ref: `#/$defs/l${level + 1}` }, b: { $ref: `#/$defs/l${level + 1}` } })]));
		const { schema, dropped } = encodeSchema({ $ref: "#/$defs/l0", $defs });
		expect(dropped).toContain("depth");
		expect(JSON.stringify(schema).length).toBeLessThan(1_000_000);
	});

	it("is made of any JSON, and never throws", () => {
		const keyword = fc.constantFrom("type", "properties", "items", "anyOf", "allOf", "$ref", "enum", "const", "required", "exclusiveMinimum", "minimum", "nullable", "additionalProperties");
		const schema = fc.letrec<{ schema: JsonObject }>((tie) => ({
			schema: fc.dictionary(keyword, fc.oneof({ maxDepth: 4 }, fc.jsonValue() as fc.Arbitrary<never>, tie("schema") as fc.Arbitrary<never>, fc.constantFrom("#", "#/properties/a", "object") as fc.Arbitrary<never>)),
		})).schema;
		fc.assert(
			fc.property(fc.oneof(schema, arbitraryJsonObject), (given) => {
				const once = encodeSchema(given).schema;
				JSON.stringify(once);
				decodeSchema(given);
			}),
		);
	});

	it("is read from Google's own subset to the same", () => {
		const given = { type: "OBJECT", properties: { a: { type: "STRING", nullable: true, example: "x" }, b: { anyOf: [{ type: "NUMBER" }, { type: "BOOLEAN" }] } }, propertyOrdering: ["b", "a"] };
		expect(encodeSchema(decodeSchema(given))).toEqual({
			schema: object({ a: { type: ["string", "null"] }, b: { anyOf: [{ type: "number" }, { type: "boolean" }] } }, { propertyOrdering: ["b", "a"] }),
			dropped: [],
		});
	});
});
