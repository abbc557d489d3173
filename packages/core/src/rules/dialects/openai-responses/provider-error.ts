import type { Failure, FailureKind } from "../../../contract/failure.ts";
import type { JsonObject } from "../../../contract/json.ts";
import { failureOfKind } from "../failure.ts";
import { asObject, asText } from "../json-fields.ts";
import { decodeErrorObject } from "../openai-chat/provider-error.ts";

/** Codes that only responses know (`ResponseError.code`); the others are those of all OpenAI's APIs. */
const callerCodes = /^(?:invalid_prompt|(?:invalid|unsupported|empty|failed)_\w*image\w*|image_\w+)$/;
const policyCodes = /^(?:bio_policy|\w+_policy_violation)$/;

/** `response.error`, or an `error` event: its fields stand in the event itself, at some servers under `error`. */
export function decodeResponseError(error: JsonObject): Failure {
	const inner = asObject(error.error) ?? (error.type === "error" ? { ...error, type: undefined } : error);
	const code = asText(inner.code) ?? "";
	const kind = kindOf(code);
	if (kind === undefined) return decodeErrorObject(inner);
	return failureOfKind(kind, {}, { message: asText(inner.message), type: asText(inner.type), code, param: asText(inner.param) });
}

function kindOf(code: string): FailureKind | undefined {
	if (policyCodes.test(code)) return "content-filter";
	if (code === "vector_store_timeout") return "upstream";
	return callerCodes.test(code) ? "bad-request" : undefined;
}
