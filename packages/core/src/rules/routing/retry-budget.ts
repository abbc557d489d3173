/**
 * What keeps retries from becoming a storm: where a provider fails for everybody, only a share of its requests is tried again.
 * A bucket of tokens: each retry takes one, each exchange and each second give some back.
 */
export interface RetryBudget {
	readonly tokens: number;
	/** When `tokens` was true, in milliseconds since 1970. */
	readonly at: number;
	/** Retries under way, their waiting included. */
	readonly running: number;
}

export interface RetryBudgetRules {
	/** Retries that every exchange earns. */
	readonly budgetRatio: number;
	/** Retries that every second earns, so that a quiet gateway can retry too. */
	readonly budgetPerSecond: number;
	readonly concurrentRetries: number;
}

/** The most retries in one burst, as seconds of `budgetPerSecond`. */
const burstSeconds = 10;

export function fullBudget(rules: RetryBudgetRules, now: number): RetryBudget {
	return { tokens: capacity(rules), at: now, running: 0 };
}

export function earn(budget: RetryBudget, rules: RetryBudgetRules, now: number): RetryBudget {
	return { ...budget, tokens: Math.min(capacity(rules), refilled(budget, rules, now) + rules.budgetRatio), at: Math.max(budget.at, now) };
}

export function mayRetry(budget: RetryBudget, rules: RetryBudgetRules, now: number): boolean {
	return budget.running < rules.concurrentRetries && refilled(budget, rules, now) >= 1;
}

export function beginRetry(budget: RetryBudget, rules: RetryBudgetRules, now: number): RetryBudget {
	return { tokens: refilled(budget, rules, now) - 1, at: Math.max(budget.at, now), running: budget.running + 1 };
}

export function endRetry(budget: RetryBudget): RetryBudget {
	return { ...budget, running: Math.max(0, budget.running - 1) };
}

function refilled({ tokens, at }: RetryBudget, rules: RetryBudgetRules, now: number): number {
	return Math.min(capacity(rules), tokens + (Math.max(0, now - at) / 1000) * rules.budgetPerSecond);
}

function capacity({ budgetPerSecond }: RetryBudgetRules): number {
	return Math.max(1, burstSeconds * budgetPerSecond);
}
