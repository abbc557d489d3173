/**
 * What a model of Anthropic takes, read from its name; the API offers no other way to know before asking.
 * - `none`: no thinking (before 3.7). - `budget`: `thinking.budget_tokens` (3.7 to 4.5, and models of other vendors behind this
 * dialect). - `both`: budget or adaptive (4.6). - `adaptive`: `thinking.type: adaptive` with `output_config.effort` only; budgets
 * and sampling settings are refused (4.7 and later, and every newer family).
 */
export type Thinking = "none" | "budget" | "both" | "adaptive";

export function thinkingOf(model: string): Thinking {
	const version = versionOf(model);
	if (version === undefined) return "budget";
	if (version < 3.7) return "none";
	if (version < 4.6) return "budget";
	return version < 4.7 ? "both" : "adaptive";
}

/** `claude-3-7-sonnet-20250219` is 3.7, `anthropic.claude-opus-4-20250514-v1:0` is 4, `claude-sonnet-4.6` is 4.6. */
function versionOf(model: string): number | undefined {
	const name = model.toLowerCase();
	if (/claude-(?:instant|v?[12]\b)/.test(name)) return 1;
	if (/claude-mythos-preview/.test(name)) return 4.7;
	const digits = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(name);
	return digits?.[1] === undefined ? undefined : Number(`${digits[1]}.${digits[2] ?? 0}`);
}
