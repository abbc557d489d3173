import type { Prompt } from "../../contract/prompt.ts";
import { estimateTokens } from "./totals.ts";

/** About how many tokens a prompt has, without asking anybody. */
export function estimatePromptTokens(prompt: Prompt): number {
	return estimateTokens(promptCharacters(prompt));
}

/** What the model reads as text. Attached files are left out: their tokens have nothing to do with the length of their bytes. */
function promptCharacters({ messages, tools = [] }: Prompt): number {
	const parts = messages.flatMap((message): readonly AnyPart[] => message.content);
	return sum(parts.map(partCharacters)) + sum(tools.map((tool) => JSON.stringify(tool).length));
}

type AnyPart = Prompt["messages"][number]["content"][number];

function partCharacters(part: AnyPart): number {
	switch (part.type) {
		case "text":
		case "reasoning":
			return part.text.length;
		case "tool-call":
			return part.toolName.length + part.input.length;
		case "tool-result":
			return part.output.type === "text" ? part.output.text.length : sum(part.output.parts.map(partCharacters));
		case "file":
			return part.data.type === "text" ? part.data.text.length : 0;
		case "opaque":
			return JSON.stringify(part.value).length;
	}
}

function sum(counts: readonly number[]): number {
	return counts.reduce((total, count) => total + count, 0);
}
