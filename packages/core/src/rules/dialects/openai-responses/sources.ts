import type { JsonObject } from "../../../contract/json.ts";
import type { Source } from "../../../contract/prompt.ts";
import { asObject, asText } from "../json-fields.ts";

/**
 * A source as an annotation. One of this dialect stands as it came; another's belongs to the whole text that it cites, from `start`
 * to `end`. @returns `undefined` for a source without an address: the dialect cannot say it.
 */
export function encodeSource(source: Source, start: number, end: number): JsonObject | undefined {
	const own = source.metadata?.responses;
	if (own !== undefined) return own;
	if (source.url === undefined) return undefined;
	const told = asObject(source.metadata?.openai?.url_citation);
	return { type: "url_citation", start_index: start, end_index: end, ...told, url: source.url, title: source.title ?? "" };
}

export function decodeAnnotation(annotation: JsonObject): Source {
	const url = asText(annotation.url);
	const title = asText(annotation.title) ?? asText(annotation.filename);
	return { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }), metadata: { responses: annotation } };
}
