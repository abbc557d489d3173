import { describe, expect, it } from "vitest";
import { createSlots } from "../../src/effects/concurrency.ts";
import { createIdentifiers } from "../../src/effects/identifiers.ts";
import { createSessionQueue } from "../../src/effects/session-queue.ts";

describe("slots", () => {
	it("are given out up to the limit and come back once", () => {
		const slots = createSlots(2);
		const first = slots.acquire();
		const second = slots.acquire();
		expect(slots.acquire()).toBeUndefined();
		first?.();
		first?.();
		expect(slots.active()).toBe(1);
		expect(slots.acquire()).toBeDefined();
		expect(slots.acquire()).toBeUndefined();
		second?.();
	});
	it("0 lets nobody in, no limit everybody", () => {
		expect(createSlots(0).acquire()).toBeUndefined();
		const open = createSlots(undefined);
		expect(Array.from({ length: 100 }, () => open.acquire()).every((release) => release !== undefined)).toBe(true);
	});
});

describe("the queue of a session", () => {
	const alive = new AbortController().signal;
	it("lets one in at a time, in order, and other sessions beside it", async () => {
		const queue = createSessionQueue();
		const order: string[] = [];
		const first = await queue.enter("a", alive);
		const second = queue.enter("a", alive).then((leave) => (order.push("second"), leave));
		const third = queue.enter("a", alive).then((leave) => (order.push("third"), leave));
		const other = await queue.enter("b", alive);
		expect(other).toBeDefined();
		expect(order).toEqual([]);
		first?.();
		(await second)?.();
		expect(order).toEqual(["second"]);
		(await third)?.();
		expect(order).toEqual(["second", "third"]);
	});
	it("a waiter that hangs up loses its place and keeps nobody waiting", async () => {
		const queue = createSessionQueue();
		const controller = new AbortController();
		const first = await queue.enter("a", alive);
		const waiter = queue.enter("a", controller.signal);
		const next = queue.enter("a", alive);
		controller.abort();
		expect(await waiter).toBeUndefined();
		first?.();
		expect(await next).toBeDefined();
	});
});

describe("ids", () => {
	const randomBytes = (count: number) => crypto.getRandomValues(new Uint8Array(count));
	it("carry their prefix and are unlike each other", () => {
		const createId = createIdentifiers({ randomBytes, now: () => 1_700_000_000_000 });
		const ids = Array.from({ length: 1000 }, () => [createId("req"), createId("ses")]).flat();
		expect(new Set(ids).size).toBe(2000);
		expect(ids.every((id) => /^(req_018bcfe56800[0-9a-f]{16}|ses_[0-9a-f]{24})$/.test(id))).toBe(true);
		expect(createId("chatcmpl")).toMatch(/^chatcmpl-[0-9a-f]{24}$/);
	});
	it("of requests sort by time", () => {
		let now = 1;
		const createId = createIdentifiers({ randomBytes, now: () => now++ });
		const ids = Array.from({ length: 300 }, () => createId("req"));
		expect(ids.toSorted()).toEqual(ids);
	});
	it("use no random byte twice", () => {
		let next = 0;
		const createId = createIdentifiers({ now: () => 0, randomBytes: (count) => Uint8Array.from({ length: count }, () => next++ & 255) });
		const digits = Array.from({ length: 85 }, () => createId("ses").slice(4)).join("");
		expect(digits).toBe(Array.from({ length: 1020 }, (_, index) => (index & 255).toString(16).padStart(2, "0")).join(""));
	});
});
