import type { Failure } from "../../../contract/failure.ts";
import type { Json } from "../../../contract/json.ts";
import type { AssistantPart } from "../../../contract/prompt.ts";
import type { Answer } from "../../../contract/stream-event.ts";
import type { Decoded } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asCount, asObject, asText, isShallow, parseJson } from "../json-fields.ts";
import { failureOfError } from "./failure-decoder.ts";
import { decodeFinish, isCutOff } from "./finish.ts";
import { decodeAssistantBlock } from "./part-decoder.ts";

/** Deeper, an answer could be read but not written again. A tool's input may be deep in earnest: the door takes as much of a caller. */
export const maxDepth = 256;

/** A whole message. */
export function decodeAnswer(body: Json): Decoded<Answer, Failure> {
	const message = asObject(body);
	if (message === undefined) return fail("The provider's answer is not a JSON object");
	if (!isShallow(message, maxDepth)) return fail("The provider's answer nests too deep");
	const blocks = asArray(message["content"]);
	if (blocks === undefined) {
		return message["error"] === undefined
			? fail("The provider's answer has no content")
			: { ok: false, problem: failureOfError(message["error"]) };
	}
	const content: AssistantPart[] = [];
	for (const block of blocks) {
		const part = decodeAssistantBlock(asObject(block) ?? {});
		if (part === undefined) return fail("The provider's answer holds a content block that cannot be read");
		content.push(part);
	}
	const last = content.at(-1);
	if (last?.type === "tool-call") content[content.length - 1] = { ...last, ...incompleteMark(last.input, message["stop_reason"]) };
	const id = asText(message["id"]);
	const model = asText(message["model"]);
	return {
		ok: true,
		value: {
			...(id === undefined ? {} : { id }),
			...(model === undefined ? {} : { model }),
			content,
			finish: decodeFinish(message, asObject(message["usage"]) ?? {}),
		},
	};
}

/**
 * Whether the last call of an answer is whole. Where the token limit ended the answer, it was cut in the middle of this call, also
 * where what there is happens to parse.
 */
export function incompleteMark(input: string, stopReason: Json | undefined): { readonly incomplete?: true } {
	return isCutOff(stopReason) || parseJson(input) === undefined ? { incomplete: true } : {};
}

export function decodeTokenCount(body: Json): Decoded<number, Failure> {
	const count = asCount(asObject(body)?.["input_tokens"]);
	return count === undefined ? fail("The provider's answer has no token count") : { ok: true, value: count };
}

function fail(message: string): { readonly ok: false; readonly problem: Failure } {
	return { ok: false, problem: protocolFailure(message) };
}
