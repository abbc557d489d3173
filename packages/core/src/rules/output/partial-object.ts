import { parse } from "partial-json";
import type { Json } from "../../contract/json.ts";
import { partialJsonText } from "./extract-json.ts";

/** A value that grows while its JSON text comes in. */
export interface PartialObject {
	/** @returns the value so far where it changed, `undefined` otherwise. */
	push(delta: string): Json | undefined;
	/** The JSON text so far, without what stands before it. */
	text(): string;
}

export function createPartialObject(): PartialObject {
	let raw = "";
	let shown = "";
	let nextLength = 0;
	return {
		push(delta) {
			raw += delta;
			if (raw.length < nextLength) return undefined;
			// A long object is parsed again only once it grew by a part of itself: the whole stream costs linear time.
			nextLength = raw.length + (raw.length >> 6);
			const value = parsePartial(partialJsonText(raw));
			if (value === undefined) return undefined;
			const text = JSON.stringify(value);
			if (text === shown) return undefined;
			shown = text;
			return value;
		},
		text: () => partialJsonText(raw),
	};
}

function parsePartial(text: string): Json | undefined {
	if (text === "") return undefined;
	try {
		return parse(text);
	} catch {
		return undefined;
	}
}
