import type { Json } from "../../contract/json.ts";

/** JSON found in a model's text, with whether it had to be searched for. */
export interface ExtractedJson {
	readonly value: Json;
	readonly text: string;
	readonly isWhole: boolean;
}

/**
 * Finds JSON in text, in this order: the whole text, a Markdown code block, the outermost `{...}`, the outermost `[...]`.
 */
export function extractJson(text: string): ExtractedJson | undefined {
	const whole = parse(text.trim());
	if (whole !== undefined) return { ...whole, isWhole: true };
	for (const candidate of [codeBlock(text), between(text, "{", "}"), between(text, "[", "]")]) {
		const found = candidate === undefined ? undefined : parse(candidate);
		if (found !== undefined) return { ...found, isWhole: false };
	}
	return undefined;
}

/** The text of an object while it is being written: what stands before it is cut away. */
export function partialJsonText(text: string): string {
	const block = /```(?:json)?\s*\n([\s\S]*)$/.exec(text);
	const body = block?.[1] ?? text;
	const start = body.search(/[[{]/);
	return start < 0 ? "" : body.slice(start);
}

function parse(text: string): Omit<ExtractedJson, "isWhole"> | undefined {
	try {
		return { value: JSON.parse(text), text };
	} catch {
		return undefined;
	}
}

function codeBlock(text: string): string | undefined {
	return /```(?:json)?\s*\n([\s\S]*?)\n?```/.exec(text)?.[1];
}

function between(text: string, open: string, close: string): string | undefined {
	const start = text.indexOf(open);
	const end = text.lastIndexOf(close);
	return start >= 0 && end > start ? text.slice(start, end + 1) : undefined;
}
