import type { EmbeddingInput } from "../../contract/embedding.ts";
import { estimateTokens } from "../usage/totals.ts";

/** What the inputs will have cost, where a provider does not tell: exact for token ids, a quarter of the characters for texts. */
export function estimateInputTokens(inputs: readonly EmbeddingInput[]): number {
	return inputs.reduce((sum, input) => {
		if (input.type === "tokens") return sum + input.tokens.length;
		return sum + (input.type === "text" ? estimateTokens(input.text.length) : 0);
	}, 0);
}
