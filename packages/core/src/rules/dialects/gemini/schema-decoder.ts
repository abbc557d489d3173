import type { Json, JsonObject } from "../../../contract/json.ts";
import { asArray, asObject } from "../json-fields.ts";

/** Counts that Google's JSON writes as text (int64). */
const counts: ReadonlySet<string> = new Set(["minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"]);

/** A schema in Google's OpenAPI subset as a JSON Schema: types in lower case, `nullable` as a type, counts as numbers. */
export function decodeSchema(schema: JsonObject): JsonObject {
	const { type, nullable, ...rest } = schema;
	const fields = Object.entries(rest).map(([keyword, value]): [string, Json | undefined] => [keyword, decodeKeyword(keyword, value)]);
	const named = typeof type === "string" ? type.toLowerCase() : type;
	const isOpen = named === undefined || named === "type_unspecified";
	return {
		...(isOpen ? {} : { type: nullable === true && typeof named === "string" ? [named, "null"] : named }),
		...Object.fromEntries(fields.map(([keyword, value]) => (keyword === "example" ? ["examples", [value ?? null]] : [keyword, value]))),
	};
}

function decodeKeyword(keyword: string, value: Json | undefined): Json | undefined {
	if (counts.has(keyword) && typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
	if (keyword === "properties" || keyword === "$defs" || keyword === "defs") {
		return Object.fromEntries(Object.entries(asObject(value) ?? {}).map(([name, inner]) => [name, decodeInner(inner)]));
	}
	if (keyword === "anyOf" || keyword === "prefixItems") return (asArray(value) ?? []).map(decodeInner);
	return keyword === "items" || keyword === "additionalProperties" ? decodeInner(value) : value;
}

function decodeInner(value: Json | undefined): Json {
	const object = asObject(value);
	return object === undefined ? (value ?? null) : decodeSchema(object);
}
