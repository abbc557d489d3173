import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultWeights, rewardOf, switchingCost } from "../../../../src/rules/routing/learn/index.ts";

const scale = { latencyMs: 1000, costMicroUsd: 1000 };
const amount = fc.double({ min: 0, max: 1e9, noNaN: true });

describe("rewardOf", () => {
	test.each([
		[{ ok: false, latencyMs: 1, costMicroUsd: 0, score: 1 }, 0],
		[{ ok: true, latencyMs: 1000, costMicroUsd: 1000, score: 0.5 }, 0.5],
		[{ ok: true }, 0.5],
		[{ ok: true, latencyMs: 500, costMicroUsd: 1000, score: 0.5 }, 0.5 + 0.25 / 6],
		[{ ok: true, latencyMs: 1000, costMicroUsd: 8000, score: 0.5 }, 0.375],
		[{ ok: true, latencyMs: 100, costMicroUsd: 0, score: 1 }, 1],
	])("of %j is %d", (result, reward) => {
		expect(rewardOf(result, scale)).toBeCloseTo(reward, 9);
	});

	test("stays between 0 and 1, and grows with all that is better", () => {
		fc.assert(
			fc.property(amount, amount, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 1, max: 10, noNaN: true }), (latencyMs, costMicroUsd, score, factor) => {
				const reward = rewardOf({ ok: true, latencyMs, costMicroUsd, score }, scale);
				expect(reward).toBeGreaterThanOrEqual(0);
				expect(reward).toBeLessThanOrEqual(1 + 1e-12);
				expect(rewardOf({ ok: true, latencyMs: latencyMs * factor, costMicroUsd, score }, scale)).toBeLessThanOrEqual(reward);
				expect(rewardOf({ ok: true, latencyMs, costMicroUsd: costMicroUsd * factor, score }, scale)).toBeLessThanOrEqual(reward);
			}),
		);
	});

	test("goes by the proportions of the weights", () => {
		const result = { ok: true, latencyMs: 300, costMicroUsd: 4000, score: 0.9 };
		const { quality, latency, cost } = defaultWeights;
		expect(rewardOf(result, scale, { quality: 10 * quality, latency: 10 * latency, cost: 10 * cost })).toBeCloseTo(rewardOf(result, scale), 9);
		expect(rewardOf(result, scale, { quality: 0, latency: 0, cost: 0 })).toBe(0);
	});
});

test("leaving a cached prompt costs what it saves", () => {
	const prices = { input: 1, output: 5, cachedInput: 0.1 };
	expect(switchingCost({ cachedTokens: 0, costMicroUsd: 2000, prices })).toBe(0);
	expect(switchingCost({ cachedTokens: 1000, costMicroUsd: 2000, prices: { input: 1, output: 5 } })).toBe(0);
	expect(switchingCost({ cachedTokens: 1000, costMicroUsd: 1800, prices })).toBeCloseTo(0.25 / 6, 9);
	expect(switchingCost({ cachedTokens: 1e6, costMicroUsd: 1000, prices })).toBeLessThanOrEqual(0.25);
});
