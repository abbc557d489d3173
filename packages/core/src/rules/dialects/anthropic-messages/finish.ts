import type { Json, JsonObject } from "../../../contract/json.ts";
import type { AssistantPart } from "../../../contract/prompt.ts";
import type { Finish, FinishReason } from "../../../contract/stream-event.ts";
import { asObject, asText, restOf } from "../json-fields.ts";
import { ownFields, ownMetadata } from "./own-metadata.ts";
import { decodeUsage, usageRest } from "./usage.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
	["end_turn", "stop"],
	["stop_sequence", "stop"],
	["max_tokens", "length"],
	["model_context_window_exceeded", "length"],
	["tool_use", "tool-calls"],
	["pause_turn", "pause"],
	["refusal", "content-filter"],
]);

const words: Readonly<Record<FinishReason, string>> = {
	stop: "end_turn",
	length: "max_tokens",
	"tool-calls": "tool_use",
	"content-filter": "refusal",
	pause: "pause_turn",
	error: "end_turn",
	other: "end_turn",
};

/** Cut off in the middle of what it was saying: a tool call that stands last is not whole. */
export function isCutOff(stopReason: Json | undefined): boolean {
	return typeof stopReason === "string" && reasons.get(stopReason) === "length";
}

const canonical: ReadonlySet<string> = new Set(["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"]);

/**
 * The end of an answer. `message` is a whole message, or for a stream the fields of its start and its deltas laid over each other;
 * what has no canonical form (`stop_details`, `container`, ...) is kept as metadata.
 */
export function decodeFinish(message: JsonObject, usage: JsonObject): Finish {
	const rawReason = asText(message["stop_reason"]);
	const stopSequence = message["stop_sequence"];
	const rest = restOf(message, canonical);
	const restOfUsage = usageRest(usage);
	return {
		reason: (rawReason === undefined ? undefined : reasons.get(rawReason)) ?? "other",
		...(rawReason === undefined ? {} : { rawReason }),
		...(typeof stopSequence === "string" ? { stopSequence } : {}),
		usage: decodeUsage(usage),
		...(rest === undefined && restOfUsage === undefined
			? {}
			: ownMetadata({ ...rest, ...(restOfUsage === undefined ? {} : { usage: restOfUsage }) })),
	};
}

/**
 * The word for how an answer ended. Anthropic's own word is said again where the answer came from there; a reason that nobody
 * knows is passed on as it was said, for `end_turn` would be a claim.
 */
export function encodeStopReason(finish: Finish, hasRefusal: boolean): string {
	const { reason, rawReason, stopSequence } = finish;
	if (rawReason !== undefined && (reasons.get(rawReason) ?? "other") === reason) return rawReason;
	if (reason !== "stop") return words[reason];
	if (hasRefusal) return "refusal";
	return stopSequence === undefined ? words.stop : "stop_sequence";
}

/** Fields that stand in `message_delta.delta` of a stream; whatever else is kept stands beside it. */
const deltaFields: ReadonlySet<string> = new Set(["stop_details", "container"]);

export interface FinishFields {
	readonly delta: JsonObject;
	readonly message: JsonObject;
	readonly usage: JsonObject;
}

/** What {@link decodeFinish} kept, by the place where it stands in a stream. */
export function finishFields(finish: Finish): FinishFields {
	const { usage, ...kept } = ownFields(finish.metadata);
	const entries = Object.entries(kept);
	return {
		delta: Object.fromEntries(entries.filter(([name]) => deltaFields.has(name))),
		message: Object.fromEntries(entries.filter(([name]) => !deltaFields.has(name) && !canonical.has(name))),
		usage: asObject(usage) ?? {},
	};
}

/** OpenAI tells a refusal as a kind of text; Anthropic only as a reason to stop. */
export function hasRefusal(content: readonly AssistantPart[]): boolean {
	return content.some((part) => part.type === "text" && part.refusal === true);
}
