import type { Json, JsonArray, JsonObject } from "../../contract/json.ts";

/** How deep optional properties are filled in; a recursive schema ends there. */
const fullDepth = 4;

/**
 * A value that a JSON Schema (draft 2020-12) allows: the smallest that is not empty, the same every time. Conditions across
 * properties (`if`, `not`, `dependentSchemas`) and demanding patterns are beyond it.
 */
export function instanceOf(schema: JsonObject): Json {
	return make(schema, schema, 0);
}

function make(given: Json | undefined, root: JsonObject, depth: number): Json {
	if (!isObject(given)) return "simulated";
	const schema = flatten(given, root);
	if (schema["const"] !== undefined) return schema["const"];
	const fixed = [schema["enum"], schema["examples"]].find((values) => Array.isArray(values) && values.length > 0);
	if (isArray(fixed)) return fixed[0] ?? null;
	if (schema["default"] !== undefined) return schema["default"];
	const variants = schema["anyOf"] ?? schema["oneOf"];
	if (isArray(variants)) return make(chooseVariant(variants, root, depth), root, depth);
	switch (typeOf(schema, depth)) {
		case "object":
			return makeObject(schema, root, depth);
		case "array":
			return makeArray(schema, root, depth);
		case "integer":
			return makeNumber(schema, 1);
		case "number":
			return makeNumber(schema, 0.5);
		case "boolean":
			return true;
		case "null":
			return null;
		default:
			return makeString(schema);
	}
}

/** A schema with its reference followed and its `allOf` merged in: properties and requirements add up, the rest is the last one's. */
function flatten(schema: JsonObject, root: JsonObject): JsonObject {
	let flat: JsonObject = schema;
	for (let hops = 0; typeof flat["$ref"] === "string" && hops < 32; hops++) {
		const { $ref, ...beside } = flat;
		flat = { ...resolve(String($ref), root), ...beside };
	}
	const { allOf, ...own } = flat;
	if (!isArray(allOf)) return flat;
	return allOf
		.filter(isObject)
		.map((part) => flatten(part, root))
		.reduce<JsonObject>(
			(merged, part) => ({
				...merged,
				...part,
				properties: { ...asObject(merged["properties"]), ...asObject(part["properties"]) },
				required: [...asArray(merged["required"]), ...asArray(part["required"])],
			}),
			own,
		);
}

/** Follows `#`, `#/$defs/name` and other JSON pointers into the same document (RFC 6901). */
function resolve(reference: string, root: JsonObject): JsonObject {
	let value: Json | undefined = root;
	for (const token of reference.replace(/^#\/?/, "").split("/").filter((part) => part !== "")) {
		const key = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
		value = isObject(value) ? value[key] : isArray(value) ? value[Number(key)] : undefined;
	}
	return asObject(value);
}

/** The first variant; deep down the plainest one, so that recursion ends. */
function chooseVariant(variants: JsonArray, root: JsonObject, depth: number): Json | undefined {
	if (depth < fullDepth) return variants[0];
	const rank = (variant: Json): number => {
		const type = isObject(variant) ? flatten(variant, root)["type"] : undefined;
		return type === "object" ? 2 : type === "array" ? 1 : 0;
	};
	return variants.toSorted((a, b) => rank(a) - rank(b))[0];
}

function typeOf(schema: JsonObject, depth: number): string {
	const type = schema["type"];
	if (isArray(type)) return String(depth < fullDepth ? type[0] : (type.find((name) => name === "null") ?? type[0]));
	if (typeof type === "string") return type;
	if (schema["properties"] !== undefined || schema["required"] !== undefined) return "object";
	if (schema["items"] !== undefined || schema["prefixItems"] !== undefined) return "array";
	if (schema["minimum"] !== undefined || schema["maximum"] !== undefined) return "number";
	return "string";
}

function makeObject(schema: JsonObject, root: JsonObject, depth: number): JsonObject {
	const properties = asObject(schema["properties"]);
	const required = asArray(schema["required"]).map(String);
	const names = depth < fullDepth ? [...new Set([...Object.keys(properties), ...required])] : required;
	return Object.fromEntries(names.map((name) => [name, make(properties[name] ?? schema["additionalProperties"], root, depth + 1)]));
}

function makeArray(schema: JsonObject, root: JsonObject, depth: number): JsonArray {
	const prefix = asArray(schema["prefixItems"]).map((item) => make(item, root, depth + 1));
	const least = numberOf(schema["minItems"]) ?? (depth < fullDepth && isObject(schema["items"]) ? 1 : 0);
	const length = Math.min(least, numberOf(schema["maxItems"]) ?? least);
	const rest = Array.from({ length: Math.max(0, length - prefix.length) }, (_, index) => {
		const item = make(schema["items"], root, depth + 1);
		// Told apart where they must be.
		if (schema["uniqueItems"] !== true || index === 0) return item;
		return typeof item === "number" ? item + index : typeof item === "string" ? `${item} ${index + 1}` : item;
	});
	return [...prefix, ...rest];
}

function makeNumber(schema: JsonObject, step: number): number {
	const unit = numberOf(schema["multipleOf"]) ?? step;
	const minimum = numberOf(schema["minimum"]);
	const above = numberOf(schema["exclusiveMinimum"]);
	const maximum = numberOf(schema["maximum"]);
	const below = numberOf(schema["exclusiveMaximum"]);
	const isAllowed = (value: number): boolean =>
		(minimum === undefined || value >= minimum) &&
		(above === undefined || value > above) &&
		(maximum === undefined || value <= maximum) &&
		(below === undefined || value < below);
	const floor = minimum ?? above ?? 0;
	const ceiling = maximum ?? below ?? floor;
	const candidates = [
		unit,
		Math.ceil(floor / unit) * unit,
		(Math.floor(floor / unit) + 1) * unit,
		Math.floor(ceiling / unit) * unit,
		(Math.ceil(ceiling / unit) - 1) * unit,
		(floor + ceiling) / 2,
	];
	return candidates.find(isAllowed) ?? unit;
}

const formats: Readonly<Record<string, string>> = {
	"date-time": "2026-01-02T03:04:05Z",
	date: "2026-01-02",
	time: "03:04:05Z",
	duration: "PT1S",
	email: "simulator@example.com",
	hostname: "example.com",
	ipv4: "192.0.2.1",
	ipv6: "2001:db8::1",
	uri: "https://example.com/",
	"uri-reference": "/simulated",
	uuid: "00000000-0000-4000-8000-000000000000",
	regex: ".*",
	"json-pointer": "/simulated",
};

const samples = ["simulated", "SIMULATED", "Simulated", "a", "A", "1", "12345", "2026-01-02", "a-1", "A1", "+15550100", "#a1b2c3", "v1.0.0", "EUR", "en-GB"];

function makeString(schema: JsonObject): string {
	const format = typeof schema["format"] === "string" ? formats[schema["format"]] : undefined;
	if (format !== undefined) return format;
	const shortest = numberOf(schema["minLength"]) ?? 0;
	const longest = numberOf(schema["maxLength"]) ?? Number.POSITIVE_INFINITY;
	const pattern = typeof schema["pattern"] === "string" ? schema["pattern"] : undefined;
	const fits = samples.find((text) => text.length >= shortest && text.length <= longest && (pattern === undefined || matches(pattern, text)));
	return fits ?? "simulated".padEnd(shortest, ".").slice(0, longest);
}

function matches(pattern: string, text: string): boolean {
	try {
		return new RegExp(pattern, "u").test(text);
	} catch {
		return true;
	}
}

function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isArray(value: Json | undefined): value is JsonArray {
	return Array.isArray(value);
}
function asObject(value: Json | undefined): JsonObject {
	return isObject(value) ? value : {};
}
function asArray(value: Json | undefined): JsonArray {
	return isArray(value) ? value : [];
}
function numberOf(value: Json | undefined): number | undefined {
	return typeof value === "number" ? value : undefined;
}
