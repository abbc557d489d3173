import { describe, expect, test } from "vitest";
import { emptyState, learn, type LearnState } from "../../../../src/rules/routing/learn/index.ts";
import { shiftOf } from "../../../../src/rules/routing/learn/recent.ts";
import { defaultTuning } from "../../../../src/rules/routing/learn/tuning.ts";
import { seeded } from "../../../../../../bench/routing/random.ts";
import { outcomeOf, start, taught } from "./support.ts";

const minute = 60_000;
const known = taught(emptyState, "one/m", 40);
const last = start + 40_000;

function shiftAfter(outcomes: readonly Parameters<typeof outcomeOf>[1][], state: LearnState = known, waited = 0) {
	const after = outcomes.reduce<LearnState>((sum, outcome, index) => learn(sum, outcomeOf("one/m", outcome), last + index), state);
	const target = after.targets["one/m"];
	if (target === undefined) throw new Error("It was asked");
	return shiftOf(target, last + outcomes.length + waited, defaultTuning);
}
const failed = { ok: false, latencyMs: undefined, costMicroUsd: undefined };

describe("shiftOf", () => {
	test.each([
		["nothing new", [], false],
		["one failure", [failed], false],
		["two failures in a row", [failed, failed], true],
		["one stall", [{ latencyMs: 20_000 }], false],
		["two stalls in a row", [{ latencyMs: 20_000 }, { latencyMs: 20_000 }], false],
		["three slow ones in a row", [{ latencyMs: 4000 }, { latencyMs: 4000 }, { latencyMs: 4000 }], true],
		["five times the price", [{ costMicroUsd: 5000 }, { costMicroUsd: 5000 }, { costMicroUsd: 5000 }], true],
		["a little dearer", [{ costMicroUsd: 1100 }, { costMicroUsd: 1100 }, { costMicroUsd: 1100 }], false],
	])("%s", (_, outcomes, isAlarm) => {
		expect(shiftAfter(outcomes).isAlarm).toBe(isAlarm);
	});

	test("says how far off the newest are, not how surely", () => {
		const { cost, isDear } = shiftAfter(Array.from({ length: 8 }, () => ({ costMicroUsd: 5000 })));
		expect(isDear).toBe(true);
		expect(cost).toBeGreaterThan(1.4);
	});

	test("forgets an alarm that nobody looks after", () => {
		expect(shiftAfter([failed, failed], known, minute).isAlarm).toBe(true);
		expect(shiftAfter([failed, failed], known, 30 * minute)).toMatchObject({ isAlarm: false, failures: undefined });
	});

	test("learns how latencies scatter before it raises an alarm", () => {
		const random = seeded(2, 4, 6);
		let state = emptyState;
		for (let index = 0; index < 400; index++) state = learn(state, outcomeOf("one/m", { latencyMs: 1000 * 10 ** (random() - 0.5) }), start + index * 100);
		expect(shiftAfter([{ latencyMs: 2500 }, { latencyMs: 2500 }, { latencyMs: 2500 }], state).isAlarm).toBe(false);
		expect(shiftAfter(Array.from({ length: 5 }, () => ({ latencyMs: 10_000 })), state).isAlarm).toBe(true);
	});
});
