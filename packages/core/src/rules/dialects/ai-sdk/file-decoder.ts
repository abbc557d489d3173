import type { JsonObject } from "../../../contract/json.ts";
import type { FilePart } from "../../../contract/prompt.ts";
import { asObject, asText } from "../json-fields.ts";
import { decodeMetadata } from "./own-metadata.ts";

/** A file that the model made: tagged data since version 4 of the specification, bare base64 before. */
export function decodeFile(part: JsonObject): FilePart | undefined {
	const data = asObject(part["data"]);
	const base64 = asText(part["data"]) ?? asText(data?.["data"]);
	const url = asText(data?.["url"]);
	if (base64 === undefined && url === undefined) return undefined;
	return {
		type: "file",
		mediaType: asText(part["mediaType"]) ?? "application/octet-stream",
		data: base64 === undefined ? { type: "url", url: url ?? "" } : { type: "base64", base64 },
		...decodeMetadata(part["providerMetadata"], "other"),
	};
}
