import { emptyState, type LearnState, mergeStates } from "../../../rules/routing/learn/index.ts";
import type { AnswerFeedback, LearningScope, LearningStore, ModelScore } from "../learning-store.ts";

/** Words on answers that are kept; the oldest go first. */
const maxFeedback = 20_000;

export interface MemoryLearning extends LearningStore {
	/** The project is gone. */
	forget(projectId: string): void;
	/** Forgets the words that were given before a time. */
	prune(before: number): void;
}

export function memoryLearning(assertOpen: () => void): MemoryLearning {
	/** By project, then by route. States are never changed, only replaced. */
	const states = new Map<string | undefined, Map<string, LearnState>>();
	const scores = new Map<string | undefined, Map<string, ModelScore>>();
	const feedback = new Map<string, AnswerFeedback>();

	const scoresOf = (projectId: string | undefined) => [...(scores.get(projectId)?.values() ?? [])].sort(byName);

	function add({ projectId, route }: LearningScope, learnt: LearnState): LearnState {
		const routes = within(states, projectId);
		const sum = mergeStates(routes.get(route) ?? emptyState, learnt);
		routes.set(route, sum);
		return sum;
	}

	return {
		async find({ projectId, route }) {
			assertOpen();
			return { state: states.get(projectId)?.get(route) ?? emptyState, scores: scoresOf(projectId) };
		},
		async list(projectId) {
			assertOpen();
			return [...(states.get(projectId) ?? [])].map(([route, state]) => ({ route, state }));
		},
		async add(scope, learnt) {
			assertOpen();
			return { state: add(scope, learnt), scores: scoresOf(scope.projectId) };
		},
		async listScores(projectId) {
			assertOpen();
			return scoresOf(projectId);
		},
		async putScores(projectId, changes) {
			assertOpen();
			const known = within(scores, projectId);
			for (const { provider, model, score } of changes) {
				const name = JSON.stringify([provider, model]);
				if (score === undefined) known.delete(name);
				else known.set(name, Object.freeze({ provider, model, score }));
			}
		},
		async findFeedback(requestId) {
			assertOpen();
			return feedback.get(requestId);
		},
		async putFeedback(given, learn) {
			assertOpen();
			const lesson = learn(feedback.get(given.requestId));
			// The newest word stands last, whatever it replaced.
			feedback.delete(given.requestId);
			feedback.set(given.requestId, Object.freeze({ ...given }));
			if (lesson !== undefined) add(lesson.scope, lesson.learnt);
			for (const oldest of feedback.keys()) {
				if (feedback.size <= maxFeedback) return;
				feedback.delete(oldest);
			}
		},
		forget(projectId) {
			states.delete(projectId);
			scores.delete(projectId);
		},
		prune(before) {
			for (const [requestId, { at }] of feedback) if (at < before) feedback.delete(requestId);
		},
	};
}

function within<Value>(all: Map<string | undefined, Map<string, Value>>, projectId: string | undefined): Map<string, Value> {
	const known = all.get(projectId) ?? new Map<string, Value>();
	all.set(projectId, known);
	return known;
}

function byName(one: ModelScore, other: ModelScore): number {
	if (one.provider !== other.provider) return one.provider < other.provider ? -1 : 1;
	return one.model < other.model ? -1 : 1;
}
