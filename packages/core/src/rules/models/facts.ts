/** What is known of one model at one vendor. A field is absent where nobody told: absent never means "no", and never "free". */
export interface ModelFacts {
	/** Absent: a model that answers prompts. */
	readonly kind?: "embedding";
	/** Tokens of prompt and answer together. */
	readonly contextWindow?: number;
	/** Tokens of the longest answer, reasoning included. */
	readonly maxOutputTokens?: number;
	/** What it is known to take. */
	readonly inputModalities?: readonly InputModality[];
	readonly tools?: boolean;
	/** Answers in JSON by the vendor's own means. */
	readonly structuredOutput?: boolean;
	readonly reasoning?: boolean;
	readonly prices?: ModelPrices;
	/** From the request to the first token of an answer, in milliseconds, as its vendor or an operator tells: where a route that learns begins. */
	readonly firstTokenMs?: number;
	/** From then on. */
	readonly tokensPerSecond?: number;
}

export const inputModalities = ["text", "image", "audio", "video", "file"] as const;
export type InputModality = (typeof inputModalities)[number];

/** US dollars per million tokens, which is the same as millionths of a dollar per token. */
export interface TokenPrices {
	readonly input: number;
	readonly output: number;
	/** Input that was read from a prompt cache. Default: `input`. */
	readonly cachedInput?: number;
	/** Input that was written to a prompt cache. Default: `input`. */
	readonly cacheWrite?: number;
	/** Reasoning, where it is not priced as the output that it is part of. */
	readonly reasoning?: number;
	/** Sound, where it is not priced as the input or output that it is part of. */
	readonly audioInput?: number;
	readonly audioOutput?: number;
}

export interface ModelPrices extends TokenPrices {
	/** Prices of a whole exchange whose input is longer than `aboveInputTokens`, in ascending order. */
	readonly tiers?: readonly PriceTier[];
}

export interface PriceTier extends TokenPrices {
	readonly aboveInputTokens: number;
}
