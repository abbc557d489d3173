import type { JsonObject } from "../../../contract/json.ts";
import type { Finish, FinishReason } from "../../../contract/stream-event.ts";
import { asObject, asText, restOf } from "../json-fields.ts";
import { ownFields, ownMetadata } from "./own-metadata.ts";
import { decodeUsage, usageRest } from "./usage.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
	["STOP", "stop"],
	["MAX_TOKENS", "length"],
	["SAFETY", "content-filter"],
	["RECITATION", "content-filter"],
	["BLOCKLIST", "content-filter"],
	["PROHIBITED_CONTENT", "content-filter"],
	["SPII", "content-filter"],
	["IMAGE_SAFETY", "content-filter"],
	["IMAGE_PROHIBITED_CONTENT", "content-filter"],
	["IMAGE_RECITATION", "content-filter"],
	["MODEL_ARMOR", "content-filter"],
	["MALFORMED_FUNCTION_CALL", "error"],
	["MALFORMED_RESPONSE", "error"],
	["UNEXPECTED_TOOL_CALL", "error"],
	["TOO_MANY_TOOL_CALLS", "error"],
	["MISSING_THOUGHT_SIGNATURE", "error"],
	["CONTINUATION", "pause"],
]);

const words: Readonly<Record<FinishReason, string>> = {
	stop: "STOP",
	"tool-calls": "STOP",
	length: "MAX_TOKENS",
	"content-filter": "SAFETY",
	pause: "OTHER",
	error: "OTHER",
	other: "OTHER",
};

/** Gemini ends an answer that calls functions with `STOP` like any other. */
export function decodeReason(rawReason: string, hasCalls: boolean): FinishReason {
	const reason = reasons.get(rawReason) ?? "other";
	return reason === "stop" && hasCalls ? "tool-calls" : reason;
}

const candidateFields: ReadonlySet<string> = new Set(["content", "finishReason", "index"]);

/** What an answer said of itself, its chunks laid over each other. */
export interface ToldAnswer {
	readonly candidate: JsonObject;
	readonly usage: JsonObject;
	readonly promptFeedback: JsonObject | undefined;
	readonly hasCalls: boolean;
}

/**
 * The end of an answer. What has no canonical form (ratings, grounding, probabilities, token details) is kept as metadata. A
 * prompt that was blocked has no candidate: its end is the content filter's.
 */
export function decodeFinish({ candidate, usage, promptFeedback, hasCalls }: ToldAnswer): Finish {
	const rawReason = asText(candidate.finishReason);
	const isBlocked = rawReason === undefined && isBlockedPrompt(promptFeedback);
	const rest = restOf(candidate, candidateFields);
	const details = usageRest(usage);
	const kept = {
		...(rest === undefined ? {} : { candidate: rest }),
		...(promptFeedback === undefined ? {} : { promptFeedback }),
		...(details === undefined ? {} : { usageMetadata: details }),
	};
	return {
		reason: isBlocked ? "content-filter" : decodeReason(rawReason ?? "", hasCalls),
		...(rawReason === undefined ? {} : { rawReason }),
		usage: decodeUsage(usage),
		...(Object.keys(kept).length === 0 ? {} : ownMetadata(kept)),
	};
}

export function isBlockedPrompt(promptFeedback: JsonObject | undefined): boolean {
	return asText(promptFeedback?.blockReason) !== undefined;
}

export interface FinishFields {
	readonly candidate: JsonObject;
	readonly promptFeedback: JsonObject | undefined;
	readonly usageMetadata: JsonObject;
}

/** What {@link decodeFinish} kept. */
export function finishFields({ metadata }: Finish): FinishFields {
	const { candidate, promptFeedback, usageMetadata } = ownFields(metadata);
	return { candidate: asObject(candidate) ?? {}, promptFeedback: asObject(promptFeedback), usageMetadata: asObject(usageMetadata) ?? {} };
}

/**
 * Google's own word is said again where the answer came from there.
 * @returns `undefined` for a blocked prompt, which has a block reason instead.
 */
export function encodeReason(finish: Finish, hasRefusal: boolean): string | undefined {
	const { reason, rawReason } = finish;
	if (rawReason === undefined && reason === "content-filter" && isBlockedPrompt(finishFields(finish).promptFeedback)) return undefined;
	const isOwn = rawReason !== undefined && isGoogleWord(rawReason) && decodeReason(rawReason, reason === "tool-calls") === reason;
	if (isOwn) return rawReason;
	return reason === "stop" && hasRefusal ? "SAFETY" : words[reason];
}

/** Words of later models; those of other vendors are in lower case. */
function isGoogleWord(reason: string): boolean {
	return /^[A-Z][A-Z_]+$/.test(reason);
}
