import { emptyState, type LearnState, mergeStates, type Outcome, whatIsLearnt } from "../../rules/routing/learn/index.ts";
import type { Runtime } from "../runtime.ts";
import type { Knowledge, LearningScope, LearningStore } from "../store/learning-store.ts";

/** What this gateway knows of the routes that learn, and shares with others on the same store. */
export interface Learner {
	/**
	 * What is known now: this gateway's outcomes at once, those of others after a second or so. Never rejects: where the store fails,
	 * what was known before. Waits only for what was not read yet, or not for a while, and not for long.
	 */
	knowledge(scope: LearningScope): Promise<Knowledge>;
	/** One outcome more. Written with others, shortly. */
	learn(scope: LearningScope, outcome: Outcome, at: number): void;
	/** Somebody has changed in the store what is known of a project, or of one of its routes: it is read anew. Never rejects. */
	refresh(changed: { readonly projectId: string | undefined; readonly route?: string }): Promise<void>;
	/** Writes what is not written. */
	close(): Promise<void>;
}

/** How soon what was learnt is written, and how old what others wrote may be: together with a request that asks, two seconds. */
const syncMs = 800;
/** What was not read for so long is waited for. */
const staleMs = 2000;
/** How long a request waits for the store: the first one, and one on a route that was not in use. */
const firstWaitMs = 1000;
const staleWaitMs = 250;
/** On some stores writes block the event loop: after so many of them others have their turn. */
const writesAtOnce = 25;
const pauseMs = 5;
/** Of those that were in use last. */
const maxScopes = 1000;

/** One route of one project. */
interface Entry {
	readonly scope: LearningScope;
	known: Knowledge;
	/** What is in `known` and not in the store. */
	pending: LearnState | undefined;
	/** One at a time for each entry, so that it is always known whether the store's answer holds what was learnt here. */
	syncing: Promise<void> | undefined;
	/** When the store last answered. */
	syncedAt: number | undefined;
	/** When it was last asked. */
	askedAt: number;
	/** For the first answer of the store, and no longer than that. */
	firstAnswer: Promise<void> | undefined;
}

function isWaiting({ pending, syncing }: Entry): boolean {
	return pending !== undefined && syncing === undefined;
}

/**
 * @param store adds what was learnt here to what others have learnt, and tells the sum. Where it fails, what was learnt waits, is used,
 *   and is written once the store is back.
 */
export function createLearner({ store, runtime }: { readonly store: LearningStore; readonly runtime: Pick<Runtime, "now" | "schedule" | "observe"> }): Learner {
	/** The one that was not in use for longest comes first. */
	const entries = new Map<string, Entry>();
	let cancelFlush: (() => void) | undefined;
	let isFailing = false;
	let isClosed = false;

	function entryOf(scope: LearningScope): Entry {
		const name = JSON.stringify([scope.projectId, scope.route]);
		const known = entries.get(name);
		if (known !== undefined) {
			entries.delete(name);
			entries.set(name, known);
			return known;
		}
		const entry: Entry = {
			scope,
			known: { state: emptyState, scores: [] },
			pending: undefined,
			syncing: undefined,
			syncedAt: undefined,
			askedAt: runtime.now(),
			firstAnswer: undefined,
		};
		entries.set(name, entry);
		entry.firstAnswer = within(firstWaitMs, sync(entry)).then(() => {
			entry.firstAnswer = undefined;
		});
		forgetOldest();
		return entry;
	}

	function forgetOldest(): void {
		for (const [name, { pending, syncing }] of entries) {
			if (entries.size <= maxScopes) return;
			if (pending === undefined && syncing === undefined) entries.delete(name);
		}
	}

	/** Writes what is not written, or else reads; the store's answer and what was learnt meanwhile are what is known then. */
	function sync(entry: Entry): Promise<void> {
		entry.syncing ??= ask(entry).finally(() => {
			entry.syncing = undefined;
			if (entry.pending !== undefined) planFlush();
		});
		return entry.syncing;
	}

	async function ask(entry: Entry): Promise<void> {
		const learnt = entry.pending;
		entry.pending = undefined;
		entry.askedAt = runtime.now();
		try {
			const { state, scores } = await (learnt === undefined ? store.find(entry.scope) : store.add(entry.scope, learnt));
			const { pending } = entry;
			entry.known = { state: pending === undefined ? state : mergeStates(state, pending), scores };
			entry.syncedAt = runtime.now();
			isFailing = false;
		} catch (error) {
			if (learnt !== undefined) entry.pending = entry.pending === undefined ? learnt : mergeStates(learnt, entry.pending);
			warn(error);
		}
	}

	function warn(error: unknown): void {
		if (isFailing) return;
		isFailing = true;
		const reason = error instanceof Error ? error.message : String(error);
		runtime.observe({ type: "warning", message: `What routes learn is neither written nor read at the moment: ${reason}` });
	}

	function planFlush(): void {
		if (cancelFlush !== undefined || isClosed) return;
		cancelFlush = runtime.schedule(syncMs, () => flush([...entries.values()].filter(isWaiting)));
	}

	function flush(due: Entry[]): void {
		for (const entry of due.splice(0, writesAtOnce)) if (isWaiting(entry)) void sync(entry);
		cancelFlush = due.length === 0 ? undefined : runtime.schedule(pauseMs, () => flush(due));
		// Those that are being written now plan the next flush themselves.
		if (due.length === 0 && [...entries.values()].some(isWaiting)) planFlush();
	}

	function within(ms: number, done: Promise<void>): Promise<void> {
		return new Promise((resolve) => {
			const cancel = runtime.schedule(ms, resolve);
			void done.then(() => {
				cancel();
				resolve();
			});
		});
	}

	return {
		async knowledge(scope) {
			const entry = entryOf(scope);
			if (entry.firstAnswer !== undefined) await entry.firstAnswer;
			else if (entry.syncing === undefined && runtime.now() - entry.askedAt >= syncMs) {
				const isStale = entry.syncedAt !== undefined && runtime.now() - entry.syncedAt > staleMs && !isFailing;
				const synced = sync(entry);
				if (isStale) await within(staleWaitMs, synced);
			}
			return entry.known;
		},

		learn(scope, outcome, at) {
			const entry = entryOf(scope);
			const learnt = whatIsLearnt(entry.known.state, outcome, at);
			entry.known = { ...entry.known, state: mergeStates(entry.known.state, learnt) };
			entry.pending = entry.pending === undefined ? learnt : mergeStates(entry.pending, learnt);
			planFlush();
		},

		async refresh({ projectId, route }) {
			const changed = [...entries.values()].filter(({ scope }) => scope.projectId === projectId && (route === undefined || scope.route === route));
			await Promise.all(
				changed.map(async (entry) => {
					// What is under way may have read before the change.
					await entry.syncing;
					await sync(entry);
				}),
			);
		},

		async close() {
			isClosed = true;
			cancelFlush?.();
			for (const entry of entries.values()) {
				await entry.syncing;
				if (entry.pending !== undefined) await sync(entry);
			}
		},
	};
}
