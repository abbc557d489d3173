/**
 * What a model of Gemini takes, read from its name; the API offers no other way to know before asking.
 * - `none`: no thinking (before 2.5). - `budget`: `thinkingBudget` in tokens (2.5). - `level`: `thinkingLevel` (3 and later).
 * Names without a version (`gemini-flash-latest`) are taken for the newest.
 */
export type Thinking = "none" | "budget" | "level";

export function thinkingOf(model: string): Thinking {
	const version = versionOf(model);
	if (version === undefined || version >= 3) return "level";
	return version >= 2.5 ? "budget" : "none";
}

/**
 * Since Gemini 3 a function call without the signature of the thought behind it is a 400. A call that never had one (made by
 * another model, or come through a dialect without a place for it) says so in these words, which Google documents for it.
 */
export const missingSignature = "skip_thought_signature_validator";

export function demandsSignatures(model: string): boolean {
	return thinkingOf(model) === "level";
}

/** Whether a function's response may hold images and documents (since Gemini 3); elsewhere they follow in the user's turn. */
export function takesFilesInResponses(model: string): boolean {
	return thinkingOf(model) === "level";
}

/** `gemini-2.5-flash-lite` is 2.5, `gemini-3-pro-preview` is 3. */
function versionOf(model: string): number | undefined {
	const digits = /gemini-(\d{1,2}(?:\.\d{1,2})?)(?![\d.])/.exec(model.toLowerCase());
	return digits?.[1] === undefined ? undefined : Number(digits[1]);
}
