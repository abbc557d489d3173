import type { Failure, FailureKind } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import { decodeFailure as decodeAnthropicFailure, failureOfError as failureOfAnthropicError } from "../anthropic-messages/failure-decoder.ts";
import { failureFromStatus, failureOfKind } from "../failure.ts";
import { decodeFailure as decodeGeminiFailure, failureOfError as failureOfGeminiError } from "../gemini/failure-decoder.ts";
import { asObject, asText, jsonText, parseJson } from "../json-fields.ts";
import { decodeErrorObject, decodeFailure as decodeOpenAiFailure } from "../openai-chat/provider-error.ts";

/** Errors that the AI SDK's own code throws, before or behind the provider's answer. */
const kinds: ReadonlyMap<string, FailureKind> = new Map([
	["AI_EmptyResponseBodyError", "protocol"],
	["AI_InvalidArgumentError", "bad-request"],
	["AI_InvalidPromptError", "bad-request"],
	["AI_InvalidResponseDataError", "protocol"],
	["AI_JSONParseError", "protocol"],
	["AI_LoadAPIKeyError", "authentication"],
	["AI_LoadSettingError", "authentication"],
	["AI_NoContentGeneratedError", "protocol"],
	["AI_NoSuchModelError", "model-not-found"],
	["AI_NoSuchProviderError", "model-not-found"],
	["AI_NoSuchProviderReferenceError", "bad-request"],
	["AI_TypeValidationError", "protocol"],
	["AI_UnsupportedFunctionalityError", "bad-request"],
	["TimeoutError", "timeout"],
]);

/** What a model threw, before its answer began: `{"error": {name, message, statusCode, responseBody, ...}}`. */
export function decodeFailure(status: number, headers: Readonly<Record<string, string>>, body: string): Failure {
	const error = asObject(asObject(parseJson(body))?.["error"]) ?? {};
	const words = { message: asText(error["message"]), type: asText(error["type"]), code: asText(error["code"]) };
	const kind = kindOf(error);
	if (kind !== undefined) return failureOfKind(kind, {}, words);
	// The status is ours where the provider itself has said nothing.
	if (statusOf(error) === undefined) return failureOfKind("upstream", {}, words);
	const told = vendorBody(error);
	if (told === undefined) return failureFromStatus(status, headers, words);
	return decoders[speaks(told)](status, headers, asText(error["responseBody"]) ?? jsonText(told) ?? "");
}

const decoders = { anthropic: decodeAnthropicFailure, google: decodeGeminiFailure, openai: decodeOpenAiFailure } as const;

/** An error part in the middle of a stream: an error of the AI SDK, the vendor's own object, or words. */
export function failureOfErrorPart(value: Json | undefined): Failure {
	const error = asObject(value);
	if (error === undefined) return decodeErrorObject(asText(value) ?? {});
	const kind = kindOf(error);
	if (kind !== undefined) return failureOfKind(kind, {}, { message: asText(error["message"]) });
	const told = vendorBody(error) ?? error;
	const vendor = speaks(told);
	const inner = asObject(told["error"]) ?? told;
	if (vendor === "anthropic") return failureOfAnthropicError(inner);
	if (vendor === "google") return failureOfGeminiError(inner);
	return decodeErrorObject(statusOf(error) === undefined ? inner : { code: String(statusOf(error)), ...inner });
}

function kindOf(error: JsonObject): FailureKind | undefined {
	const name = asText(error["name"]) ?? "";
	// An answer of 2xx that could not be read is an APICallError too.
	if (name === "AI_APICallError") return typeof error["statusCode"] === "number" && error["statusCode"] < 400 ? "protocol" : undefined;
	return kinds.get(name);
}

function statusOf({ statusCode }: JsonObject): number | undefined {
	return typeof statusCode === "number" && statusCode >= 400 && statusCode < 600 ? statusCode : undefined;
}

/** What the vendor said: as text, or as the provider has read it. */
function vendorBody({ responseBody, data }: JsonObject): JsonObject | undefined {
	return asObject(parseJson(asText(responseBody) ?? "")) ?? asObject(data);
}

function speaks(body: JsonObject): "anthropic" | "google" | "openai" {
	const error = asObject(body["error"]);
	if (body["type"] === "error" && error !== undefined) return "anthropic";
	return asText((error ?? body)["status"]) === undefined ? "openai" : "google";
}
