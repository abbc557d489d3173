import { describe, expect, it } from "vitest";
import { type AttemptCounter, type AttemptRule, beginAttempt, type LimitedKey, registrationKeys, signInKeys, succeedAttempt, withdrawAttempt } from "../../../src/rules/auth/attempts.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Counters as a store keeps them, and a clock. */
function desk() {
	const kept = new Map<string, AttemptCounter>();
	let now = 1_000_000;
	const apply = (rule: AttemptRule, keys: readonly LimitedKey[]) => {
		const found = keys.map(({ key }) => kept.get(key)).map((counter) => (counter !== undefined && counter.expiresAt > now ? counter : undefined));
		const { counters, result } = rule(keys, found, now);
		for (const counter of counters) kept.set(counter.key, counter);
		return result;
	};
	return {
		pass: (ms: number) => (now += ms),
		fail: (email: string, network?: string) => apply(beginAttempt, signInKeys(email, network)),
		succeed(email: string, network?: string) {
			const wait = apply(beginAttempt, signInKeys(email, network));
			if (wait === 0) apply(succeedAttempt, signInKeys(email, network));
			return wait;
		},
		withdraw(email: string, network?: string) {
			const wait = apply(beginAttempt, signInKeys(email, network));
			if (wait === 0) apply(withdrawAttempt, signInKeys(email, network));
			return wait;
		},
		register: (network?: string) => apply(beginAttempt, registrationKeys(network)),
		/** Fails as often as it is let, waiting as told. @returns how often in this time. */
		guess(email: string, network: string | undefined, forMs: number) {
			const end = now + forMs;
			let guesses = 0;
			for (;;) {
				const wait = this.fail(email, network);
				if (wait === 0) guesses++;
				else now += wait;
				if (now >= end) return guesses;
			}
		},
	};
}

describe("one address on one account", () => {
	it("fails five times for nothing, then waits twice as long each time, fifteen minutes at most", () => {
		const { fail, pass } = desk();
		for (let at = 0; at < 5; at++) expect(fail("ada", "A")).toBe(0);
		const waits: number[] = [];
		for (let at = 0; at < 13; at++) {
			const wait = fail("ada", "A");
			waits.push(wait);
			pass(wait);
			expect(fail("ada", "A")).toBe(0);
		}
		expect(waits).toEqual([...Array.from({ length: 10 }, (_, at) => second * 2 ** at), 15 * minute, 15 * minute, 15 * minute]);
	});

	it("waits no longer for having asked too early", () => {
		const { fail, pass } = desk();
		for (let at = 0; at < 6; at++) {
			pass(second);
			fail("ada", "A");
		}
		expect(fail("ada", "A")).toBe(2 * second);
		pass(500);
		for (let at = 0; at < 100; at++) expect(fail("ada", "A")).toBe(1500);
		pass(1500);
		expect(fail("ada", "A")).toBe(0);
	});

	it("starts anew where it went well, and after an hour", () => {
		const { fail, succeed, pass } = desk();
		for (let at = 0; at < 5; at++) fail("ada", "A");
		pass(second);
		expect(succeed("ada", "A")).toBe(0);
		for (let at = 0; at < 5; at++) expect(fail("ada", "A")).toBe(0);
		expect(fail("ada", "A")).toBeGreaterThan(0);
		pass(hour);
		for (let at = 0; at < 5; at++) expect(fail("ada", "A")).toBe(0);
	});

	it("counts what is no try for nothing", () => {
		const { fail, withdraw } = desk();
		for (let at = 0; at < 50; at++) expect(withdraw("ada", "A")).toBe(0);
		for (let at = 0; at < 5; at++) expect(fail("ada", "A")).toBe(0);
		expect(fail("ada", "A")).toBeGreaterThan(0);
	});

	it("has no bearing on other addresses and accounts", () => {
		const { fail } = desk();
		for (let at = 0; at < 6; at++) fail("ada", "A");
		expect(fail("ada", "B")).toBe(0);
		expect(fail("grace", "A")).toBe(0);
	});
});

describe("an account from many addresses", () => {
	it("waits a minute at most", () => {
		const { fail, pass } = desk();
		let waited = 0;
		for (let at = 0; at < 300; at++) {
			const wait = fail("ada", `N${at}`);
			waited = Math.max(waited, wait);
			pass(wait);
			if (wait > 0) expect(fail("ada", `M${at}`)).toBe(0);
		}
		expect(waited).toBe(minute);
	});

	it("lets its owner in from where it was signed in before, whatever strangers do", () => {
		const { fail, succeed, pass } = desk();
		expect(succeed("ada", "home")).toBe(0);
		pass(10 * 24 * hour);
		for (let at = 0; at < 200; at++) fail("ada", `N${at}`);
		expect(fail("ada", "N")).toBeGreaterThan(0);
		expect(succeed("ada", "home")).toBe(0);
	});

	it("holds an owner at home to the limit of any one address", () => {
		const { fail, succeed } = desk();
		succeed("ada", "home");
		for (let at = 0; at < 5; at++) expect(fail("ada", "home")).toBe(0);
		expect(fail("ada", "home")).toBeGreaterThan(0);
	});
});

describe("an address on many accounts", () => {
	it("is slowed down as well", () => {
		const { fail } = desk();
		for (let at = 0; at < 30; at++) expect(fail(`user${at}`, "A")).toBe(0);
		expect(fail("another", "A")).toBe(second);
		expect(fail("another", "B")).toBe(0);
	});

	it("does not begin anew because an attacker has an account too", () => {
		const { fail, succeed, pass } = desk();
		let guesses = 0;
		for (let at = 0; at < 1000; at++) {
			if (fail(`user${at}`, "A") === 0) guesses++;
			succeed("eve", "A");
		}
		expect(guesses).toBeLessThanOrEqual(30);
		pass(second);
	});

	it("is free for an office where everybody gets in", () => {
		const { succeed } = desk();
		for (let at = 0; at < 500; at++) expect(succeed(`user${at}`, "office")).toBe(0);
	});
});

describe("guessing", () => {
	it("for a day gives few tries, from one address and from none known", () => {
		expect(desk().guess("ada", "A", 24 * hour)).toBeLessThan(120);
		expect(desk().guess("ada", undefined, 24 * hour)).toBeLessThan(1500);
	});
});

describe("registrations from one address", () => {
	it("are ten for nothing, then ever slower", () => {
		const { register, pass } = desk();
		for (let at = 0; at < 10; at++) expect(register("A")).toBe(0);
		expect(register("A")).toBe(10 * second);
		pass(10 * second);
		expect(register("A")).toBe(0);
		expect(register("A")).toBe(20 * second);
		expect(register("B")).toBe(0);
	});

	it("are not counted where nobody knows the address", () => {
		const { register } = desk();
		for (let at = 0; at < 50; at++) expect(register()).toBe(0);
	});
});
