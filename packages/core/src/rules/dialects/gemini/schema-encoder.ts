import type { Json, JsonArray, JsonObject } from "../../../contract/json.ts";
import { asArray, asObject, asText } from "../json-fields.ts";

/**
 * A JSON Schema as Gemini takes it: local references put in place, `const` and exclusive bounds said in other words, `allOf` merged,
 * and what it refuses or ignores left out.
 */
export interface EncodedSchema {
	readonly schema: JsonObject;
	/** Keywords that say something about values and could not be said. */
	readonly dropped: readonly string[];
}

/** Keywords of Google's subset whose value needs no change. */
const plain: ReadonlySet<string> = new Set([
	"title", "description", "format", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern", "propertyOrdering",
]);
/** Keywords that say nothing about values: they go without a word. */
const silent: ReadonlySet<string> = new Set([
	"$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "strict",
]);
const maxDepth = 32;
/** Together with the depth this bounds what references inside references can unfold to. */
const maxNodes = 5000;

export function encodeSchema(schema: JsonObject): EncodedSchema {
	const dropped = new Set<string>();
	let nodes = 0;

	function convert(value: Json | undefined, seen: readonly string[]): JsonObject {
		const given = asObject(value);
		if (given === undefined) {
			if (value === false) dropped.add("false");
			return {};
		}
		const { flat, references } = flatten(given, seen);
		if (seen.length > maxDepth || ++nodes > maxNodes) {
			dropped.add("depth");
			return {};
		}
		const inner = [...seen, ...references, ""];
		const fields: Record<string, Json> = {};
		for (const [keyword, told] of Object.entries(flat)) {
			if (told === undefined || silent.has(keyword)) continue;
			if (plain.has(keyword)) fields[keyword] = told;
			else Object.assign(fields, convertKeyword(keyword, told, flat, inner));
		}
		return typed(fields, flat);
	}

	function convertKeyword(keyword: string, told: Json, whole: JsonObject, seen: readonly string[]): JsonObject {
		switch (keyword) {
			case "type":
				return typeof told === "string" || Array.isArray(told) ? { type: told } : {};
			case "nullable":
			case "required":
				return {};
			case "properties":
				return convertProperties(asObject(told) ?? {}, whole, seen);
			case "items":
				// A list of items is the older word for `prefixItems`.
				return asArray(told) === undefined ? { items: convert(told, seen) } : { prefixItems: convertAll(told, seen) };
			case "prefixItems":
				return { prefixItems: convertAll(told, seen) };
			case "anyOf":
			case "oneOf":
				return { anyOf: convertAll(told, seen) };
			case "additionalProperties":
				return { additionalProperties: typeof told === "boolean" ? told : convert(told, seen) };
			case "enum":
				return convertEnum(asArray(told) ?? []);
			case "const":
				return convertEnum([told]);
			case "exclusiveMinimum":
			case "exclusiveMaximum":
				return convertBound(keyword, told, whole);
			default:
				dropped.add(keyword);
				return {};
		}
	}

	function convertAll(told: Json, seen: readonly string[]): JsonArray {
		return (asArray(told) ?? []).map((item) => convert(item, seen));
	}

	/** A property that is demanded but not described is refused. */
	function convertProperties(properties: JsonObject, { required }: JsonObject, seen: readonly string[]): JsonObject {
		const demanded = asArray(required)?.filter((name) => typeof name === "string" && Object.hasOwn(properties, name)) ?? [];
		if (demanded.length < (asArray(required)?.length ?? 0)) dropped.add("required");
		return {
			properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, convert(value, seen)])),
			...(demanded.length === 0 ? {} : { required: demanded }),
		};
	}

	/** Only strings and numbers can be listed; `null` is a type here. */
	function convertEnum(values: JsonArray): JsonObject {
		const listed = values.filter((value) => typeof value === "string" || typeof value === "number");
		if (values.some((value) => typeof value === "boolean" || (typeof value === "object" && value !== null))) dropped.add("enum");
		return listed.length === 0 ? {} : { enum: listed };
	}

	/** Draft 4 has a flag beside `minimum` instead of a number. For numbers that are not whole the bound becomes inclusive. */
	function convertBound(keyword: "exclusiveMinimum" | "exclusiveMaximum", told: Json, whole: JsonObject): JsonObject {
		const [bound, step] = keyword === "exclusiveMinimum" ? (["minimum", 1] as const) : (["maximum", -1] as const);
		const limit = told === true ? whole[bound] : told;
		if (typeof limit !== "number") return {};
		const isWhole = whole.type === "integer" && Number.isInteger(limit);
		if (!isWhole) dropped.add(keyword);
		return { [bound]: isWhole ? limit + step : limit };
	}

	/** A schema with its reference followed and its `allOf` merged in. A reference into itself ends there. */
	function flatten(given: JsonObject, seen: readonly string[], depth = 0): { readonly flat: JsonObject; readonly references: readonly string[] } {
		const { $ref, allOf, ...own } = given;
		const reference = asText($ref);
		const parts = [...(asArray(allOf) ?? [])];
		if (depth > maxDepth) return { flat: own, references: [] };
		if (reference === undefined && parts.length === 0) return { flat: given, references: [] };
		const references = reference === undefined ? [] : [reference];
		if (reference !== undefined) {
			const target = seen.includes(reference) ? undefined : resolve(reference, schema);
			if (target === undefined) dropped.add("$ref");
			parts.unshift(target ?? {});
		}
		let flat: JsonObject = {};
		for (const part of parts) {
			const inner = flatten(asObject(part) ?? {}, [...seen, ...references], depth + 1);
			references.push(...inner.references);
			flat = merge(flat, inner.flat);
		}
		return { flat: merge(flat, own), references };
	}

	return { schema: convert(schema, []), dropped: [...dropped] };
}

/** Properties and requirements add up; of everything else the second counts. */
function merge(first: JsonObject, second: JsonObject): JsonObject {
	const properties = { ...asObject(first.properties), ...asObject(second.properties) };
	const required = [...new Set([...(asArray(first.required) ?? []), ...(asArray(second.required) ?? [])])];
	return {
		...first,
		...second,
		...(Object.keys(properties).length === 0 ? {} : { properties }),
		...(required.length === 0 ? {} : { required }),
	};
}

/** Says the type where the schema only implied it, and `null` where it was allowed in another way. */
function typed(fields: JsonObject, { type, nullable, enum: values, const: value }: JsonObject): JsonObject {
	const listed = asArray(values) ?? (value === undefined ? [] : [value]);
	const implied = listed.length > 0 && listed.every((item) => typeof item === "string") ? "string" : fields.properties === undefined ? undefined : "object";
	const told = type ?? (fields.anyOf === undefined ? implied : undefined);
	const takesNull = nullable === true || listed.includes(null);
	if (told === undefined || fields.anyOf !== undefined) return fields;
	const types = asArray(told) ?? [told];
	return { ...fields, type: takesNull && !types.includes("null") ? [...types, "null"] : told };
}

/** Follows `#`, `#/$defs/name` and other JSON pointers into the same document (RFC 6901). */
function resolve(reference: string, root: JsonObject): Json | undefined {
	if (!reference.startsWith("#")) return undefined;
	let value: Json | undefined = root;
	for (const token of reference.slice(1).split("/").slice(1)) {
		const key = unescapeToken(token);
		const object: JsonObject | undefined = asObject(value);
		value = object === undefined ? asArray(value)?.[Number(key)] : Object.hasOwn(object, key) ? object[key] : undefined;
	}
	return value;
}

function unescapeToken(token: string): string {
	try {
		return decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
	} catch {
		return token;
	}
}
