import { Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../../src/contract/json.ts";
import { instanceOf } from "../../../src/rules/simulator/instance.ts";

const schemas: Record<string, JsonObject> = {
	"an object with required and optional properties": {
		type: "object",
		properties: { name: { type: "string" }, age: { type: "integer", minimum: 0, maximum: 150 }, tags: { type: "array", items: { type: "string" } } },
		required: ["name"],
		additionalProperties: false,
	},
	"a required property without a schema of its own": { type: "object", required: ["anything"] },
	"enum and const": { type: "object", properties: { unit: { enum: ["celsius", "kelvin"] }, kind: { const: 7 } }, required: ["unit", "kind"] },
	formats: {
		type: "object",
		properties: Object.fromEntries(
			["date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid", "json-pointer"].map((format) => [format, { type: "string", format }]),
		),
	},
	"string lengths": { type: "array", prefixItems: [{ type: "string", minLength: 40 }, { type: "string", maxLength: 1 }, { type: "string", minLength: 3, maxLength: 3 }], minItems: 3 },
	patterns: { type: "array", prefixItems: [{ type: "string", pattern: "^[A-Z]{3}$" }, { type: "string", pattern: "^\\d{5}$" }, { type: "string", pattern: "^#[0-9a-f]{6}$" }] },
	bounds: {
		type: "array",
		prefixItems: [
			{ type: "integer", minimum: 5 },
			{ type: "integer", exclusiveMinimum: 5 },
			{ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.1 },
			{ type: "integer", maximum: -3 },
			{ type: "integer", multipleOf: 7, minimum: 10 },
			{ type: "number", minimum: -1, maximum: 0 },
		],
	},
	"lists that must be long, short or distinct": {
		type: "array",
		prefixItems: [
			{ type: "array", items: { type: "boolean" }, minItems: 3 },
			{ type: "array", items: { type: "boolean" }, maxItems: 0 },
			{ type: "array", items: { type: "integer" }, minItems: 3, uniqueItems: true },
			{ type: "array", items: { type: "string" }, minItems: 2, uniqueItems: true },
		],
	},
	"references and allOf": {
		$defs: { base: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] }, "odd/name": { type: "string", minLength: 2 } },
		allOf: [{ $ref: "#/$defs/base" }, { properties: { name: { $ref: "#/$defs/odd~1name" } }, required: ["name"] }],
	},
	"a recursive tree": {
		$defs: { node: { type: "object", properties: { value: { type: "number" }, children: { type: "array", items: { $ref: "#/$defs/node" } } }, required: ["value", "children"] } },
		$ref: "#/$defs/node",
	},
	"a recursive list by anyOf": {
		type: "object",
		properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
		required: ["next"],
	},
	"type lists": { type: "object", properties: { maybe: { type: ["integer", "null"] } }, required: ["maybe"] },
	"no type told": { properties: { inner: { items: { minimum: 2 } } } },
};

test.each(Object.entries(schemas))("%s", (_, schema) => {
	const instance = instanceOf(schema);
	const { valid, errors } = new Validator(schema as object, "2020-12", false).validate(instance);
	expect(errors).toEqual([]);
	expect(valid).toBe(true);
});

test("the same schema gives the same instance", () => {
	const schema = { type: "object", properties: { a: { type: "string" }, b: { type: "number" } } };
	expect(instanceOf(schema)).toEqual(instanceOf(structuredClone(schema)));
});

describe("schemas as zod writes them", () => {
	test.each([
		z.object({ name: z.string().min(1), age: z.int().positive(), email: z.email(), role: z.enum(["admin", "user"]) }),
		z.object({ at: z.iso.datetime(), price: z.number().nonnegative(), note: z.string().nullable(), pair: z.tuple([z.string(), z.int()]) }),
		z.discriminatedUnion("type", [z.object({ type: z.literal("a"), x: z.boolean() }), z.object({ type: z.literal("b") })]),
		z.object({ steps: z.array(z.object({ explanation: z.string(), output: z.string() })).min(2), extra: z.record(z.string(), z.number()) }),
	])("%#", (schema) => {
		expect(schema.safeParse(instanceOf(z.toJSONSchema(schema) as JsonObject))).toMatchObject({ success: true });
	});
});
