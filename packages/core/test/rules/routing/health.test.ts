import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Failure, FailureKind } from "../../../src/contract/failure.ts";
import { afterFailure, afterSuccess, type Health, readiness, scopeOfFailure, wellHealth, withoutProbe } from "../../../src/rules/routing/health.ts";

const failure = (kind: FailureKind, rest: Partial<Failure> = {}): Failure => ({ kind, blame: "upstream", message: "m", ...rest });
const minute = 60_000;

/** The rests after 1, 2, 3, ... failures in a row, each probed as soon as it may be. */
function rests(kind: FailureKind, count: number): (number | undefined)[] {
	let health: Health = wellHealth;
	let now = 0;
	return Array.from({ length: count }, () => {
		health = afterFailure(health, failure(kind), now, now);
		const rest = health.cooldown === undefined ? undefined : health.cooldown.until - now;
		now += rest ?? 1;
		return rest;
	});
}

describe("how long a target rests", () => {
	it.each<[FailureKind, (number | undefined)[]]>([
		["rate-limited", [1000, 2000, 4000, 8000]],
		["quota", [minute, 2 * minute, 4 * minute, 8 * minute, 16 * minute, 32 * minute, 60 * minute, 60 * minute]],
		["authentication", [15_000, 30_000, minute, 2 * minute, 4 * minute, 8 * minute, 15 * minute, 15 * minute]],
		["permission", [30_000, minute, 2 * minute, 4 * minute, 8 * minute, 16 * minute, 30 * minute, 30 * minute]],
		["upstream", [undefined, undefined, 5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]],
		["overloaded", [undefined, undefined, 5000, 10_000]],
		["network", [undefined, undefined, 5000, 10_000]],
		["protocol", [undefined, undefined, 5000, 10_000]],
		["timeout", [undefined, undefined, 5000, 10_000]],
		["bad-request", [undefined, undefined, undefined, undefined]],
		["model-not-found", [undefined, undefined, undefined, undefined]],
		["context-length", [undefined, undefined, undefined, undefined]],
		["content-filter", [undefined, undefined, undefined, undefined]],
		["cancelled", [undefined, undefined, undefined, undefined]],
	])("%s: %j ms", (kind, expected) => expect(rests(kind, expected.length)).toEqual(expected));

	it("believes a provider that says how long, up to a day", () => {
		const until = (retryAfterMs: number) => afterFailure(wellHealth, failure("rate-limited", { retryAfterMs }), 0, 0).cooldown?.until;
		expect(until(7300)).toBe(7300);
		expect(until(0)).toBe(1000);
		expect(until(1e12)).toBe(24 * 60 * minute);
	});

	it("does not come by chance: of many attempts at once, some fail in a row", () => {
		let health: Health = wellHealth;
		// 3 of 20, in a row, a hundred times within ten seconds.
		for (let now = 0; now < 10_000; now += 5) {
			health = (now / 5) % 20 < 3 ? afterFailure(health, failure("upstream"), now, now) : afterSuccess(health, now, now);
			if (now >= 100) expect(health.cooldown).toBeUndefined();
		}
		for (let late = 0; late < 2500; late++) health = afterFailure(health, failure("upstream"), 10_000, 10_000);
		expect(health.cooldown).toBeDefined();
	});

	it("is not made longer by attempts that began before the rest", () => {
		let health = afterFailure(wellHealth, failure("rate-limited"), 0, 100);
		for (let late = 0; late < 100; late++) health = afterFailure(health, failure("rate-limited"), 50, 200);
		expect(health.cooldown?.until).toBe(1100);
		expect(afterSuccess(health, 50, 200).cooldown?.until).toBe(1100);
	});
});

describe("health scores", () => {
	it.each<[FailureKind, number]>([["quota", 60], ["permission", 75], ["rate-limited", 90], ["bad-request", 100], ["cancelled", 100]])("%s leaves %i", (kind, score) => {
		expect(afterFailure(wellHealth, failure(kind), 0, 0).score).toBe(score);
	});

	it("gains 3 by a success, 100 at most, and ends the rest", () => {
		const hurt = afterFailure(wellHealth, failure("quota"), 0, 0);
		expect(afterSuccess(hurt, 1, 1)).toMatchObject({ score: 63, failures: 0 });
		expect(afterSuccess({ score: 99, failures: 2 }, 1, 1)).toMatchObject({ score: 100, failures: 0 });
	});

	it("is not moved by what the caller is to blame for, nor by the exchange's own deadline", () => {
		expect(scopeOfFailure(failure("upstream", { blame: "caller" }))).toBeUndefined();
		expect(scopeOfFailure(failure("timeout", { clock: "total" }))).toBeUndefined();
		expect(scopeOfFailure(failure("timeout", { clock: "idle" }))).toBe("target");
		expect(scopeOfFailure(failure("quota", { blame: "gateway" }))).toBe("credential");
	});

	it("stays between 1 and 100, and rests never last longer than a day, whatever happens", () => {
		const kind = fc.constantFrom<FailureKind>("rate-limited", "quota", "authentication", "permission", "upstream", "timeout", "bad-request");
		const event = fc.record({ kind, isSuccess: fc.boolean(), passMs: fc.nat(100_000), retryAfterMs: fc.option(fc.nat(1e9), { nil: undefined }) });
		fc.assert(
			fc.property(fc.array(event, { maxLength: 60 }), (events) => {
				let health: Health = wellHealth;
				let now = 0;
				for (const { kind: each, isSuccess, passMs, retryAfterMs } of events) {
					now += passMs;
					health = isSuccess ? afterSuccess(health, now, now) : afterFailure(health, failure(each, retryAfterMs === undefined ? {} : { retryAfterMs }), now, now);
					expect(health.score).toBeGreaterThanOrEqual(1);
					expect(health.score).toBeLessThanOrEqual(100);
					if (health.cooldown !== undefined) expect(health.cooldown.until - now).toBeLessThanOrEqual(24 * 60 * minute);
				}
			}),
		);
	});
});

describe("a rest that is over", () => {
	const resting = afterFailure(wellHealth, failure("rate-limited"), 0, 0);

	it("lets one request probe", () => {
		expect(readiness(resting, 999)).toEqual({ state: "resting", readyAt: 1000 });
		expect(readiness(resting, 1000)).toEqual({ state: "probe" });
		const probed = { ...resting, probingSince: 1000 };
		expect(readiness(probed, 1500)).toEqual({ state: "resting", readyAt: 2500 });
	});

	it("takes a probe for lost that was never heard of again", () => {
		expect(readiness({ ...resting, probingSince: 1000 }, 1000 + 10 * minute)).toEqual({ state: "probe" });
	});

	it.each([
		["a success", (health: Health) => afterSuccess(health, 1000, 1200), { state: "ready" }],
		["a failure", (health: Health) => afterFailure(health, failure("rate-limited"), 1000, 1200), { state: "resting", readyAt: 3200 }],
		["a caller's fault", (health: Health) => afterFailure(health, failure("bad-request", { blame: "caller" }), 1000, 1200), { state: "probe" }],
		["a hang-up", withoutProbe, { state: "probe" }],
	] as const)("is decided by %s of the probe", (_, outcome, expected) => {
		expect(readiness(outcome({ ...resting, probingSince: 1000 }), 1300)).toEqual(expected);
	});
});
