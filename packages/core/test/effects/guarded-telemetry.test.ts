import { describe, expect, test } from "vitest";
import type { AttemptTelemetry, ExchangeTelemetry, ObservedEvent, Telemetry } from "../../src/index.ts";
import { guardedTelemetry } from "../../src/effects/guarded-telemetry.ts";
import { ask, testGateway } from "../gateway/support.ts";

const fail = () => {
	throw new Error("no room left");
};
const quiet = () => {};
const attempt: AttemptTelemetry = { asked: quiet, headers: () => ({}), within: (perform) => perform(), firstContent: quiet, answered: quiet, failed: quiet };
const exchange: ExchangeTelemetry = { attempt: () => attempt, ended: quiet, lost: quiet };
const telemetry: Telemetry = { within: (_, perform) => perform(), exchange: () => exchange };

const failingAttempts = (method: keyof AttemptTelemetry): Telemetry => ({ ...telemetry, exchange: () => ({ ...exchange, attempt: () => ({ ...attempt, [method]: fail }) }) });
const failingExchanges = (method: keyof ExchangeTelemetry): Telemetry => ({ ...telemetry, exchange: () => ({ ...exchange, [method]: fail }) });

test.each([["a function", () => {}], ["null", null], ["an object without its functions", {}]])("%s is refused by name", (_, given) => {
	expect(() => testGateway({ telemetry: given as unknown as Telemetry })).toThrow(/^telemetry is an object such as openTelemetry\(\)/);
});

describe("a tool that throws harms no request", () => {
	test.each<[string, Telemetry]>([
		["within", { ...telemetry, within: fail }],
		["exchange", { ...telemetry, exchange: fail }],
		...(["attempt", "ended"] as const).map((method): [string, Telemetry] => [method, failingExchanges(method)]),
		...(["asked", "headers", "within", "firstContent", "answered"] as const).map((method): [string, Telemetry] => [`attempt ${method}`, failingAttempts(method)]),
		["attempt failed", failingAttempts("failed")],
	])("in %s", async (_, failing) => {
		const warnings: ObservedEvent[] = [];
		const observe = (event: ObservedEvent) => void (event.type === "warning" && warnings.push(event));
		const gateway = testGateway({ telemetry: failing, runtime: { observe }, routes: { both: ["sim/error-500", "sim/echo"] }, retry: { attemptsPerTarget: 1 } });
		for (const path of ["/v1/prompt", "/v1/stream", "/v1/stream"]) {
			const { status, text } = await ask(gateway, path, { body: { prompt: "Hi", model: "both" } });
			expect(status).toBe(200);
			expect(text).not.toContain("no room left");
		}
		await gateway.close();
		// Told once, however often it throws.
		expect(warnings).toEqual([{ type: "warning", message: "telemetry has thrown, and may not tell of all: no room left" }]);
	});

	test.each<[string, <Value>(perform: () => Value) => Value]>([
		["before", () => fail()],
		["behind", (perform) => {
			perform();
			return fail();
		}],
		["twice", (perform) => {
			perform();
			return perform();
		}],
	])("what throws %s what it runs: that happens once", (_, within) => {
		let times = 0;
		const guarded = guardedTelemetry({ ...telemetry, within: (_header, perform) => within(perform) }, quiet);
		expect(guarded.within(() => undefined, () => ++times)).toBe(1);
		expect(times).toBe(1);
	});

	test("in flush, or by never coming to its end: the gateway closes all the same", async () => {
		const warnings: ObservedEvent[] = [];
		for (const flush of [async () => fail(), () => new Promise<void>(() => {})]) {
			const schedule = (_ms: number, callback: () => void) => {
				queueMicrotask(callback);
				return quiet;
			};
			const observe = (event: ObservedEvent) => void (event.type === "warning" && warnings.push(event));
			await testGateway({ telemetry: { ...telemetry, flush }, runtime: { schedule, observe } }).close();
		}
		expect(warnings).toHaveLength(1);
	});

	test("what is run may throw its own", () => {
		const told: unknown[] = [];
		const guarded = guardedTelemetry(telemetry, (error) => told.push(error));
		expect(() => guarded.within(() => undefined, () => {
			throw new RangeError("of the request");
		})).toThrow(new RangeError("of the request"));
		expect(told).toEqual([]);
	});
});
