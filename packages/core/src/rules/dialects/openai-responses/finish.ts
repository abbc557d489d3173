import type { JsonObject } from "../../../contract/json.ts";
import type { FinishReason } from "../../../contract/stream-event.ts";
import { asObject, asText } from "../json-fields.ts";

export interface Ending {
	readonly reason: FinishReason;
	readonly rawReason: string;
}

/** How a response that was neither failed nor cancelled ended. */
export function decodeEnding(status: string, response: JsonObject, hasToolCalls: boolean): Ending {
	if (status !== "incomplete") return { reason: hasToolCalls ? "tool-calls" : "stop", rawReason: status };
	const rawReason = asText(asObject(response.incomplete_details)?.reason) ?? status;
	switch (rawReason) {
		case "max_output_tokens":
		case "max_tokens":
			return { reason: "length", rawReason };
		case "content_filter":
			return { reason: "content-filter", rawReason };
		default:
			return { reason: "other", rawReason };
	}
}

/** Why a response is incomplete; `undefined` where it is complete. A pause has no word here: the length says that it is not whole. */
export function incompleteReason(reason: FinishReason): string | undefined {
	switch (reason) {
		case "length":
		case "pause":
		case "error":
			return "max_output_tokens";
		case "content-filter":
			return "content_filter";
		case "stop":
		case "tool-calls":
		case "other":
			return undefined;
		default:
			return reason satisfies never;
	}
}
