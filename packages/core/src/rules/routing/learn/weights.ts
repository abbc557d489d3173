import { believe, routeQuality } from "./belief.ts";
import { emptyTarget, type LearnState } from "./state.ts";
import { defaultTuning, type Tuning } from "./tuning.ts";

/** One line of `GET /v1/weights`. */
export interface RouterWeight {
	readonly provider: string;
	readonly model: string;
	readonly totalCalls: number;
	readonly avgLatencyMs: number;
	readonly avgTokensOut: number;
	/** What is believed of its answers' quality, 0 to 1. */
	readonly score: number;
}
