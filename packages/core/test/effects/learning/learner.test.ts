import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLearner, type Learner } from "../../../src/effects/learning/learner.ts";
import { memoryStore } from "../../../src/effects/store/memory-store.ts";
import type { LearningScope, LearningStore } from "../../../src/effects/store/learning-store.ts";
import { emptyState, type LearnState, type Outcome } from "../../../src/rules/routing/learn/index.ts";
import { emptyTarget } from "../../../src/rules/routing/learn/state.ts";
import { type FakeRuntime, fakeRuntime } from "../../../src/testing/fake-runtime.ts";

const scope: LearningScope = { projectId: "prj_1", route: "smart" };

describe("a learner", () => {
	test("believes its own outcomes at once, and writes them together soon after", async () => {
		const { learner, runtime, store, calls } = set();
		expect(await learner.knowledge(scope)).toEqual({ state: emptyState, scores: [] });
		for (let at = 0; at < 3; at++) learner.learn(scope, outcome, runtime.now());
		expect(callsOf((await learner.knowledge(scope)).state)).toBe(3);
		await runtime.advance(799);
		expect(await stored(store)).toBe(0);
		await runtime.advance(1);
		expect(await stored(store)).toBe(3);
		expect(calls.add).toBe(1);
		await runtime.advance(10_000);
		expect(calls.add).toBe(1);
		expect(runtime.pending()).toBe(0);
	});

	test("knows within two seconds what another one on the same store has learnt", async () => {
		const { learner: one, runtime, store } = set();
		const other = createLearner({ store, runtime });
		await Promise.all([one.knowledge(scope), other.knowledge(scope)]);
		one.learn(scope, outcome, runtime.now());
		other.learn(scope, outcome, runtime.now());
		await inUse(runtime, 2000, one, other);
		for (const learner of [one, other]) expect(callsOf((await learner.knowledge(scope)).state)).toBe(2);
		await store.putScores("prj_1", [{ provider: "sim", model: "echo", score: 0.9 }]);
		await inUse(runtime, 2000, one, other);
		for (const learner of [one, other]) expect((await learner.knowledge(scope)).scores).toEqual([{ provider: "sim", model: "echo", score: 0.9 }]);
	});

	test("writes the rest when it is closed, and the next one goes on from there", async () => {
		const { learner, runtime, store } = set();
		learner.learn(scope, outcome, runtime.now());
		await learner.close();
		expect(runtime.pending()).toBe(0);
		const next = createLearner({ store, runtime });
		expect(callsOf((await next.knowledge(scope)).state)).toBe(1);
	});

	test("reads once, however many ask at once, and while in use about once a second", async () => {
		const { learner, runtime, calls } = set();
		await Promise.all(Array.from({ length: 50 }, () => learner.knowledge(scope)));
		expect(calls.find).toBe(1);
		await inUse(runtime, 10_000, learner);
		expect(calls.find).toBeGreaterThan(9);
		expect(calls.find).toBeLessThan(15);
	});

	test("waits for the store's word on a route that was not in use", async () => {
		const { learner, runtime, store } = set();
		await learner.knowledge(scope);
		await runtime.advance(3_600_000);
		await store.putScores("prj_1", [{ provider: "sim", model: "echo", score: 0.9 }]);
		expect((await learner.knowledge(scope)).scores.length).toBe(1);
	});

	test("reads anew what somebody changed", async () => {
		const { learner, store, hold } = set();
		await learner.knowledge(scope);
		const release = hold("find");
		const early = learner.refresh({ projectId: "prj_1" });
		await store.putScores("prj_1", [{ provider: "sim", model: "echo", score: 0.9 }]);
		// The first read is under way since before the change.
		const late = learner.refresh({ projectId: "prj_1", route: "smart" });
		release();
		await Promise.all([early, late]);
		expect((await learner.knowledge(scope)).scores.length).toBe(1);
		await learner.refresh({ projectId: undefined });
	});

	test("keeps what could not be written, tells of it once, and writes it once", async () => {
		const { learner, runtime, store, fail, calls } = set();
		await learner.knowledge(scope);
		const recover = fail("add");
		learner.learn(scope, outcome, runtime.now());
		await runtime.advance(3000);
		learner.learn(scope, outcome, runtime.now());
		await runtime.advance(3000);
		expect(callsOf((await learner.knowledge(scope)).state)).toBe(2);
		expect(await stored(store)).toBe(0);
		expect(runtime.observed.map(({ type }) => type)).toEqual(["warning"]);
		recover();
		const before = calls.add;
		await runtime.advance(5000);
		expect(await stored(store)).toBe(2);
		expect(calls.add).toBe(before + 1);
		fail("add");
		learner.learn(scope, outcome, runtime.now());
		await learner.close();
		expect(runtime.observed.length).toBe(2);
	});

	test("counts once what is learnt while it writes", async () => {
		const { learner, runtime, store, hold } = set();
		await learner.knowledge(scope);
		learner.learn(scope, outcome, runtime.now());
		const release = hold("add");
		await runtime.advance(1000);
		learner.learn(scope, outcome, runtime.now());
		expect(callsOf((await learner.knowledge(scope)).state)).toBe(2);
		release();
		await runtime.advance(0);
		expect(callsOf((await learner.knowledge(scope)).state)).toBe(2);
		expect(await stored(store)).toBe(1);
		await runtime.advance(1000);
		expect(await stored(store)).toBe(2);
		expect(callsOf((await learner.knowledge(scope)).state)).toBe(2);
	});

	test("answers from what it knows while the store hangs, after a second at most", async () => {
		const { learner, runtime, store, hold } = set();
		await store.add(scope, taught);
		const release = hold("find");
		let isAnswered = false;
		const asked = learner.knowledge(scope).then((known) => {
			isAnswered = true;
			return known;
		});
		await runtime.advance(999);
		expect(isAnswered).toBe(false);
		await runtime.advance(1);
		expect(callsOf((await asked).state)).toBe(0);
		learner.learn(scope, outcome, runtime.now());
		await inUse(runtime, 60_000, learner);
		expect(callsOf((await learner.knowledge(scope)).state)).toBe(1);
		release();
		await runtime.advance(0);
		expect(callsOf((await learner.knowledge(scope)).state)).toBe(2);
		await runtime.advance(1000);
		expect(await stored(store)).toBe(2);
	});

	test("never holds a request up for longer than a quarter of a second, once it has read", async () => {
		const { learner, runtime, hold } = set();
		await learner.knowledge(scope);
		hold("find");
		await runtime.advance(60_000);
		let isAnswered = false;
		void learner.knowledge(scope).then(() => {
			isAnswered = true;
		});
		await runtime.advance(250);
		expect(isAnswered).toBe(true);
		// And never again: the read is still under way.
		await runtime.advance(60_000);
		await learner.knowledge(scope);
	});

	test("does not wait for a store that fails", async () => {
		const { learner, runtime, fail } = set();
		const recover = fail("find");
		expect(await learner.knowledge(scope)).toEqual({ state: emptyState, scores: [] });
		await runtime.advance(60_000);
		await learner.knowledge(scope);
		expect(runtime.observed.length).toBe(1);
		recover();
		await runtime.advance(1001);
		await learner.knowledge(scope);
		await learner.close();
	});

	test("forgets the routes that were not in use for longest, but nothing that is not written", async () => {
		const { learner, runtime, store, fail, calls } = set();
		const recover = fail("add");
		learner.learn(scope, outcome, runtime.now());
		for (let at = 0; at < 1200; at++) await learner.knowledge({ projectId: `prj_${at + 2}`, route: "smart" });
		const { find } = calls;
		await learner.knowledge({ projectId: "prj_1201", route: "smart" });
		expect(calls.find).toBe(find);
		await learner.knowledge({ projectId: "prj_2", route: "smart" });
		expect(calls.find).toBe(find + 1);
		recover();
		await runtime.advance(2000);
		expect(await stored(store)).toBe(1);
	});

	test("writes many routes some at a time", async () => {
		const { learner, runtime, store, calls } = set();
		const projects = Array.from({ length: 110 }, (_, at) => `prj_${at}`);
		for (const projectId of projects) learner.learn({ projectId, route: "smart" }, outcome, runtime.now());
		await runtime.advance(800);
		expect(calls.add).toBe(25);
		// What is learnt meanwhile is not forgotten.
		learner.learn({ projectId: "prj_0", route: "smart" }, outcome, runtime.now());
		await runtime.advance(25);
		expect(calls.add).toBe(110);
		await runtime.advance(2000);
		const written = await Promise.all(projects.map(async (projectId) => callsOf((await store.find({ projectId, route: "smart" })).state)));
		expect(written).toEqual([2, ...Array.from({ length: 109 }, () => 1)]);
		expect(runtime.pending()).toBe(0);
	});

	test("counts every outcome once, whatever fails and however long it takes", async () => {
		const step = fc.record({ who: fc.nat(2), what: fc.constantFrom("learn", "ask", "wait", "fail", "recover", "hold", "release"), ms: fc.nat(1500) });
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
				const runtime = fakeRuntime();
				const { learning } = memoryStore();
				const stores = Array.from({ length: 3 }, () => unreliable(learning));
				const learners = stores.map(({ store }) => createLearner({ store, runtime }));
				const undo: (() => void)[] = [];
				let learnt = 0;
				for (const { who, what, ms } of steps) {
					const [learner, faults] = [learners[who], stores[who]];
					if (learner === undefined || faults === undefined) throw new Error("There are three");
					if (what === "learn") {
						learner.learn(scope, outcome, runtime.now());
						learnt += 1;
					} else if (what === "ask") void learner.knowledge(scope);
					else if (what === "wait") await runtime.advance(ms);
					else if (what === "fail") undo.push(faults.fail("add"));
					else if (what === "hold") undo.push(faults.hold(ms % 2 === 0 ? "add" : "find"));
					else for (const end of undo.splice(0)) end();
				}
				for (const end of undo) end();
				await Promise.all(learners.map((learner) => learner.close()));
				expect(await stored(learning)).toBe(learnt);
				const last = createLearner({ store: learning, runtime });
				expect(callsOf((await last.knowledge(scope)).state)).toBe(learnt);
			}),
			{ numRuns: 200 },
		);
	});
});

const outcome: Outcome = {
	kind: "choice",
	target: "sim/echo",
	context: "s----",
	ok: true,
	latencyMs: 800,
	costMicroUsd: 100,
	tokensOut: 20,
	expected: { latencyMs: 1000, costMicroUsd: 100 },
	exploratory: false,
};
const taught: LearnState = {
	...emptyState,
	targets: { "sim/echo": { ...emptyTarget, totals: { ...emptyTarget.totals, calls: 1 } } },
};

function callsOf({ targets }: LearnState): number {
	return Object.values(targets).reduce((sum, { totals }) => sum + totals.calls, 0);
}

async function stored(store: LearningStore): Promise<number> {
	return (await store.list("prj_1")).reduce((sum, { state }) => sum + callsOf(state), 0);
}

/** Requests every tenth of a second. */
async function inUse(runtime: FakeRuntime, ms: number, ...learners: readonly Learner[]): Promise<void> {
	for (let passed = 0; passed < ms; passed += 100) {
		await runtime.advance(100);
		await Promise.all(learners.map((learner) => learner.knowledge(scope)));
	}
}

function set() {
	const runtime = fakeRuntime();
	const { store, ...faults } = unreliable(memoryStore().learning);
	return { runtime, store, ...faults, learner: createLearner({ store, runtime }) };
}

type Verb = "find" | "add";

/** A store that fails or hangs when it is told to. What hangs is done when it is let go; what fails is not done. */
function unreliable(inner: LearningStore) {
	const calls: Record<Verb, number> = { find: 0, add: 0 };
	const failing: Record<Verb, number> = { find: 0, add: 0 };
	const held: Record<Verb, Set<Promise<void>>> = { find: new Set(), add: new Set() };

	async function run<Result>(verb: Verb, body: () => Promise<Result>): Promise<Result> {
		calls[verb] += 1;
		if (failing[verb] > 0) throw new Error("The disk is full");
		// A read that hangs has read already: what it tells is old when it comes.
		const early = verb === "find" ? body() : undefined;
		await Promise.all(held[verb]);
		return early ?? body();
	}

	return {
		calls,
		store: { ...inner, find: (place) => run("find", () => inner.find(place)), add: (place, learnt) => run("add", () => inner.add(place, learnt)) } satisfies LearningStore,
		fail(verb: Verb) {
			failing[verb] += 1;
			return () => {
				failing[verb] -= 1;
			};
		},
		hold(verb: Verb) {
			const { promise, resolve } = Promise.withResolvers<void>();
			held[verb].add(promise);
			return () => {
				held[verb].delete(promise);
				resolve();
			};
		},
	};
}
