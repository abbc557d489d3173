import type { ProviderId } from "./cell.ts";
import type { CallerId } from "./clients.ts";
import type { CaseId } from "./cases.ts";

/** Cells that cannot be, and why. The first that fits counts. */
interface Gap {
	readonly callers?: readonly CallerId[];
	readonly providers?: readonly ProviderId[];
	readonly cases: readonly CaseId[];
	readonly reason: string;
}

const gaps: readonly Gap[] = [
	{ callers: ["text", "prompt"], cases: ["parallel tools", "zero-argument tool", "tool results"], reason: "The surface has no tools of the caller's." },
	{ callers: ["text", "prompt"], cases: ["reasoning", "reasoning round trip"], reason: "The surface tells the answer alone, not how the model came to it." },
	{ callers: ["text", "prompt"], cases: ["image"], reason: "The surface takes text alone." },
	{ callers: ["text", "prompt"], cases: ["picture in the answer"], reason: "The surface gives text alone." },
	{ callers: ["messages"], cases: ["picture in the answer"], reason: "A message of Anthropic's model has no place for files: the caller gets the words around them." },
	{
		providers: ["claude-code"],
		cases: ["parallel tools", "zero-argument tool", "tool results", "reasoning", "reasoning round trip"],
		reason: "Claude Code runs tools of its own: it cannot call the caller's, and takes no thoughts back. A stream tells what it thinks.",
	},
	{ providers: ["claude-code"], cases: ["length", "refusal"], reason: "Claude Code takes a cut answer and a refusal for failures: the caller gets an error." },
	{ providers: ["claude-code"], cases: ["stop sequence"], reason: "Claude Code has no stop sequences: the caller is warned." },
	{ providers: ["anthropic-messages", "claude-code"], cases: ["picture in the answer"], reason: "Anthropic's models make no pictures." },
	{ callers: ["text", "prompt"], cases: ["length", "stop sequence", "refusal"], reason: "The surface gives the words, and no reason why they ended." },
	{ callers: ["text", "prompt"], cases: ["cached usage"], reason: "The surface tells input and output tokens, and not which of them were cached." },
	{ callers: ["prompt"], cases: ["structured output"], reason: "The surface has no schema: the text surface has." },
	{ callers: ["responses"], cases: ["stop sequence"], reason: "OpenAI's responses have no stop sequences." },
	{ providers: ["openai-responses"], cases: ["stop sequence"], reason: "OpenAI's responses have no stop sequences: the caller is warned." },
];

/** @returns why the cell cannot be; `undefined` where it must work. */
export function gapOf(caller: CallerId, provider: ProviderId, id: CaseId): string | undefined {
	return gaps.find(
		({ callers, providers, cases }) =>
			cases.includes(id) && (callers === undefined || callers.includes(caller)) && (providers === undefined || providers.includes(provider)),
	)?.reason;
}
