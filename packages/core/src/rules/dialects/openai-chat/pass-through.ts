import type { PassThroughCodec } from "../dialect.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { decodeFinishReason } from "./finish-reason.ts";
import { decodeUsage } from "./usage.ts";

/**
 * Inside JSON text a quoted key cannot be part of a string: its quotes would be escaped there. Calls are read from their first
 * piece on, since some servers (vLLM) put the last piece beside the reason, and it says nothing without the others.
 */
const telling = /"finish_reason"\s*:\s*"|"usage"\s*:\s*\{|"(?:error|x_groq)"\s*:|"tool_calls"\s*:\s*\[\s*\{|"function_call"\s*:\s*\{/;
const usageField = /"usage"\s*:/;
const usage = /"usage"\s*:\s*\{/;
const noChoices = /"choices"\s*:\s*\[\s*\]/;

export const passThrough: PassThroughCodec = {
	isDelta: (frame) => frame.startsWith("data: {") && frame.endsWith("}\n\n") && !telling.test(frame),
	withoutUsage(frame) {
		if (!usageField.test(frame)) return frame;
		return usage.test(frame) && noChoices.test(frame) ? "" : frame.replace(/,"usage":null|"usage":null,/g, "");
	},
	endMark: "data: [DONE]\n\n",
	tapAnswer(body) {
		const answer = asObject(body);
		const choice = asObject(asArray(answer?.["choices"])?.[0]);
		const message = asObject(choice?.["message"]);
		const told = asObject(answer?.["usage"]);
		const rawReason = asText(choice?.["finish_reason"]);
		const isPlain = answer?.["error"] === undefined && message !== undefined && !message["tool_calls"] && !message["function_call"];
		if (!isPlain || told === undefined || rawReason === undefined) return undefined;
		return { reason: decodeFinishReason(rawReason, false), rawReason, usage: decodeUsage(told) };
	},
};
