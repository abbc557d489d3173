import type { JsonObject } from "../../../contract/json.ts";
import { asObject, asText, parseJson } from "../json-fields.ts";

/**
 * A custom tool takes free text instead of JSON. The canonical form says it as a function whose one argument is that text, so that
 * models of every provider can call it; `metadata.responses.type` tells that it is to be written as a custom tool here.
 */
export const customType = "custom";

/** @param format what the text must match, as the caller's definition says it: other dialects can only say it in words. */
export function customInputSchema(format: JsonObject | undefined): JsonObject {
	const definition = asText(format?.definition);
	const grammar = definition === undefined ? "" : ` It must match this ${asText(format?.syntax) ?? "formal"} grammar:\n${definition}`;
	return {
		type: "object",
		properties: { input: { type: "string", description: `The tool's input as free text.${grammar}` } },
		required: ["input"],
		additionalProperties: false,
	};
}

export const wrappedStart = '{"input":"';
export const wrappedEnd = '"}';

/** A piece of the text inside the JSON string. Half a surrogate pair at the cut becomes an escape, which the other half completes. */
export function wrappedPiece(text: string): string {
	return JSON.stringify(text).slice(1, -1);
}

/** The free text as JSON text, and back. Input that a model wrote in another form is passed on as it stands. */
export function wrapInput(text: string): string {
	return wrappedStart + wrappedPiece(text) + wrappedEnd;
}
export function unwrapInput(input: string): string {
	const text = asObject(parseJson(input))?.input;
	return typeof text === "string" ? text : input;
}
