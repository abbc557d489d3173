import type { PassedText } from "../dialects/dialect.ts";
import type { StreamEvent, Usage } from "../../contract/stream-event.ts";

/** Adds two usages; a field stays absent where neither tells it. */
export function addUsage(first: Usage, second: Usage): Usage {
	const sum: { -readonly [Field in keyof Usage]: Usage[Field] } = { ...first };
	for (const field of fields) {
		const more = second[field];
		if (more !== undefined) sum[field] = (sum[field] ?? 0) + more;
	}
	return sum;
}
const fields = [
	"inputTokens",
	"outputTokens",
	"cachedInputTokens",
	"cacheWriteTokens",
	"reasoningTokens",
	"audioInputTokens",
	"audioOutputTokens",
] as const satisfies readonly (keyof Usage)[];

/**
 * Meters one stream: what the provider told, and, where it was cut short, a quarter of the characters that came as output tokens.
 */
export interface UsageMeter {
	push(events: readonly (StreamEvent | PassedText)[]): void;
	total(): Metered;
}
export interface Metered {
	readonly usage: Usage;
	readonly isEstimated?: true;
}

export function createUsageMeter(): UsageMeter {
	let early: Usage = {};
	let final: Usage | undefined;
	let characters = 0;
	return {
		push(events) {
			for (const event of events) {
				if (event.type === "finish") final = event.usage;
				else if (event.type === "response-metadata") early = { ...early, ...event.usage };
				else if ("delta" in event) characters += event.delta.length;
				// A piece of content that was not looked at is about a token.
				else if (event.type === "passed") characters += event.deltaCount * charactersPerToken;
			}
		},
		total() {
			if (final !== undefined) return { usage: final };
			const outputTokens = Math.max(early.outputTokens ?? 0, estimateTokens(characters));
			return characters === 0 ? { usage: early } : { usage: { ...early, outputTokens }, isEstimated: true };
		},
	};
}

/** The customary rule of thumb: four characters a token. */
export function estimateTokens(characters: number): number {
	return Math.ceil(characters / charactersPerToken);
}
const charactersPerToken = 4;
