import type { Outcome } from "../../rules/routing/learn/index.ts";
import type { Knowledge, LearningScope } from "../store/learning-store.ts";

/** What this gateway knows of the routes that learn, and shares with others on the same store. */
export interface Learner {
	/** What is known now: this gateway's outcomes at once, those of others after a second or so. Never rejects: where the store fails, what was known before. */
	knowledge(scope: LearningScope): Promise<Knowledge>;
	/** One outcome more. Written with others, shortly. */
	learn(scope: LearningScope, outcome: Outcome, at: number): void;
	/** Writes what is not written. */
	close(): Promise<void>;
}
