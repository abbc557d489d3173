import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Failure, FailureKind } from "../../../src/contract/failure.ts";
import { errorFromFailure } from "../../../src/rules/routing/error.ts";
import { decideStep } from "../../../src/rules/routing/step.ts";

const rules = { attemptsPerTarget: 3, attemptsInAll: 6, baseDelayMs: 500, maxDelayMs: 8000 };
const fresh = { attemptsOnTarget: 1, attempts: 1, hasNextTarget: true, remainingMs: 60_000 };
const failure = (kind: FailureKind, rest: Partial<Failure> = {}): Failure => ({ kind, blame: "upstream", message: "m", ...rest });

describe("what comes after a failed attempt", () => {
	it.each([
		["rate-limited", "retry", "fallback", "give-up"],
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
	] as const)("%s: first %s, at the target's last attempt %s, at the last target %s", (kind, first, last, end) => {
		expect(decideStep(failure(kind), fresh, rules, 0.5).next).toBe(first);
		expect(decideStep(failure(kind), { ...fresh, attemptsOnTarget: 3 }, rules, 0.5).next).toBe(last);
		expect(decideStep(failure(kind), { ...fresh, attemptsOnTarget: 3, hasNextTarget: false }, rules, 0.5).next).toBe(end);
	});

	it("waits a random part of a delay that doubles up to its limit", () => {
		const delays = [1, 2, 3, 4, 5, 6].map((attemptsOnTarget) =>
			decideStep(failure("network"), { ...fresh, attemptsOnTarget }, { ...rules, attemptsPerTarget: 99, attemptsInAll: 99 }, 0.999999),
		);
		expect(delays.map((step) => step.next === "retry" && step.delayMs)).toEqual([499, 999, 1999, 3999, 7999, 7999]);
		expect(decideStep(failure("network"), fresh, rules, 0)).toEqual({ next: "retry", delayMs: 0 });
	});

	it("waits exactly what the provider asks for where that is short", () => {
		expect(decideStep(failure("rate-limited", { retryAfterMs: 2000 }), fresh, rules, 0.1)).toEqual({ next: "retry", delayMs: 2000 });
	});

	it("does not wait longer than its limit or than time is left", () => {
		expect(decideStep(failure("rate-limited", { retryAfterMs: 60_000 }), fresh, rules, 0)).toEqual({ next: "fallback" });
		expect(decideStep(failure("rate-limited", { retryAfterMs: 60_000 }), { ...fresh, hasNextTarget: false }, rules, 0)).toEqual({ next: "give-up" });
		expect(decideStep(failure("rate-limited", { retryAfterMs: 3000 }), { ...fresh, remainingMs: 2000 }, rules, 0).next).toBe("fallback");
	});

	it("retries a connection that took too long, gives up when the exchange's time is over", () => {
		expect(decideStep(failure("timeout", { clock: "connect" }), fresh, rules, 0).next).toBe("retry");
		expect(decideStep(failure("timeout", { clock: "total" }), fresh, rules, 0).next).toBe("give-up");
	});

	it("bounds the attempts of an exchange, whatever fails", () => {
		const kind = fc.constantFrom<FailureKind>("rate-limited", "network", "upstream", "timeout", "quota");
		fc.assert(
			fc.property(fc.array(kind, { minLength: 50, maxLength: 50 }), fc.integer({ min: 1, max: 20 }), (kinds, targets) => {
				let state = { ...fresh, hasNextTarget: targets > 1 };
				let target = 1;
				for (const next of kinds) {
					const step = decideStep(failure(next), state, rules, 0.5);
					if (step.next === "give-up") break;
					if (step.next === "fallback") target++;
					const attemptsOnTarget = step.next === "fallback" ? 1 : state.attemptsOnTarget + 1;
					state = { ...state, attemptsOnTarget, attempts: state.attempts + 1, hasNextTarget: target < targets };
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
