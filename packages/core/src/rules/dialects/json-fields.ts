import type { Json, JsonArray, JsonObject } from "../../contract/json.ts";

/** Reading fields of JSON that a provider sent: nothing about its shape is known, and nothing may throw. */

export function asObject(value: Json | undefined): JsonObject | undefined {
	return typeof value === "object" && value !== null && !isArray(value) ? value : undefined;
}

export function asArray(value: Json | undefined): JsonArray | undefined {
	return isArray(value) ? value : undefined;
}

/** A string that says something: `undefined` for the empty one too. */
export function asText(value: Json | undefined): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

/** A number that can count tokens or seconds: not negative, and small enough to be exact and to be stored. */
export function asCount(value: Json | undefined): number | undefined {
	return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) : undefined;
}

function isArray(value: Json | undefined): value is JsonArray {
	return Array.isArray(value);
}

/** A text, or an array of objects with a `text`. */
export function textOf(value: Json | undefined): string {
	if (typeof value === "string") return value;
	return (asArray(value) ?? []).map((item) => asText(asObject(item)?.text) ?? "").join("");
}

/**
 * Whether the value is shallow enough to be kept and written again: `JSON.parse` takes any depth, `JSON.stringify` and
 * everything else that recurses does not.
 */
export function isShallow(value: Json | undefined, depth = 64): boolean {
	if (typeof value !== "object" || value === null) return true;
	return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

/** @returns `undefined` where the text is not JSON. */
export function parseJson(text: string): Json | undefined {
	try {
		const value: Json = JSON.parse(text);
		return value;
	} catch {
		return undefined;
	}
}

/**
 * The fields of an object beyond the known ones. `null` says nothing and is left out.
 * @returns `undefined` where nothing is left.
 */
export function restOf(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
	let rest: [string, Json][] | undefined;
	for (const name in object) {
		const value = object[name];
		if (value !== undefined && value !== null && !known.has(name)) (rest ??= []).push([name, value]);
	}
	// fromEntries defines properties, so that a field called `__proto__` stays a field.
	return rest === undefined ? undefined : Object.fromEntries(rest);
}

const nothingKnown: ReadonlySet<string> = new Set();

/** The fields of an object that say something. @returns `undefined` where none does. */
export function withoutNulls(object: JsonObject): JsonObject | undefined {
	return restOf(object, nothingKnown);
}

/** JSON text; `undefined` where the value nests so deep that writing it would overflow the stack. */
export function jsonText(value: Json): string | undefined {
	try {
		return JSON.stringify(value);
	} catch {
		return undefined;
	}
}
