import type { JsonObject } from "../../../contract/json.ts";
import type { Source } from "../../../contract/prompt.ts";
import { asCount, asObject, asText } from "../json-fields.ts";
import { decodeMetadata } from "./own-metadata.ts";

/** A page by its address, a document by its title. @returns `undefined` for a source that names neither. */
export function decodeSource(part: JsonObject): Source | undefined {
	const url = asText(part["url"]);
	const title = asText(part["title"]) ?? asText(part["filename"]);
	if (url === undefined && title === undefined) return undefined;
	return { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }), ...decodeMetadata(part["providerMetadata"], "other") };
}

/** A source with its place in the text, which OpenAI's annotations have the words for. */
export function decodeCitation(citation: JsonObject): Source | undefined {
	const source = decodeSource(asObject(citation["source"]) ?? {});
	const start = asCount(citation["startIndex"]);
	const end = asCount(citation["endIndex"]);
	if (source?.url === undefined || start === undefined || end === undefined) return source;
	const { url, title = "" } = source;
	const openai = { type: "url_citation", url_citation: { url, title, start_index: start, end_index: end } };
	return { ...source, metadata: { ...source.metadata, openai } };
}
