import { beginRetry, earn, endRetry, fullBudget, mayRetry, type RetryBudget, type RetryBudgetRules } from "../rules/routing/retry-budget.ts";

/** The retry budgets of a gateway's providers, by name. */
export interface RetryBudgets {
	/** An exchange begins. */
	earn(providerName: string): void;
	mayRetry(providerName: string): boolean;
	/** @returns what ends the retry (safe to call twice). */
	begin(providerName: string): () => void;
}

export function createRetryBudgets(rules: RetryBudgetRules, now: () => number): RetryBudgets {
	const budgets = new Map<string, RetryBudget>();
	const budgetOf = (name: string) => budgets.get(name) ?? fullBudget(rules, now());
	return {
		earn: (name) => void budgets.set(name, earn(budgetOf(name), rules, now())),
		mayRetry: (name) => mayRetry(budgetOf(name), rules, now()),
		begin(name) {
			budgets.set(name, beginRetry(budgetOf(name), rules, now()));
			let isRunning = true;
			return () => {
				if (isRunning) budgets.set(name, endRetry(budgetOf(name)));
				isRunning = false;
			};
		},
	};
}
