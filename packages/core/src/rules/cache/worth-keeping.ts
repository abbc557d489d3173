import type { AssistantPart, Prompt, Warning } from "../../contract/prompt.ts";
import type { Answer } from "../../contract/stream-event.ts";
import type { Candidates } from "../routing/plan.ts";

/**
 * Whether an answer to this prompt may come from the cache at all. Where a provider runs tools by itself, asking is doing, and the
 * world may have changed since.
 */
export function mayBeCached({ tools = [], extras }: Prompt, { targets }: Pick<Candidates, "targets">): boolean {
	return (
		tools.every(({ type }) => type === "function") &&
		hiddenTools.every((field) => extras?.fields[field] === undefined) &&
		targets.every(({ provider }) => provider.dialect !== "claude-code")
	);
}

/** Fields of callers' dialects that bring in tools which the provider runs, or that only the provider knows of. */
const hiddenTools = ["web_search_options", "mcp_servers", "prompt", "cachedContent"];

/**
 * Whether an answer is one to give again: it came to its own end, says something, is no refusal, and nobody but the caller runs its
 * tools. One that calls tools is kept only where that is asked for.
 */
export function isWorthKeeping({ content, finish }: Answer, keepsToolCalls: boolean): boolean {
	if (finish.reason !== "stop" && !(finish.reason === "tool-calls" && keepsToolCalls)) return false;
	return content.some(saysSomething) && content.every((part) => isRepeatable(part, keepsToolCalls));
}

function saysSomething(part: AssistantPart): boolean {
	return part.type === "text" ? part.text !== "" : part.type !== "reasoning";
}

function isRepeatable(part: AssistantPart, keepsToolCalls: boolean): boolean {
	switch (part.type) {
		case "text":
			return part.refusal !== true;
		case "tool-call":
			return keepsToolCalls && part.providerExecuted !== true && part.incomplete !== true;
		case "tool-result":
		case "opaque":
			return false;
		case "reasoning":
		case "file":
			return true;
	}
}

/** Whether an answer was made for this caller alone: what is left of one caller's budget does not cut another's answer short. */
export function isCutForCaller(warnings: readonly Warning[]): boolean {
	return warnings.some(({ code, field }) => code === "changed-setting" && field === "settings.maxOutputTokens");
}
