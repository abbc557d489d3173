import type { Json, JsonArray, JsonObject } from "../../../contract/json.ts";
import type { Source } from "../../../contract/prompt.ts";
import type { Finish, FinishReason } from "../../../contract/stream-event.ts";
import { asObject, asText, isShallow } from "../json-fields.ts";
import { decodeUsage } from "./usage.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
	["stop", "stop"],
	["length", "length"],
	["content-filter", "content-filter"],
	["tool-calls", "tool-calls"],
	["error", "error"],
]);

/** The provider's own words that say more than the unified one. */
const rawReasons: ReadonlyMap<string, FinishReason> = new Map([["pause_turn", "pause"]]);

export interface ReadReason {
	readonly reason: FinishReason;
	readonly rawReason?: string;
	/** The model stopped without a word: providers tell it as an end, and in a stream it is none. */
	readonly isWordless: boolean;
}

/** `{unified, raw}` since version 3 of the specification, a word in version 2. */
export function readReason(value: Json | undefined): ReadReason | undefined {
	const unified = asText(asObject(value)?.["unified"]) ?? asText(value);
	if (unified === undefined) return undefined;
	const rawReason = asText(asObject(value)?.["raw"]);
	const isUnknown = unified === "unknown" || (unified === "other" && asObject(value) !== undefined);
	return {
		reason: rawReasons.get(rawReason ?? "") ?? reasons.get(unified) ?? "other",
		...(rawReason === undefined ? {} : { rawReason }),
		isWordless: unified === "interrupted" || (isUnknown && rawReason === undefined),
	};
}

/** Cut off in the middle of what it was saying: a tool call that stands last is not whole. */
export function isCutOff({ reason }: ReadReason): boolean {
	return reason === "length" || reason === "error";
}

export interface Told {
	readonly reason: ReadReason;
	readonly hasToolCalls: boolean;
	/** What the provider could not do as it was asked. */
	readonly warnings: JsonArray;
	/** Those that no text is there to carry. */
	readonly sources: readonly Source[];
}

/** The end of an answer; what has no canonical form is kept as `metadata.aiSdk`. */
export function decodeFinish(part: JsonObject, { reason: { reason, rawReason }, hasToolCalls, warnings, sources }: Told): Finish {
	const providerMetadata = asObject(part["providerMetadata"]);
	const stopSequence = asText(asObject(providerMetadata?.["anthropic"])?.["stopSequence"]);
	const kept: JsonObject = {
		...(providerMetadata === undefined || Object.keys(providerMetadata).length === 0 ? {} : { providerMetadata }),
		...(warnings.length === 0 ? {} : { warnings }),
		...(sources.length === 0 ? {} : { sources: sources.map(({ url, title }) => ({ ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }) })) }),
	};
	return {
		reason: reason === "stop" && hasToolCalls ? "tool-calls" : reason,
		...(rawReason === undefined ? {} : { rawReason }),
		...(stopSequence === undefined ? {} : { stopSequence }),
		usage: decodeUsage(part["usage"]),
		...(Object.keys(kept).length > 0 && isShallow(kept) ? { metadata: { aiSdk: kept } } : {}),
	};
}
