import type { JsonObject } from "../../../contract/json.ts";
import type { Prompt } from "../../../contract/prompt.ts";
import type { EncodedRequest, EncodeRequestOptions } from "../dialect.ts";
import { createWarnings, type Warnings } from "../warnings.ts";
import { encodeMessages } from "./message-encoder.ts";
import { encodeSettings } from "./settings-encoder.ts";
import { encodeTools } from "./tools-encoder.ts";

/** No network is asked: the path tells the `send` which model, and which of its two ways to answer. */
export function path({ model, stream }: EncodeRequestOptions): string {
	return `/models/${encodeURIComponent(model)}/${stream ? "stream" : "generate"}`;
}

/** The call options of a language model as JSON, in the form of version 4 of the specification. */
export function encodeRequest(prompt: Prompt, { quirks }: EncodeRequestOptions): EncodedRequest {
	const warnings = createWarnings();
	const extras = encodeExtras(prompt, warnings);
	const settings = encodeSettings(prompt, quirks, warnings);
	const tools = encodeTools(prompt, warnings);
	return { body: { ...extras, prompt: encodeMessages(prompt, warnings), ...settings, ...tools }, warnings: warnings.list };
}

function encodeExtras({ extras }: Prompt, warnings: Warnings): JsonObject {
	if (extras === undefined || extras.dialect === "ai-sdk") return extras?.fields ?? {};
	for (const name of Object.keys(extras.fields)) warnings.add("unsupported-setting", name, `The AI SDK has no field "${name}"; it was left out`);
	return {};
}
