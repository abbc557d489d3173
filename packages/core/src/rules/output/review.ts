import { gatewayError, type GatewayError, type Issue } from "../../contract/errors.ts";
import type { Json } from "../../contract/json.ts";
import type { Prompt } from "../../contract/prompt.ts";
import type { Answer } from "../../contract/stream-event.ts";
import { extractJson, type ExtractedJson } from "./extract-json.ts";
import type { ObjectSchema } from "./object-schema.ts";
import { answerText } from "./structured.ts";

/** What becomes of a complete answer: taken, tried once more with another prompt, or turned into an error. */
export type Review =
	| { readonly verdict: "accept" }
	| { readonly verdict: "repair"; readonly prompt: Prompt }
	| { readonly verdict: "refuse"; readonly error: GatewayError };

export type ReadObject =
	| { readonly ok: true; readonly object: Json; readonly text: string; readonly isWhole: boolean }
	| { readonly ok: false; readonly error: GatewayError };

/** Reads the object of an answer and checks it against the caller's schema. */
export function readObject(answer: Answer, schema: ObjectSchema): ReadObject {
	const rawText = answerText(answer.content);
	const found: ExtractedJson | undefined = extractJson(rawText);
	if (found === undefined) {
		const cut = answer.finish.reason === "length" ? ": it was cut off at the token limit, raise maxTokens" : "";
		return { ok: false, error: gatewayError("PARSE_ERROR", { message: `No JSON could be read from the model's answer${cut}`, rawText }) };
	}
	const issues = schema.check(found.value);
	if (issues.length > 0) {
		return { ok: false, error: gatewayError("SCHEMA_ERROR", { message: `The model's answer does not match the schema: ${list(issues)}`, issues, rawText }) };
	}
	return { ok: true, object: found.value, text: found.text, isWhole: found.isWhole };
}

/** One repair: the model is shown its answer and what is wrong with it. */
export function reviewObject(prompt: Prompt, schema: ObjectSchema, answer: Answer, isLast: boolean): Review {
	const read = readObject(answer, schema);
	if (read.ok) return { verdict: "accept" };
	if (isLast || answer.finish.reason === "content-filter") return { verdict: "refuse", error: read.error };
	const text = answerText(answer.content);
	return {
		verdict: "repair",
		prompt: {
			...prompt,
			messages: [
				...prompt.messages,
				...(text === "" ? [] : [{ role: "assistant", content: [{ type: "text", text }] } as const]),
				{ role: "user", content: [{ type: "text", text: `${read.error.message}. Answer again with the corrected JSON alone.` }] },
			],
		},
	};
}

function list(issues: readonly Issue[]): string {
	return issues.slice(0, 3).map(({ path, message }) => `${path}: ${message}`).join("; ");
}
