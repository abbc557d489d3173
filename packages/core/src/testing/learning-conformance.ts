import type { AnswerFeedback, LearningScope, LearningStore, Lesson } from "../effects/store/learning-store.ts";
import type { Store } from "../effects/store/store.ts";
import { emptyState, type LearnState, mergeStates, whatIsLearnt } from "../rules/routing/learn/index.ts";
import { awkwardTexts } from "./awkward-texts.ts";
import type { TestFunctions } from "./test-functions.ts";

const start = 1_790_000_000_000;
const scope: LearningScope = { projectId: "prj_1", route: "smart" };

/** What every store must do with what routes learn, with operators' scores and with words on answers. */
export function learningConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;
	function itKeeps(title: string, body: (learning: LearningStore, store: Store) => Promise<void>): void {
		itOnStore(title, (store) => body(store.learning, store));
	}

	describe(`${name}: what routes learn`, () => {
		itKeeps("is nothing at first", async (learning) => {
			expect(await learning.find(scope)).toEqual({ state: emptyState, scores: [] });
			expect(await learning.list("prj_1")).toEqual([]);
			expect(await learning.list(undefined)).toEqual([]);
			expect(await learning.listScores("prj_1")).toEqual([]);
			expect(await learning.findFeedback("req_1")).toBe(undefined);
		});

		itKeeps("adds up, and every addition tells the sum", async (learning) => {
			const [first, second] = [lesson(1), lesson(2)];
			expect(await learning.add(scope, first)).toEqual({ state: mergeStates(emptyState, first), scores: [] });
			const sum = mergeStates(mergeStates(emptyState, first), second);
			expect(await learning.add(scope, second)).toEqual({ state: sum, scores: [] });
			expect(await learning.find(scope)).toEqual({ state: sum, scores: [] });
			expect(await learning.list("prj_1")).toEqual([{ route: "smart", state: sum }]);
		});

		itKeeps("loses nothing and counts once, however many add at once", async (learning) => {
			const sums = await Promise.all(Array.from({ length: 40 }, (_, at) => learning.add(scope, lesson(at))));
			expect(callsOf((await learning.find(scope)).state)).toBe(40);
			// Each saw what stood before it, and itself.
			expect(sums.map(({ state }) => callsOf(state)).sort((one, other) => one - other)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
		});

		itKeeps("is each route's and each project's own", async (learning) => {
			const scopes: LearningScope[] = [scope, { ...scope, route: "fast" }, { ...scope, projectId: "prj_2" }, { ...scope, projectId: undefined }, { ...scope, projectId: "" }];
			for (const [at, each] of scopes.entries()) for (let times = 0; times <= at; times++) await learning.add(each, lesson(times));
			for (const [at, each] of scopes.entries()) expect(callsOf((await learning.find(each)).state)).toBe(at + 1);
			expect((await learning.list("prj_1")).map(({ route }) => route).sort()).toEqual(["fast", "smart"]);
			expect((await learning.list(undefined)).map(({ state }) => callsOf(state))).toEqual([4]);
		});

		for (const [label, text] of awkwardTexts) {
			itKeeps(`gives back ${label} in names`, async (learning) => {
				const place = { projectId: text, route: text };
				const learnt = lesson(1, `p/${text}`);
				await learning.putScores(text, [{ provider: text, model: text, score: 0.5 }]);
				const known = { state: mergeStates(emptyState, learnt), scores: [{ provider: text, model: text, score: 0.5 }] };
				expect(await learning.add(place, learnt)).toEqual(known);
				expect(await learning.find(place)).toEqual(known);
				expect(await learning.list(text)).toEqual([{ route: text, state: known.state }]);
				await learning.putFeedback({ requestId: text, score: 1, at: 5 }, () => undefined);
				expect(await learning.findFeedback(text)).toEqual({ requestId: text, score: 1, at: 5 });
			});
		}
	});

	describe(`${name}: operators' scores`, () => {
		itKeeps("are put, changed and taken away one by one", async (learning) => {
			const one = { provider: "one", model: "m" };
			const two = { provider: "two", model: "m" };
			await learning.putScores("prj_1", [{ ...two, score: 0.2 }, { ...one, score: 0.1 }]);
			expect(await learning.listScores("prj_1")).toEqual([{ ...one, score: 0.1 }, { ...two, score: 0.2 }]);
			await learning.putScores("prj_1", [{ ...one, score: 0 }, { provider: "one", model: "a", score: 1 }]);
			await learning.putScores("prj_2", [{ ...one, score: 0.7 }]);
			await learning.putScores("prj_1", [{ ...two, score: undefined }, { provider: "nobody", model: "m", score: undefined }]);
			expect(await learning.listScores("prj_1")).toEqual([{ provider: "one", model: "a", score: 1 }, { ...one, score: 0 }]);
			expect(await learning.listScores("prj_2")).toEqual([{ ...one, score: 0.7 }]);
			expect(await learning.listScores(undefined)).toEqual([]);
			expect((await learning.find(scope)).scores.length).toBe(2);
			expect((await learning.add({ projectId: "prj_2", route: "smart" }, lesson(1))).scores).toEqual([{ ...one, score: 0.7 }]);
		});

		itKeeps("change together with the event that tells of it", async (learning, { audit }) => {
			const event = { id: "aud_1", at: 1, action: "project.changed", actor: { kind: "operator", id: "operator" } } as const;
			await audit.change((parts) => parts.learning.putScores("prj_1", [{ provider: "p", model: "m", score: 0.5 }]), () => event);
			expect(await learning.listScores("prj_1")).toEqual([{ provider: "p", model: "m", score: 0.5 }]);
			expect(await audit.list({ limit: 10 })).toEqual([event]);
		});

		itKeeps("go with their project, and so does what was learnt", async (learning, { tenancy }) => {
			await tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 });
			await tenancy.createProject({ id: "prj_1", organisationId: "org_1", name: "Site", createdAt: 1 });
			for (const projectId of ["prj_1", "prj_2"]) {
				await learning.putScores(projectId, [{ provider: "p", model: "m", score: 0.5 }]);
				await learning.add({ projectId, route: "smart" }, lesson(1));
			}
			expect(await tenancy.deleteProject("prj_1")).toBe(true);
			expect(await learning.find(scope)).toEqual({ state: emptyState, scores: [] });
			expect(await learning.list("prj_1")).toEqual([]);
			expect((await learning.find({ ...scope, projectId: "prj_2" })).scores.length).toBe(1);
			expect((await learning.list("prj_2")).length).toBe(1);
		});
	});

	describe(`${name}: words on answers`, () => {
		itKeeps("replace one another, and each learns of the one before", async (learning) => {
			const seen: (AnswerFeedback | undefined)[] = [];
			const words = [0.2, 0.9, 0].map((score, at) => ({ requestId: "req_1", score, at }));
			for (const word of words) {
				await learning.putFeedback(word, (before) => {
					seen.push(before);
					return undefined;
				});
				expect(await learning.findFeedback("req_1")).toEqual(word);
			}
			expect(seen).toEqual([undefined, words[0], words[1]]);
			expect(await learning.findFeedback("req_2")).toBe(undefined);
		});

		itKeeps("teach in the same step, and only what they are told to", async (learning) => {
			await learning.putFeedback({ requestId: "req_1", score: 0.5, at: 1 }, () => ({ scope, learnt: lesson(1) }));
			await learning.putFeedback({ requestId: "req_2", score: 0.5, at: 1 }, () => undefined);
			expect((await learning.find(scope)).state).toEqual(mergeStates(emptyState, lesson(1)));
		});

		itKeeps("are not kept where learning from them fails", async (learning) => {
			const failing = learning.putFeedback({ requestId: "req_1", score: 0.5, at: 1 }, () => {
				throw new Error("no lesson");
			});
			await expect(failing).rejects.toThrow(/no lesson/);
			expect(await learning.findFeedback("req_1")).toBe(undefined);
			await learning.putFeedback({ requestId: "req_1", score: 0.5, at: 1 }, () => ({ scope, learnt: lesson(1) }));
			const again = learning.putFeedback({ requestId: "req_1", score: 1, at: 2 }, () => {
				throw new Error("no lesson");
			});
			await expect(again).rejects.toThrow(/no lesson/);
			expect((await learning.findFeedback("req_1"))?.score).toBe(0.5);
		});

		itKeeps("count once, however many come at once", async (learning) => {
			const teach = (before: AnswerFeedback | undefined): Lesson | undefined => (before === undefined ? { scope, learnt: lesson(1) } : undefined);
			await Promise.all(Array.from({ length: 20 }, (_, at) => learning.putFeedback({ requestId: "req_1", score: at / 20, at }, teach)));
			expect(callsOf((await learning.find(scope)).state)).toBe(1);
		});

		itKeeps("are forgotten with the records of their time", async (learning, { insights }) => {
			await learning.putFeedback({ requestId: "req_1", score: 0.5, at: start }, () => ({ scope, learnt: lesson(1) }));
			await learning.putFeedback({ requestId: "req_2", score: 0.5, at: start + 1 }, () => undefined);
			await insights.prune({ rollups: start + 1 });
			expect((await learning.findFeedback("req_1"))?.at).toBe(start);
			await insights.prune({ records: start + 1 });
			expect(await learning.findFeedback("req_1")).toBe(undefined);
			expect((await learning.findFeedback("req_2"))?.at).toBe(start + 1);
			// What they taught stays.
			expect(callsOf((await learning.find(scope)).state)).toBe(1);
		});

		itKeeps("are forgotten however many they are", async (learning, { insights }) => {
			await Promise.all(Array.from({ length: 1002 }, (_, at) => learning.putFeedback({ requestId: `req_${at}`, score: 1, at: start + at }, () => undefined)));
			await insights.prune({ records: start + 1001 });
			expect(await learning.findFeedback("req_1000")).toBe(undefined);
			expect(await learning.findFeedback("req_0")).toBe(undefined);
			expect((await learning.findFeedback("req_1001"))?.score).toBe(1);
		});
	});
}

/** What one answer taught. */
function lesson(at: number, target = "sim/echo"): LearnState {
	const measured = { ok: true, latencyMs: 700 + at * 13, costMicroUsd: 900, tokensOut: 50 + at };
	return whatIsLearnt(emptyState, { kind: "choice", target, context: "s----", ...measured, expected: { latencyMs: 1000, costMicroUsd: 1000 }, exploratory: at % 3 === 0 }, start + at * 1000);
}

function callsOf({ targets }: LearnState): number {
	return Object.values(targets).reduce((sum, { totals }) => sum + totals.calls, 0);
}
