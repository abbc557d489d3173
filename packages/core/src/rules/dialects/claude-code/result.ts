import type { JsonObject } from "../../../contract/json.ts";
import type { Finish } from "../../../contract/stream-event.ts";
import { decodeFinish } from "../anthropic-messages/finish.ts";
import { asArray, asCount, asObject, asText, jsonText } from "../json-fields.ts";

/**
 * The end of an answer, from a result that is one. The usage is that of all turns. Its tools were run by Claude Code itself, so an
 * answer that ended with their use is complete.
 */
export function finishOfResult(result: JsonObject): Finish {
	const { metadata: _, ...finish } = decodeFinish({ stop_reason: asText(result["stop_reason"]) ?? "end_turn" }, asObject(result["usage"]) ?? {});
	const sessionId = asText(result["session_id"]);
	const totalCostUsd = result["total_cost_usd"];
	const turnCount = asCount(result["num_turns"]);
	const deniedTools = (asArray(result["permission_denials"]) ?? []).flatMap((denial) => asText(asObject(denial)?.["tool_name"]) ?? []);
	const told = {
		...(sessionId === undefined ? {} : { sessionId }),
		...(typeof totalCostUsd === "number" ? { totalCostUsd } : {}),
		...(turnCount === undefined ? {} : { turnCount }),
		...(deniedTools.length === 0 ? {} : { deniedTools }),
	};
	return {
		...finish,
		reason: finish.reason === "tool-calls" ? "stop" : finish.reason,
		...(Object.keys(told).length === 0 ? {} : { metadata: { claudeCode: told } }),
	};
}

/** What was said, where nothing but the result tells it: the object that was asked for, or the last text. */
export function textOfResult(result: JsonObject): string | undefined {
	const object = result["structured_output"];
	return object === undefined || object === null ? asText(result["result"]) : jsonText(object);
}

/** The model, where only one was at work. Its context window stands behind its name (`[1m]`). */
export function modelOfResult(result: JsonObject): string | undefined {
	const [model, ...others] = Object.keys(asObject(result["modelUsage"]) ?? {});
	return others.length > 0 ? undefined : model?.replace(/\[\w+\]$/, "");
}
