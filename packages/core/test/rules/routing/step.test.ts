import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Failure, FailureKind } from "../../../src/contract/failure.ts";
import { errorFromFailure } from "../../../src/rules/routing/error.ts";
import { decideStep, type StepState } from "../../../src/rules/routing/step.ts";
import { provider, target } from "./target.ts";

const rules = { attemptsPerTarget: 3, attemptsInAll: 6, baseDelayMs: 500, maxDelayMs: 8000 };
const fresh: StepState = { target: target("a/m"), others: [target("b/n")], attemptsOnTarget: 1, attempts: 1, remainingMs: 60_000, mayRetry: true, contextWindow: () => undefined };
const failure = (kind: FailureKind, rest: Partial<Failure> = {}): Failure => ({ kind, blame: "upstream", message: "m", ...rest });
const next = (failed: Failure, state: Partial<StepState> = {}) => decideStep(failed, { ...fresh, ...state }, rules, 0.5).next;

describe("what comes after a failed attempt", () => {
	it.each([
		["rate-limited", "fallback", "fallback", "retry"],
		["overloaded", "retry", "fallback", "give-up"],
		["upstream", "retry", "fallback", "give-up"],
		["network", "retry", "fallback", "give-up"],
		["protocol", "retry", "fallback", "give-up"],
		["timeout", "fallback", "fallback", "give-up"],
		["authentication", "fallback", "fallback", "give-up"],
		["permission", "fallback", "fallback", "give-up"],
		["quota", "fallback", "fallback", "give-up"],
		["model-not-found", "fallback", "fallback", "give-up"],
		["context-length", "fallback", "fallback", "give-up"],
		["bad-request", "give-up", "give-up", "give-up"],
		["content-filter", "give-up", "give-up", "give-up"],
		["cancelled", "give-up", "give-up", "give-up"],
	] as const)("%s: first %s, at the target's last attempt %s, with no other target %s", (kind, first, last, alone) => {
		expect(next(failure(kind))).toBe(first);
		expect(next(failure(kind), { attemptsOnTarget: 3 })).toBe(last);
		expect(next(failure(kind), { attemptsOnTarget: kind === "rate-limited" ? 1 : 3, others: [] })).toBe(alone);
		expect(next(failure(kind), { attemptsOnTarget: 3, others: [] })).toBe("give-up");
	});

	// b/m is another provider; a#2 another key at the same address, a/n another model with the same key.
	it.each([
		["rate-limited", ["a#2/m", "a/n", "b/m"]],
		["overloaded", ["a/n", "b/m"]],
		["upstream", ["a/n", "b/m"]],
		["network", ["a/n", "b/m"]],
		["timeout", ["a/n", "b/m"]],
		["authentication", ["a#2/m", "b/m"]],
		["permission", ["a#2/m", "b/m"]],
		["quota", ["a#2/m", "b/m"]],
		["model-not-found", ["a/n", "b/m"]],
		["context-length", ["a/n"]],
	] as const)("%s leaves %j in the plan", (kind, expected) => {
		const step = decideStep(failure(kind), { ...fresh, attemptsOnTarget: 3, others: [target("a#2/m"), target("a/n"), target("b/m")] }, rules, 0.5);
		expect(step.next === "fallback" && step.targets.map(({ label }) => label)).toEqual(expected);
	});

	it("takes another region of the same model where the first one fails", () => {
		const elsewhere = target("a#2/m", { provider: provider({ baseUrl: "http://elsewhere" }) });
		expect(next(failure("upstream"), { attemptsOnTarget: 3, others: [elsewhere] })).toBe("fallback");
	});

	it("looks for a larger window where the prompt is too long, and does without knowing", () => {
		const windows: Readonly<Record<string, number>> = { small: 8_000, tiny: 4_000, same: 8_000, large: 128_000 };
		const others = [target("b/tiny"), target("b/same"), target("b/large"), target("b/unknown")];
		const state: StepState = { ...fresh, target: target("a/small"), others, contextWindow: ({ model }) => windows[model] };
		const step = decideStep(failure("context-length", { blame: "caller" }), state, rules, 0.5);
		expect(step.next === "fallback" && step.targets.map(({ label }) => label)).toEqual(["b/large", "b/unknown"]);
	});

	it("waits a random part of a delay that doubles up to its limit", () => {
		const delays = [1, 2, 3, 4, 5, 6].map((attemptsOnTarget) =>
			decideStep(failure("network"), { ...fresh, attemptsOnTarget }, { ...rules, attemptsPerTarget: 99, attemptsInAll: 99 }, 0.999999),
		);
		expect(delays.map((step) => step.next === "retry" && step.delayMs)).toEqual([499, 999, 1999, 3999, 7999, 7999]);
		expect(decideStep(failure("network"), fresh, rules, 0)).toEqual({ next: "retry", delayMs: 0 });
	});

	it("waits exactly what the provider asks for where that is short and nothing else is left", () => {
		expect(decideStep(failure("rate-limited", { retryAfterMs: 2000 }), { ...fresh, others: [] }, rules, 0.1)).toEqual({ next: "retry", delayMs: 2000 });
	});

	it("does not wait longer than its limit or than time is left", () => {
		expect(next(failure("overloaded", { retryAfterMs: 60_000 }))).toBe("fallback");
		expect(next(failure("rate-limited", { retryAfterMs: 60_000 }), { others: [] })).toBe("give-up");
		expect(next(failure("overloaded", { retryAfterMs: 3000 }), { remainingMs: 2000 })).toBe("fallback");
	});

	it("does not retry where the budget is used up, but falls back", () => {
		expect(next(failure("upstream"), { mayRetry: false })).toBe("fallback");
		expect(next(failure("upstream"), { mayRetry: false, others: [] })).toBe("give-up");
	});

	it("retries a connection that took too long, gives up when the exchange's time is over", () => {
		expect(next(failure("timeout", { clock: "connect" }))).toBe("retry");
		expect(next(failure("timeout", { clock: "total" }))).toBe("give-up");
	});

	it("bounds the attempts of an exchange, whatever fails", () => {
		const kind = fc.constantFrom<FailureKind>("rate-limited", "network", "upstream", "timeout", "quota", "authentication", "context-length");
		fc.assert(
			fc.property(fc.array(kind, { minLength: 50, maxLength: 50 }), fc.integer({ min: 1, max: 20 }), (kinds, count) => {
				const [first = target("a/0"), ...others] = Array.from({ length: count }, (_, index) => target(`p${index}/m${index}`));
				let state: StepState = { ...fresh, target: first, others };
				for (const each of kinds) {
					const step = decideStep(failure(each), state, rules, 0.5);
					if (step.next === "give-up") break;
					if (step.next === "fallback") {
						const [following, ...left] = step.targets;
						// Nothing that was tried comes back.
						expect(state.others).toContain(following);
						state = { ...state, target: following, others: left, attemptsOnTarget: 1, attempts: state.attempts + 1 };
					} else state = { ...state, attemptsOnTarget: state.attemptsOnTarget + 1, attempts: state.attempts + 1 };
				}
				expect(state.attempts).toBeLessThanOrEqual(rules.attemptsInAll);
			}),
		);
	});
});

describe("what a caller is told of a failure", () => {
	it.each([
		["rate-limited", 429, "RATE_LIMITED"],
		["overloaded", 503, "PROVIDER_OVERLOADED"],
		["timeout", 504, "TIMEOUT_ERROR"],
		["authentication", 502, "PROVIDER_ERROR"],
		["permission", 502, "PROVIDER_ERROR"],
		["quota", 502, "PROVIDER_ERROR"],
		["bad-request", 400, "INVALID_REQUEST"],
		["model-not-found", 404, "MODEL_NOT_FOUND"],
		["context-length", 400, "CONTEXT_OVERFLOW"],
		["content-filter", 400, "CONTENT_FILTERED"],
		["network", 502, "PROVIDER_ERROR"],
		["protocol", 502, "PROVIDER_ERROR"],
		["upstream", 502, "PROVIDER_ERROR"],
		["cancelled", 499, "CANCELLED"],
	] as const)("%s: %i %s", (kind, status, code) => {
		expect(errorFromFailure(failure(kind, { retryAfterMs: 7, code: "c", param: "p" }))).toEqual({
			status, code, message: "m", retryAfterMs: 7, providerCode: "c", param: "p",
		});
	});
	it("a gateway that closes says so", () => {
		expect(errorFromFailure(failure("cancelled", { blame: "gateway" }))).toMatchObject({ status: 503, code: "SHUTTING_DOWN" });
	});
});
