import type { Json } from "../../../contract/json.ts";
import type { PassThroughCodec } from "../dialect.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { decodeReason } from "./finish.ts";
import { decodeUsage } from "./usage.ts";

/**
 * Inside JSON text a quoted key cannot be part of a string: its quotes would be escaped there. Google tells the usage so far in every
 * chunk, so that most are read; a call is, because it changes what the end means.
 */
const telling = /"(?:finishReason|usageMetadata|promptFeedback|functionCall|error)"\s*:/;
const oneDataLine = /^data: \{.*\}\r?\n\r?\n$/;

/** Callers of this dialect are always told the usage, and a stream has no mark at its end. */
export const passThrough: PassThroughCodec = {
	isDelta: (frame) => !telling.test(frame) && oneDataLine.test(frame),
	withoutUsage: (frame) => frame,
	endMark: "",
	tapAnswer(body) {
		const answer = asObject(body);
		const candidates = asArray(answer?.candidates) ?? [];
		const candidate = asObject(candidates[0]);
		const usage = asObject(answer?.usageMetadata);
		const rawReason = asText(candidate?.finishReason);
		const parts = asArray(asObject(candidate?.content)?.parts);
		const isPlain = answer?.error === undefined && candidates.length === 1 && parts !== undefined && !parts.some(isCall);
		if (!isPlain || usage === undefined || rawReason === undefined) return undefined;
		return { reason: decodeReason(rawReason, false), rawReason, usage: decodeUsage(usage) };
	},
};

function isCall(part: Json): boolean {
	return asObject(part)?.functionCall !== undefined;
}
