import { describe, expect, it } from "vitest";
import { chooseOrder, emptyState, learn, type LearnState, mergeStates, readState, weightsView } from "../../../../src/rules/routing/learn/index.ts";

const at = 1_700_000_000_000;
const context = "s----w";
const answer = { kind: "choice", context, ok: true, latencyMs: 400, costMicroUsd: 12, tokensOut: 20, expected: { costMicroUsd: 10 }, exploratory: false } as const;
const known = ["a/m", "a/m", "b/m", "a/m", "b/m"].reduce<LearnState>(
	(state, target, index) => learn(learn(state, { ...answer, target, latencyMs: 400 + index * 50 }, at + index), { kind: "feedback", target, context, score: 0.8 }, at + index),
	emptyState,
);

/** Every value that is worth nothing, at every place of the state. */
function damaged(value: unknown): unknown[] {
	const junk = [null, "x", Number.NEGATIVE_INFINITY, [], {}, true];
	if (typeof value !== "object" || value === null) return junk;
	const put = (key: string, part: unknown) => (Array.isArray(value) ? value.map((old, index) => (String(index) === key ? part : old)) : { ...value, [key]: part });
	return [
		...junk,
		...Object.entries(value).flatMap(([key, part]) => [
			...damaged(part).map((broken) => put(key, broken)),
			Array.isArray(value) ? value.slice(0, Number(key)) : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)),
		]),
	];
}

/** That it can be used for everything that a state is used for. */
function expectUsable(state: LearnState): void {
	const { explanation } = chooseOrder({ state, context, targets: [{ label: "a/m", expected: {} }, { label: "b/m", expected: {} }], now: at + 1000, random: () => 0.5 });
	for (const { mean, sampled, n } of explanation.scores) expect([mean, sampled, n].every(Number.isFinite)).toBe(true);
	const more = mergeStates(state, learn(state, { ...answer, target: "a/m" }, at + 1000));
	expect(JSON.stringify(more)).not.toMatch(/"(?!recent)\w+":null/);
	for (const { score, avgLatencyMs } of weightsView([more], [{ provider: "a", model: "m", labels: ["a/m"] }], at + 1000)) expect([score, avgLatencyMs].every(Number.isFinite)).toBe(true);
}

describe("a state that a store gives back", () => {
	it("is what was put there", () => expect(readState(JSON.stringify(known))).toEqual(known));

	it.each(["", "{", "null", "7", "[]", "{}", '{"targets":7}', '{"targets":{"a/m":null}}'])("is as nothing where it makes no sense: %s", (text) => {
		expectUsable(readState(text));
		expect(readState(text).choices).toEqual(emptyState.choices);
	});

	it("keeps what an earlier version knew, and takes for nothing what it did not count", () => {
		const { totals: { words: _, ...totals }, pairs: __, ...target } = known.targets["a/m"] ?? expect.fail();
		const read = readState(JSON.stringify({ ...known, targets: { "a/m": { ...target, totals } } }));
		expect(read.targets["a/m"]).toEqual({ ...known.targets["a/m"], totals: { ...totals, words: 0 }, pairs: { at: 0, latency: [0, 0], cost: [0, 0] } });
	});

	it("can be used whatever is missing or wrong in it", () => {
		for (const broken of damaged(known)) expectUsable(readState(JSON.stringify(broken)));
	});

	it("takes names for names", () => {
		const text = JSON.stringify(known).replaceAll('"a/m"', '"__proto__"').replaceAll(`"${context}"`, '"constructor"');
		const { targets } = readState(text);
		expect(Object.keys(targets)).toEqual(["__proto__", "b/m"]);
		expect(Object.getPrototypeOf(targets)).toBe(Object.prototype);
		expect(JSON.parse(JSON.stringify(targets))).toEqual(JSON.parse(text).targets);
	});
});
