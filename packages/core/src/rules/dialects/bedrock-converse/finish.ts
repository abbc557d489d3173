import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Finish, FinishReason } from "../../../contract/stream-event.ts";
import { asObject, asText, isShallow, restOf } from "../json-fields.ts";
import { decodeUsage, usageRest } from "./usage.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
	["end_turn", "stop"],
	["stop_sequence", "stop"],
	["tool_use", "tool-calls"],
	["max_tokens", "length"],
	["model_context_window_exceeded", "length"],
	["guardrail_intervened", "content-filter"],
	["content_filtered", "content-filter"],
	["malformed_model_output", "error"],
	["malformed_tool_use", "error"],
]);

/** Cut off in the middle of what it was saying: a tool call that stands last is not whole. */
export function isCutOff(stopReason: Json | undefined): boolean {
	const reason = typeof stopReason === "string" ? reasons.get(stopReason) : undefined;
	return reason === "length" || reason === "error";
}

const canonical: ReadonlySet<string> = new Set(["output", "stopReason", "usage", "p"]);

/**
 * The end of an answer. `fields` are those of a whole answer, or of a stream's `messageStop` and `metadata` together; what has no
 * canonical form (`trace`, `metrics`, `performanceConfig`, ...) is kept as `metadata.bedrock`.
 */
export function decodeFinish(fields: JsonObject, hasToolCalls: boolean): Finish {
	const rawReason = asText(fields["stopReason"]);
	const reason = reasons.get(rawReason ?? "") ?? "other";
	const stopSequence = asText(asObject(fields["additionalModelResponseFields"])?.["stop_sequence"]);
	const usage = asObject(fields["usage"]) ?? {};
	const restOfUsage = usageRest(usage);
	const bedrock = { ...restOf(fields, canonical), ...(restOfUsage === undefined ? {} : { usage: restOfUsage }) };
	return {
		reason: reason === "stop" && hasToolCalls ? "tool-calls" : reason,
		...(rawReason === undefined ? {} : { rawReason }),
		...(stopSequence === undefined ? {} : { stopSequence }),
		usage: decodeUsage(usage),
		...(Object.keys(bedrock).length > 0 && isShallow(bedrock) ? { metadata: { bedrock } } : {}),
	};
}
