import type { UsageOutcome } from "../../src/contract/session.ts";
import type { Dice } from "../chaos/dice.ts";

/** A kind of request, and what the ledger must say of it. */
export interface Deed {
	readonly weight: number;
	readonly path: string;
	body(dice: Dice): object;
	readonly headers?: Readonly<Record<string, string>>;
	/** Once it has heard something. */
	readonly hangsUp?: boolean;
	/** The status of its answer. */
	readonly status: number;
	/** What a whole stream ends with. */
	readonly end?: string;
	readonly outcomes: readonly UsageOutcome[];
}

const say = (dice: Dice) => `Say ${dice.next()}`;
const messages = (dice: Dice) => [{ role: "user", content: say(dice) }];
const prompt = (model: string) => (dice: Dice) => ({ model, prompt: say(dice) });
const chat = (model: string, stream: boolean) => (dice: Dice) => ({ model, stream, messages: messages(dice) });

export const deeds: Readonly<Record<string, Deed>> = {
	whole: { weight: 4, path: "/v1/prompt", body: prompt("sim/echo"), status: 200, outcomes: ["ok"] },
	"whole, later": { weight: 2, path: "/v1/chat/completions", body: chat("sim/slow-1", false), status: 200, outcomes: ["ok"] },
	stream: { weight: 4, path: "/v1/chat/completions", body: chat("sim/echo", true), status: 200, end: "data: [DONE]\n\n", outcomes: ["ok"] },
	"stream, translated": {
		weight: 2,
		path: "/v1/messages",
		body: (dice) => ({ model: "sim/slow-1", max_tokens: 100, stream: true, messages: messages(dice) }),
		status: 200,
		end: 'data: {"type":"message_stop"}\n\n',
		outcomes: ["ok"],
	},
	"second target": { weight: 2, path: "/v1/prompt", body: prompt("spread"), status: 200, outcomes: ["ok"] },
	embedding: { weight: 1, path: "/v1/embeddings", body: (dice) => ({ model: "sim/echo", input: say(dice) }), status: 200, outcomes: ["ok"] },
	failure: { weight: 2, path: "/v1/prompt", body: prompt("sim/error-500"), status: 502, outcomes: ["failed"] },
	"failure amid": { weight: 2, path: "/v1/chat/completions", body: chat("sim/error-after-start", true), status: 200, outcomes: ["failed"] },
	// Who hangs up is promised nothing; what is written down all the same is written down once.
	"hang-up": { weight: 3, path: "/v1/chat/completions", body: chat("sim/slow-3", true), hangsUp: true, status: 200, outcomes: ["cancelled", "ok"] },
	cached: {
		weight: 3,
		path: "/v1/chat/completions",
		headers: { "x-postern-cache": "on" },
		body: (dice) => ({ model: "sim/echo", stream: dice.below(2) === 0, messages: [{ role: "user", content: `Question ${dice.below(3)}` }] }),
		status: 200,
		outcomes: ["cached", "ok"],
	},
	refused: { weight: 2, path: "/generate-text", body: prompt("sim/echo"), status: 429, outcomes: ["refused"] },
};
