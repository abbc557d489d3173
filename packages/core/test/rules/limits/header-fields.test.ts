import { describe, expect, it } from "vitest";
import type { LimitRules } from "../../../src/contract/tenancy.ts";
import { decide } from "../../../src/rules/limits/decision.ts";
import { limitHeaders, refusalHeaders } from "../../../src/rules/limits/header-fields.ts";
import { refusalOf } from "../../../src/rules/limits/refusal.ts";

const ask = { expectedTokens: 10, tokens: 20, microUsd: 300 };
const noon = Date.UTC(2026, 9, 20, 12);

function granted(rules: LimitRules) {
	const decided = decide({ parties: [{ kind: "project", id: "prj_1", rules }], asks: [ask], now: noon }, () => undefined);
	if (!decided.ok) throw new Error("refused");
	return limitHeaders(decided.value.standings);
}

function refused(rules: LimitRules) {
	const decided = decide({ parties: [{ kind: "project", id: "prj_1", rules }], asks: [ask], now: noon }, () => undefined);
	if (decided.ok) throw new Error("granted");
	const { violation, standings } = decided.problem;
	return { headers: refusalHeaders(standings, violation.policy, violation.retryAfterMs), error: refusalOf(decided.problem) };
}

describe("the headers of limits", () => {
	it.each<[string, LimitRules, string, string]>([
		["requests", { requestsPerMinute: 100 }, '"project-requests";q=100;w=60', '"project-requests";r=99;t=65'],
		["tokens", { tokensPerMinute: 100 }, '"project-tokens";q=100;w=60;qu="tokens"', '"project-tokens";r=90;t=65'],
		["requests at once", { concurrentRequests: 3 }, '"project-concurrency";q=3;qu="concurrent-requests"', '"project-concurrency";r=2'],
		["a day's tokens", { budgets: [{ period: "day", tokens: 50 }] }, '"project-day-tokens";q=50;w=86400;qu="tokens"', '"project-day-tokens";r=30;t=43200'],
		["a month's money", { budgets: [{ period: "month", microUsd: 1e6 }] }, '"project-month-usd";q=1000000;w=2592000;qu="micro-usd"', '"project-month-usd";r=999700;t=993600'],
		["numbers beyond a structured field's", { requestsPerMinute: 1e21 }, '"project-requests";q=999999999999999;w=60', '"project-requests";r=999999999999999;t=65'],
	])("tell %s", (_, rules, policy, limit) => {
		expect(granted(rules)).toEqual({ "ratelimit-policy": policy, ratelimit: limit });
	});

	it("tell several in one list, and are absent where there is none", () => {
		expect(granted({ requestsPerMinute: 2, concurrentRequests: 3 })["ratelimit-policy"]).toBe('"project-requests";q=2;w=60, "project-concurrency";q=3;qu="concurrent-requests"');
		expect(granted({})).toEqual({});
	});

	it("tell of a refusal the policy that refused, with no window beyond its Retry-After", () => {
		const { headers } = refused({ requestsPerMinute: 2, concurrentRequests: 0, budgets: [{ period: "day", tokens: 50 }] });
		expect(headers["ratelimit-policy"]).toContain('"project-day-tokens"');
		expect(headers.ratelimit).toBe('"project-concurrency";r=0');
	});
});

describe("a refusal", () => {
	it.each<[LimitRules, object]>([
		[{ requestsPerMinute: 0 }, { status: 429, code: "RATE_LIMIT_EXCEEDED", message: "This project's limit of 0 requests a minute lets no request of about 1 request through" }],
		[{ tokensPerMinute: 9 }, { status: 429, message: "This project's limit of 9 tokens a minute lets no request of about 10 tokens through" }],
		[{ budgets: [{ period: "day", tokens: 9 }] }, { status: 402, code: "BUDGET_EXCEEDED", message: "This project's budget of 9 tokens a day is smaller than the 20 tokens that this request may use; ask for a shorter answer" }],
		[{ budgets: [{ period: "month", microUsd: 250 }] }, { status: 402, message: "This project's budget of $0.00025 a month is smaller than the $0.0003 that this request may use; ask for a shorter answer" }],
	])("of %j says whose limit it is and how much", (rules, error) => {
		expect(refused(rules).error).toMatchObject(error);
	});
});
