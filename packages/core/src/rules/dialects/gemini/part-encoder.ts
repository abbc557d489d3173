import type { JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, FilePart, ReasoningPart, TextPart, ToolCallPart } from "../../../contract/prompt.ts";
import { packForeign, packThought } from "../foreign-state.ts";
import { asObject, asText, parseJson } from "../json-fields.ts";
import { isInventedCallId } from "./call-ids.ts";
import { encodeCode, encodeCodeResult } from "./code-execution.ts";
import { encodeFile } from "./file-parts.ts";
import { ownFields } from "./own-metadata.ts";

/** Canonical parts to Google's, for requests and answers alike; kept fields first, so that they never win. */

export function encodeText({ text, metadata }: Pick<TextPart, "text" | "metadata">): JsonObject {
	return { ...ownFields(metadata), text };
}

export function encodeReasoning({ text, metadata }: Pick<ReasoningPart, "text" | "metadata">): JsonObject {
	return { ...ownFields(metadata), text, thought: true };
}

/** @param withId whether the vendor takes ids; ours are never sent. */
export function encodeCall(part: ToolCallPart, withId = true): JsonObject {
	const { toolCallId, toolName, input, metadata } = part;
	const signature = signatureOf(part);
	return {
		...ownFields(metadata),
		...(signature === undefined ? {} : { thoughtSignature: signature }),
		functionCall: { ...encodeCallId(toolCallId, withId), name: toolName, args: callArguments(input).args },
	};
}

export function encodeCallId(id: string, withId: boolean): { readonly id?: string } {
	return withId && !isInventedCallId(id) ? { id } : {};
}

/** Where a call's or a picture's signature can stand: in our own metadata, or as Google's compatible endpoint tells it to OpenAI's clients. */
export function signatureOf({ metadata }: Pick<ToolCallPart, "metadata">): string | undefined {
	const compatible = asObject(asObject(metadata?.openai?.extra_content)?.google);
	return asText(metadata?.google?.thoughtSignature) ?? asText(compatible?.thought_signature);
}

/**
 * On the wire arguments are an object: the text goes through JSON.parse, and integers beyond 2^53 drift. Text that is not an object
 * (cut off, invented) is wrapped, so that nothing is lost and no tool runs with defaults that nobody asked for.
 */
export function callArguments(input: string): { readonly args: JsonObject; readonly isValid: boolean } {
	const args = input.trim() === "" ? {} : asObject(parseJson(input));
	return args === undefined ? { args: { invalid_input: input }, isValid: false } : { args, isValid: true };
}

/** @returns `undefined` for what this dialect cannot say: parts of another dialect, and tools that another vendor ran. */
export function encodeAssistantPart(part: AssistantPart, withId = true): JsonObject | undefined {
	switch (part.type) {
		case "text":
			return encodeText(part);
		case "reasoning":
			return encodeReasoning(part);
		case "tool-call":
			return part.providerExecuted ? encodeCode(part) : encodeCall(part, withId);
		case "tool-result":
			return part.providerExecuted ? encodeCodeResult(part) : undefined;
		case "opaque":
			return part.dialect === "gemini" ? part.value : undefined;
		case "file":
			return encodeMade(part);
		default:
			return part satisfies never;
	}
}

function encodeMade(part: FilePart): JsonObject | undefined {
	const file = encodeFile(part);
	const signature = signatureOf(part);
	return file === undefined || signature === undefined ? file : { ...file, thoughtSignature: signature };
}

/**
 * The same for a caller, who brings the state of another vendor back in Google's field, and is told that a call was cut off as Google
 * tells that more of it is to come.
 */
export function encodeAnswerPart(part: AssistantPart): JsonObject | undefined {
	const encoded = encodeAssistantPart(part);
	if (part.type === "reasoning") return encodeThoughtForCaller(part);
	if (part.type !== "tool-call" || part.providerExecuted || encoded === undefined) return encoded;
	const call = signed(encoded, packForeign(part.metadata, "google"));
	return part.incomplete ? { ...call, functionCall: { ...asObject(call.functionCall), willContinue: true } } : call;
}

export function encodeThoughtForCaller(part: Pick<ReasoningPart, "text" | "metadata">): JsonObject {
	return signed(encodeReasoning(part), packThought(part.metadata, "google"));
}

/** Google's own signature is never replaced. */
function signed(part: JsonObject, signature: string | undefined): JsonObject {
	return signature === undefined || part.thoughtSignature !== undefined ? part : { ...part, thoughtSignature: signature };
}
