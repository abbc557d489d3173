import { type Schema, Validator } from "@cfworker/json-schema";
import type { Issue } from "../../contract/errors.ts";
import type { Json, JsonObject } from "../../contract/json.ts";
import type { Decoded } from "../dialects/dialect.ts";

/** A caller's JSON Schema (draft 2020-12), ready to check values. */
export interface ObjectSchema {
	readonly schema: JsonObject;
	/** @returns what is wrong with a value; empty where it matches. At most ten issues. */
	check(value: Json): readonly Issue[];
}

const types = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);

/** @returns the schema, or what is wrong with the schema itself. */
export function compileSchema(schema: JsonObject): Decoded<ObjectSchema, readonly Issue[]> {
	const issues = schemaIssues(schema, "schema");
	if (issues.length > 0) return { ok: false, problem: issues };
	try {
		const validator = new Validator(schema as Schema, "2020-12", false);
		// A reference that leads nowhere shows only when it is followed.
		for (const probe of [{}, [], ""]) validator.validate(probe);
		return {
			ok: true,
			value: {
				schema,
				check: (value) => {
					const { errors } = validator.validate(value);
					const leaves = errors.filter((error) => !isSummary(error.keyword));
					return (leaves.length > 0 ? leaves : errors)
						.slice(0, 10)
						.map(({ instanceLocation, error }) => ({ path: instanceLocation.replace(/^#/, "$").replaceAll("/", "."), message: error }));
				},
			},
		};
	} catch (error) {
		const reason = error instanceof Error ? error.message.split("\n")[0] ?? "" : "";
		return { ok: false, problem: [{ path: "schema", message: `Not a usable JSON Schema (draft 2020-12): ${reason.slice(0, 200)}` }] };
	}
}

/** Keywords whose errors only say that something below them is wrong. */
function isSummary(keyword: string): boolean {
	return keyword === "properties" || keyword === "items" || keyword === "$ref" || keyword === "allOf";
}

/** What a validator would silently pass over: unknown types, keywords of the wrong form. */
function schemaIssues(schema: Json | undefined, path: string): readonly Issue[] {
	if (typeof schema === "boolean") return [];
	if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return [{ path, message: "A schema is an object or a boolean" }];
	const { type, properties, required } = schema as JsonObject;
	const named = type === undefined ? [] : [type].flat();
	const issues: Issue[] = named
		.filter((name) => typeof name !== "string" || !types.has(name))
		.map((name) => ({ path: `${path}.type`, message: `Unknown type ${JSON.stringify(name)}. Use one of: ${[...types].join(", ")}` }));
	if (required !== undefined && !(Array.isArray(required) && required.every((name) => typeof name === "string"))) {
		issues.push({ path: `${path}.required`, message: "required is an array of property names" });
	}
	if (properties === undefined) return issues;
	if (typeof properties !== "object" || properties === null || Array.isArray(properties)) {
		return [...issues, { path: `${path}.properties`, message: "properties is an object of schemas" }];
	}
	return [...issues, ...Object.entries(properties).flatMap(([name, below]) => schemaIssues(below, `${path}.properties.${name}`))];
}
