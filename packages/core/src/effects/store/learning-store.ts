import type { LearnState } from "../../rules/routing/learn/index.ts";

/** What routes that learn have learnt, what operators say of models, and what callers say of answers. */
export interface LearningStore {
	/** @returns what is known of a route in a project, with the operator's scores of the project. */
	find(scope: LearningScope): Promise<Knowledge>;
	/** What was learnt in each of a project's routes. */
	list(projectId: string | undefined): Promise<readonly { readonly route: string; readonly state: LearnState }[]>;
	/**
	 * Adds what was learnt since the last time: once, whole, whoever else adds at the same time. Where it rejects, nothing was added.
	 * @returns the sum, with what others have added meanwhile, and the scores as they are now.
	 */
	add(scope: LearningScope, learnt: LearnState): Promise<Knowledge>;
	listScores(projectId: string | undefined): Promise<readonly ModelScore[]>;
	/** Puts a score for each of these models, or takes it away; of the others nothing changes. */
	putScores(projectId: string | undefined, scores: readonly ScoreChange[]): Promise<void>;
	findFeedback(requestId: string): Promise<AnswerFeedback | undefined>;
	/**
	 * Keeps a word on an answer in the place of an earlier one, and adds what is learnt by that in the same transaction.
	 * @param learn what the new score teaches, where the old one (if there was one) is no longer to count. `undefined`: nothing.
	 */
	putFeedback(feedback: AnswerFeedback, learn: (before: AnswerFeedback | undefined) => Lesson | undefined): Promise<void>;
}

/** `undefined`: of requests that belong to no project. */
export interface LearningScope {
	readonly projectId: string | undefined;
	/** The route's alias. */
	readonly route: string;
}

export interface Knowledge {
	readonly state: LearnState;
	readonly scores: readonly ModelScore[];
}

/** An operator's word on a model's quality in a project. */
export interface ModelScore {
	readonly provider: string;
	readonly model: string;
	/** 0 to 1. */
	readonly score: number;
}

export interface ScoreChange extends Omit<ModelScore, "score"> {
	/** `undefined` takes it away. */
	readonly score: number | undefined;
}

/** A caller's word on an answer. */
export interface AnswerFeedback {
	readonly requestId: string;
	/** 0 to 1. */
	readonly score: number;
	/** When it was given last, in milliseconds since 1970. */
	readonly at: number;
}

export interface Lesson {
	readonly scope: LearningScope;
	readonly learnt: LearnState;
}
