import type { LimitedParty } from "../../../src/contract/tenancy.ts";

/** In millionths of a dollar for a token. */
export const prices = { input: 1, output: 2 };
export const modelFacts = { sim: { echo: { prices }, "slow-1": { prices }, "slow-2": { prices }, "slow-3": { prices } } };
export const budgetMicroUsd = 12_000;
export const limitedParty: LimitedParty = {
	kind: "host",
	id: "crash",
	rules: { concurrentRequests: 12, budgets: [{ period: "day", microUsd: budgetMicroUsd }] },
};
