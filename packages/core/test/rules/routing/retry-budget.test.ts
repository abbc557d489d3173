import fc from "fast-check";
import { expect, it } from "vitest";
import { beginRetry, earn, endRetry, fullBudget, mayRetry, type RetryBudget } from "../../../src/rules/routing/retry-budget.ts";

const rules = { budgetRatio: 0.25, budgetPerSecond: 10, concurrentRetries: 50 };

/** Retries as long as they may be. @returns how many there were. */
function spend(budget: RetryBudget, now: number, some = rules): { readonly count: number; readonly budget: RetryBudget } {
	let count = 0;
	let left = budget;
	while (mayRetry(left, some, now)) {
		left = endRetry(beginRetry(left, some, now));
		count++;
	}
	return { count, budget: left };
}

it("lets a burst through, then what time and exchanges earn", () => {
	const first = spend(fullBudget(rules, 0), 0);
	expect(first.count).toBe(100);
	const second = spend(first.budget, 1000);
	expect(second.count).toBe(10);
	let later = second.budget;
	for (let exchange = 0; exchange < 100; exchange++) later = earn(later, rules, 1000);
	expect(spend(later, 1000).count).toBe(25);
});

it("bounds the retries at once", () => {
	let budget = fullBudget(rules, 0);
	let running = 0;
	for (; mayRetry(budget, rules, 0); running++) budget = beginRetry(budget, rules, 0);
	expect(running).toBe(50);
	expect(mayRetry(endRetry(budget), rules, 0)).toBe(true);
});

it("never allows more than the burst and what was earned, whatever comes in which order", () => {
	const event = fc.record({ passMs: fc.nat(500), exchanges: fc.nat(20), wanted: fc.nat(40) });
	fc.assert(
		fc.property(fc.array(event, { maxLength: 40 }), (events) => {
			let budget = fullBudget(rules, 0);
			let now = 0;
			let retries = 0;
			let exchanges = 0;
			for (const { passMs, exchanges: begun, wanted } of events) {
				now += passMs;
				for (let each = 0; each < begun; each++, exchanges++) budget = earn(budget, rules, now);
				for (let each = 0; each < wanted && mayRetry(budget, rules, now); each++, retries++) budget = endRetry(beginRetry(budget, rules, now));
			}
			expect(retries).toBeLessThanOrEqual(100 + (now / 1000) * 10 + exchanges * 0.25);
		}),
	);
});

it("does not gain by a clock that goes back", () => {
	const spent = spend(fullBudget(rules, 10_000), 10_000).budget;
	expect(mayRetry(spent, rules, 0)).toBe(false);
	expect(mayRetry(earn(spent, rules, 0), rules, 10_000)).toBe(false);
});
