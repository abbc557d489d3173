import type { Failure, FailureKind } from "../../../contract/failure.ts";
import type { JsonObject } from "../../../contract/json.ts";
import { failureFromStatus, failureOfKind, kindOfStatus, type ProviderError } from "../failure.ts";
import { asObject, asText, parseJson } from "../json-fields.ts";

const kinds: ReadonlyMap<string, FailureKind> = new Map([
	["AccessDeniedException", "permission"],
	["ConflictException", "bad-request"],
	["ExpiredTokenException", "authentication"],
	["IncompleteSignatureException", "authentication"],
	["InternalFailure", "upstream"],
	["InternalServerException", "upstream"],
	["InvalidClientTokenId", "authentication"],
	["InvalidSignatureException", "authentication"],
	["MissingAuthenticationTokenException", "authentication"],
	["ModelErrorException", "upstream"],
	["ModelNotReadyException", "overloaded"],
	["ModelStreamErrorException", "upstream"],
	["ModelTimeoutException", "timeout"],
	["NotAuthorized", "permission"],
	["OptInRequired", "permission"],
	["ResourceNotFoundException", "model-not-found"],
	["ServiceQuotaExceededException", "quota"],
	["ServiceUnavailableException", "overloaded"],
	["SignatureDoesNotMatch", "authentication"],
	["ThrottlingException", "rate-limited"],
	["TooManyRequestsException", "rate-limited"],
	["UnrecognizedClientException", "authentication"],
	["ValidationException", "bad-request"],
]);

/** All that is wrong with a request is one type: only its words tell these apart. */
const contextWords = /input is too long|prompt is too long|too many input tokens|context (?:length|window|size)|maximum (?:context|input)/i;
const modelWords = /model identifier is invalid|model .{0,80}(?:not found|does not exist)|end of its life/i;

/** An answer with a status of 400 or more. */
export function decodeFailure(status: number, headers: Readonly<Record<string, string>>, body: string): Failure {
	const value = asObject(parseJson(body)) ?? {};
	const error = readError(headers["x-amzn-errortype"] ?? asText(value["__type"]) ?? asText(value["code"]), value);
	// 424 is Bedrock's word for a model that failed.
	return failureFromStatus(status, headers, error, kindOf(error) ?? (status === 424 ? "upstream" : kindOfStatus(status)));
}

/** An exception inside a stream of 200; its name begins in lower case there. */
export function failureOfException(name: string, payload: JsonObject): Failure {
	const error = readError(name, { ...payload, message: payload["message"] ?? payload["originalMessage"] });
	return failureOfKind(kindOf(error) ?? "upstream", {}, error);
}

function kindOf({ type = "", message = "" }: ProviderError): FailureKind | undefined {
	const kind = kinds.get(type);
	const words = message.slice(0, 2000);
	if (kind === "bad-request") return contextWords.test(words) ? "context-length" : modelWords.test(words) ? "model-not-found" : kind;
	return kind === "rate-limited" && /per day/i.test(words) ? "quota" : kind;
}

/** A type may stand between a namespace and an address: `com.amazon.coral.service#ValidationException:http://internal...`. */
function readError(type: string | undefined, body: JsonObject): ProviderError {
	const name = type?.split(":")[0]?.split("#").at(-1)?.trim();
	return {
		type: name === undefined || name === "" ? undefined : name.charAt(0).toUpperCase() + name.slice(1),
		message: asText(body["message"]) ?? asText(body["Message"]),
	};
}
