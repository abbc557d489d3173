import { describe, expect, test } from "vitest";
import { believe, routeQuality } from "../../../../src/rules/routing/learn/belief.ts";
import { emptyState, type LearnState } from "../../../../src/rules/routing/learn/index.ts";
import { defaultTuning } from "../../../../src/rules/routing/learn/tuning.ts";
import { start, taught } from "./support.ts";

const later = start + 400_000;
const qualityOf = ({ targets }: LearnState, now = later) => routeQuality(Object.values(targets), now, defaultTuning);

/** As many words of one score as of the other. */
function divided(one: number, other: number, context = "s-----"): LearnState {
	return taught(taught(emptyState, "one/m", 100, { context, score: one }), "one/m", 100, { context, score: other });
}

describe("routeQuality", () => {
	test("measures how words on the same scatter", () => {
		expect(qualityOf(emptyState).scatter).toBeCloseTo(0.25, 9);
		expect(qualityOf(divided(0, 1)).scatter).toBeCloseTo(0.5, 1);
		expect(qualityOf(divided(0.6, 0.6)).scatter).toBeLessThan(0.12);
	});

	test("measures how far contexts differ", () => {
		const other = { context: "lc----" };
		const alike = taught(taught(emptyState, "one/m", 100, { score: 0.6 }), "one/m", 100, { ...other, score: 0.6 });
		const unlike = taught(taught(emptyState, "one/m", 100, { score: 0.4 }), "one/m", 100, { ...other, score: 0.8 });
		expect(qualityOf(alike).contexts).toBeLessThan(0.06);
		expect(qualityOf(unlike).contexts).toBeGreaterThan(0.15);
	});

	test("forgets words of years ago", () => {
		const { mean, contexts, feedback, scatter } = qualityOf(divided(0, 1), later + 100 * 365 * 86_400_000);
		expect([mean, contexts, feedback, scatter]).toEqual([0.6, 0.05, 0, 0.25]);
	});
});

test("what is believed is the surer, the less words scatter", () => {
	const target = divided(0.4, 0.6).targets["one/m"];
	if (target === undefined) throw new Error("It was asked");
	const circumstances = { context: "s-----", now: later, assumption: { mean: 0.6, strength: 3 }, contexts: 0.05 };
	const [sure, unsure] = [0.1, 0.5].map((scatter) => believe(target, "quality", { ...circumstances, scatter }, defaultTuning));
	expect(sure?.variance).toBeLessThan((unsure?.variance ?? 0) / 10);
	expect(Math.abs((sure?.mean ?? 0) - 0.5)).toBeLessThan(Math.abs((unsure?.mean ?? 0) - 0.5));
});
