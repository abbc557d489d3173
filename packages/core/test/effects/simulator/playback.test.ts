import { describe, expect, test } from "vitest";
import { play, type PlaybackEnd, type Schedule } from "../../../src/effects/simulator/playback.ts";
import type { Performance, WireStep } from "../../../src/rules/simulator/performance.ts";

const bytes = (text: string): WireStep => ({ type: "bytes", bytes: new TextEncoder().encode(text) });
const forever: WireStep = { type: "wait", ms: Number.POSITIVE_INFINITY };
const staged = (body: readonly WireStep[], waitMs = 0): Performance => ({ waitMs, status: 200, headers: {}, body });

/** Time that passes when told to. */
function manualClock(): { schedule: Schedule; pass(): number | undefined; pending(): number } {
	const timers: { ms: number; callback: () => void }[] = [];
	return {
		schedule(ms, callback) {
			const timer = { ms, callback };
			timers.push(timer);
			return () => void timers.splice(timers.indexOf(timer), 1);
		},
		pass() {
			const timer = timers.shift();
			timer?.callback();
			return timer?.ms;
		},
		pending: () => timers.length,
	};
}

function start(performance: Performance, clock = manualClock()) {
	const controller = new AbortController();
	const ends: PlaybackEnd[] = [];
	const response = play(performance, controller.signal, clock.schedule, (end) => ends.push(end));
	response.catch(() => undefined);
	return { clock, controller, ends, response };
}

test("gives chunk after chunk and a clean end", async () => {
	const { response, ends } = start(staged([bytes("a"), bytes("b")]));
	const { body } = await response;
	expect([await body.read(), await body.read(), await body.read(), await body.read()].map((chunk) => chunk && String.fromCharCode(...chunk))).toEqual(["a", "b", undefined, undefined]);
	expect(ends).toEqual(["played"]);
});

test("waits before the headers, and between chunks only while somebody reads", async () => {
	const clock = manualClock();
	const { response } = start(staged([bytes("a"), { type: "wait", ms: 20 }, bytes("b")], 10), clock);
	expect(clock.pass()).toBe(10);
	const { body } = await response;
	await body.read();
	expect(clock.pending()).toBe(0);
	const second = body.read();
	expect(clock.pass()).toBe(20);
	expect(await second).toEqual(new Uint8Array([98]));
});

test("a reset is a broken connection", async () => {
	const { response, ends } = start(staged([bytes("a"), { type: "reset" }]));
	const { body } = await response;
	await body.read();
	await expect(body.read()).rejects.toMatchObject({ name: "SendError", reason: "network" });
	expect(ends).toEqual(["played"]);
});

describe("an abort ends everything at once", () => {
	test("before it began", async () => {
		const controller = new AbortController();
		controller.abort();
		const ends: PlaybackEnd[] = [];
		await expect(play(staged([]), controller.signal, manualClock().schedule, (end) => ends.push(end))).rejects.toMatchObject({ reason: "aborted" });
		expect(ends).toEqual(["cancelled"]);
	});

	test("while the headers are awaited", async () => {
		const { response, controller, clock, ends } = start(staged([], 1000));
		controller.abort();
		await expect(response).rejects.toMatchObject({ name: "SendError", reason: "aborted" });
		expect([clock.pending(), ends]).toEqual([0, ["cancelled"]]);
	});

	test("while headers are awaited that never come", async () => {
		const { response, controller } = start(staged([], Number.POSITIVE_INFINITY));
		controller.abort();
		await expect(response).rejects.toMatchObject({ reason: "aborted" });
	});

	test("in the middle of a read", async () => {
		const { response, controller, ends } = start(staged([bytes("a"), forever]));
		const { body } = await response;
		await body.read();
		const stalled = body.read();
		controller.abort();
		await expect(stalled).rejects.toMatchObject({ reason: "aborted" });
		expect(ends).toEqual(["cancelled"]);
	});

	test("between two reads", async () => {
		const { response, controller, ends } = start(staged([bytes("a"), bytes("b")]));
		const { body } = await response;
		controller.abort();
		expect(ends).toEqual(["cancelled"]);
		await expect(body.read()).rejects.toMatchObject({ reason: "aborted" });
	});

	test("and changes nothing after the end", async () => {
		const { response, controller, ends } = start(staged([]));
		const { body } = await response;
		expect(await body.read()).toBeUndefined();
		controller.abort();
		body.cancel();
		expect(ends).toEqual(["played"]);
	});
});

test("letting go of the body counts as giving up, once", async () => {
	const { response, ends } = start(staged([bytes("a"), bytes("b")]));
	const { body } = await response;
	await body.read();
	body.cancel();
	body.cancel();
	expect(ends).toEqual(["cancelled"]);
});
