import type { Json, JsonObject } from "../../contract/json.ts";
import { asArray, asObject, asText } from "../../rules/dialects/json-fields.ts";
import { toBase64 } from "./base64.ts";
import type { SpecificationVersion } from "./model.ts";

/** Call options with what JSON cannot hold. */
type Revived = Readonly<Record<string, unknown>>;

/** Call options out of JSON, as the model's own version of the specification has them. Written is version 4. */
export function reviveOptions(body: JsonObject, version: SpecificationVersion): Revived {
	const prompt = (asArray(body["prompt"]) ?? []).map((message) => reviveMessage(asObject(message) ?? {}, version));
	if (version === "v4") return { ...body, prompt };
	const { reasoning, tools, ...rest } = body;
	return {
		...rest,
		prompt,
		...(tools === undefined ? {} : { tools: version === "v2" ? asArray(tools)?.map(toProviderDefined) : tools }),
		...encodeEffort(reasoning, asObject(rest["providerOptions"])),
	};
}

/** Before version 4 the effort of reasoning had no word of its own. */
function encodeEffort(reasoning: Json | undefined, providerOptions: JsonObject = {}): Revived {
	if (typeof reasoning !== "string" || reasoning === "none") return {};
	const effortOf = (vendor: string) => ({ [vendor]: { reasoningEffort: reasoning, ...asObject(providerOptions[vendor]) } });
	return { providerOptions: { ...providerOptions, ...effortOf("openai"), ...effortOf("openaiCompatible") } };
}

function toProviderDefined(tool: Json): Json {
	const fields = asObject(tool);
	return fields?.["type"] === "provider" ? { ...fields, type: "provider-defined" } : tool;
}

function reviveMessage(message: JsonObject, version: SpecificationVersion): Revived {
	const content = asArray(message["content"]);
	return content === undefined ? message : { ...message, content: content.flatMap((part) => revivePart(asObject(part) ?? {}, version)) };
}

function revivePart(part: JsonObject, version: SpecificationVersion): readonly Revived[] {
	switch (part["type"]) {
		case "custom":
			return version === "v4" ? [part] : [];
		case "reasoning-file":
			return version === "v4" ? [{ ...part, data: reviveData(asObject(part["data"]) ?? {}) }] : [];
		case "file": {
			const data = asObject(part["data"]) ?? {};
			return [{ ...part, data: version === "v4" ? reviveData(data) : bareData(data) }];
		}
		case "tool-result":
			return [{ ...part, output: reviveOutput(asObject(part["output"]) ?? {}, version) }];
		default:
			return [part];
	}
}

function reviveData(data: JsonObject): Revived {
	return data["type"] === "url" ? { ...data, url: new URL(String(data["url"])) } : data;
}

/** Until version 3 data was bare: base64, an address, or the id of a stored file. */
function bareData(data: JsonObject): string | URL {
	switch (data["type"]) {
		case "url":
			return new URL(String(data["url"]));
		case "text":
			return toBase64(new TextEncoder().encode(String(data["text"])));
		case "reference":
			return String(Object.values(asObject(data["reference"]) ?? {})[0] ?? "");
		default:
			return String(data["data"]);
	}
}

function reviveOutput(output: JsonObject, version: SpecificationVersion): Revived {
	if (output["type"] !== "content") return output;
	const reviveFile = { v4: (part: JsonObject) => ({ ...part, data: reviveData(asObject(part["data"]) ?? {}) }), v3: resultFile, v2: resultMedia }[version];
	const value = (asArray(output["value"]) ?? []).map((part) => {
		const fields = asObject(part) ?? {};
		return fields["type"] === "file" ? reviveFile(fields) : fields;
	});
	return { ...output, value };
}

/** A file in a tool's result, as version 3 says it. */
function resultFile(part: JsonObject): Revived {
	const { data, mediaType, filename, providerOptions } = part;
	const fields = asObject(data) ?? {};
	const options = providerOptions === undefined ? {} : { providerOptions };
	const isImage = asText(mediaType)?.startsWith("image/") === true;
	switch (fields["type"]) {
		case "text":
			return { type: "text", text: fields["text"], ...options };
		case "url":
			return { type: isImage ? "image-url" : "file-url", url: fields["url"], ...options };
		case "reference":
			return { type: isImage ? "image-file-id" : "file-id", fileId: fields["reference"], ...options };
		default:
			return { type: isImage ? "image-data" : "file-data", data: fields["data"], mediaType, ...(filename === undefined ? {} : { filename }), ...options };
	}
}

/** Version 2 knows bytes only; of anything else the model is told the place. */
function resultMedia(part: JsonObject): Revived {
	const data = asObject(part["data"]) ?? {};
	if (data["type"] === "data") return { type: "media", data: data["data"], mediaType: part["mediaType"] };
	return { type: "text", text: asText(data["text"]) ?? asText(data["url"]) ?? "" };
}
