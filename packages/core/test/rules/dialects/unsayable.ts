import type { DialectId } from "../../../src/contract/prompt.ts";
import type { FinishReason } from "../../../src/contract/stream-event.ts";

/** What a caller of a dialect is not told of another vendor's answer, because the dialect has no place for it. */
export interface Unsayable {
	readonly without: readonly ("pictures" | "reasoning tokens")[];
	/** Reasons that become another word. */
	readonly reasons: Readonly<Partial<Record<FinishReason, FinishReason>>>;
	/** The same and more in words, for `docs/matrix.md`. */
	readonly sentences: readonly string[];
}

const vendorTools = "Calls and results of tools that another vendor ran itself: as a call of its own a client would run them again.";
const ownBlocks = "Blocks and fields that only the provider's dialect knows.";

export const unsayable: Readonly<Record<DialectId, Unsayable>> = {
	"openai-chat": {
		without: [],
		reasons: { pause: "length", error: "length", other: "stop" },
		sentences: [
			"A pause and a broken call: `length` says that the answer is not whole. An end of an unknown kind, told as `stop`.",
			"The order of words, thoughts and pictures among each other; files that are no pictures.",
			vendorTools,
			ownBlocks,
		],
	},
	"openai-responses": {
		without: [],
		reasons: { pause: "length", error: "length", other: "stop" },
		sentences: [
			"A pause and a broken call: the response is `incomplete` by its length. An end of an unknown kind: it is `completed`.",
			"Files that are no pictures, and pictures by their address.",
			"Signatures that Google puts on plain words (Google recommends them, and takes the words without).",
			vendorTools,
			ownBlocks,
		],
	},
	"anthropic-messages": {
		without: ["pictures", "reasoning tokens"],
		reasons: { error: "stop", other: "stop" },
		sentences: [
			"Files of any kind, pictures too.",
			"How many of the output's tokens were thoughts.",
			"A broken call, and an end of an unknown kind: both are told as `end_turn`.",
			"Signatures that Google puts on plain words.",
			vendorTools,
			ownBlocks,
		],
	},
	gemini: {
		without: [],
		reasons: { pause: "other", error: "other" },
		sentences: [
			"A pause and another vendor's broken call, told as `OTHER`.",
			"Which words a source belongs to: sources are told once, at the end.",
			vendorTools,
			ownBlocks,
		],
	},
};
