import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Source } from "../../../contract/prompt.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { ownFields, ownMetadata } from "./own-metadata.ts";

/**
 * Pages that an answer rests on, from `groundingMetadata` (searches, maps, retrieval) and `citationMetadata` (recited texts). Both
 * are kept whole on the finish as well: they tell which words rest on which page.
 */
export function decodeSources(candidate: JsonObject): readonly Source[] {
	const chunks = asArray(asObject(candidate.groundingMetadata)?.groundingChunks) ?? [];
	const citations = asObject(candidate.citationMetadata);
	return [
		...chunks.flatMap((chunk) => decodeChunk(asObject(chunk))),
		...(asArray(citations?.citations) ?? asArray(citations?.citationSources) ?? []).flatMap((citation) => decodePage(asObject(citation), citation)),
	];
}

/** `{web}`, `{image}`, `{retrievedContext}`, `{maps}`: the kinds differ in what they tell besides the page. */
function decodeChunk(chunk: JsonObject | undefined): readonly Source[] {
	if (chunk === undefined) return [];
	const page = Object.values(chunk).map(asObject).find((value) => value !== undefined);
	return decodePage(page, chunk);
}

function decodePage(page: JsonObject | undefined, whole: Json): readonly Source[] {
	const url = asText(page?.uri) ?? asText(page?.sourceUri);
	const title = asText(page?.title);
	if (url === undefined && title === undefined) return [];
	return [{ ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }), ...ownMetadata(asObject(whole)) }];
}

/** The sources of another vendor's answer as pages that it rests on. @returns `undefined` where there are none. */
export function encodeGrounding(sources: readonly Source[]): JsonObject | undefined {
	return sources.length === 0 ? undefined : { groundingChunks: sources.map(encodeSource) };
}

function encodeSource({ url, title, metadata }: Source): JsonObject {
	const own = ownFields(metadata);
	if (Object.keys(own).length > 0) return own;
	return { web: { ...(url === undefined ? {} : { uri: url }), ...(title === undefined ? {} : { title }) } };
}
