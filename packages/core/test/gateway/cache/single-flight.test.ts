import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventsOf, send } from "../support.ts";
import { SendError } from "../../../src/rules/providers/transport.ts";
import type { GatewayOptions } from "../../../src/index.ts";
import { sqliteCacheStore } from "../../../src/node/sqlite/sqlite-cache-store.ts";
import { gate, said, turns, type World, world } from "./support.ts";

const body = { prompt: "What does everybody ask at once?", model: "sim/echo" };
const on = { "x-postern-cache": "on" };
const crowd = 200;

describe.each<[string, () => GatewayOptions["cache"] & object]>([
	["in memory", () => ({})],
	["in SQLite", () => ({ store: sqliteCacheStore(":memory:") })],
])("%s", (_place, cache) => {
	function worldWith(options: Partial<GatewayOptions> = {}, before?: (call: number) => Promise<void> | void): World {
		return world({ cache: cache(), ...options }, before);
	}

	describe("requests at the same time", () => {
		it.each(["/v1/prompt", "/v1/stream"])("%s: two hundred share one call, and each has its own line in the ledger", async (path) => {
			const held = gate();
			const { ask, calls, active, records, gateway } = worldWith({}, () => held.passed);
			const asked = Array.from({ length: crowd }, () => ask(path, { body }));
			await expect.poll(calls).toBe(1);
			held.open();
			const answers = await Promise.all(asked);
			expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
			expect(new Set(answers.map(said)).size).toBe(1);
			expect(answers.map(({ headers }) => headers.get("x-postern-cache")).toSorted()).toEqual([...Array.from({ length: crowd - 1 }, () => "hit"), "miss"]);
			expect([calls(), active()]).toEqual([1, 0]);
			const lines = await records();
			expect(new Set(lines.map(({ id }) => id)).size).toBe(crowd);
			expect(lines.filter(({ outcome }) => outcome === "ok").map(({ attempts, cached }) => [attempts, cached])).toEqual([[1, undefined]]);
			const shared = lines.filter(({ outcome }) => outcome === "cached");
			expect(shared.length).toBe(crowd - 1);
			expect(new Set(shared.map(({ costMicroUsd, cached, attempts, status }) => JSON.stringify([costMicroUsd, cached, attempts, status])))).toEqual(new Set(['[0,"exact",0,200]']));
			await gateway.close();
		});

		it("a whole answer is read from the stream that is under way; a stream does not wait for a whole answer", async () => {
			const held = gate();
			const { ask, calls } = worldWith({}, () => held.passed);
			const stream = ask("/v1/stream", { body });
			await expect.poll(calls).toBe(1);
			const whole = ask("/v1/prompt", { body });
			held.open();
			expect((await whole).headers.get("x-postern-cache")).toBe("hit");
			expect((await stream).headers.get("x-postern-cache")).toBe("miss");
			expect(calls()).toBe(1);

			const second = gate();
			const other = worldWith({}, (call) => (call === 1 ? second.passed : undefined));
			const slow = other.ask("/v1/prompt", { body });
			await expect.poll(other.calls).toBe(1);
			expect((await other.ask("/v1/stream", { body })).headers.get("x-postern-cache")).toBe("miss");
			second.open();
			expect((await slow).status).toBe(200);
			expect(other.calls()).toBe(2);
		});

		it("another tenant's, another question's and refreshing requests fly alone", async () => {
			const held = gate();
			const { ask, calls } = worldWith({ identify: ({ header }) => ({ kind: "host", id: header("x-who") ?? "nobody" }) }, () => held.passed);
			const asked = [
				ask("/v1/prompt", { body, headers: { "x-who": "ann" } }),
				ask("/v1/prompt", { body, headers: { "x-who": "bob" } }),
				ask("/v1/prompt", { body: { ...body, temperature: 1 }, headers: { "x-who": "ann" } }),
				ask("/v1/prompt", { body, headers: { "x-who": "ann" }, cache: "refresh" }),
			];
			await expect.poll(calls).toBe(4);
			held.open();
			expect((await Promise.all(asked)).map(({ headers }) => headers.get("x-postern-cache"))).toEqual(["miss", "miss", "miss", "refresh"]);
		});

		it("followers of a stream see it as it comes", async () => {
			const { gateway, calls } = worldWith({ clocks: { idleMs: 60_000 } });
			const controller = new AbortController();
			const streams = [];
			for (let count = 0; count < 3; count++) streams.push(await send(gateway, "/v1/stream", { body: { prompt: "x", model: "sim/stall" }, headers: on, signal: controller.signal }));
			for (const stream of streams) {
				const read = await stream.body?.getReader().read();
				expect(new TextDecoder().decode(read?.value)).toContain("data: ");
			}
			expect(calls()).toBe(1);
			controller.abort();
			await gateway.close({ deadlineMs: 0 });
		});
	});

	describe("hang-ups", () => {
		it.each(["/v1/prompt", "/v1/stream"])("%s: the leader's does not end the others' call", async (path) => {
			const held = gate();
			const { ask, calls, active, records } = worldWith({}, () => held.passed);
			const leader = new AbortController();
			const led = ask(path, { body, signal: leader.signal }).catch(() => undefined);
			await expect.poll(calls).toBe(1);
			const followers = Array.from({ length: 5 }, () => ask(path, { body }));
			await turns(20);
			leader.abort();
			await led;
			held.open();
			expect((await Promise.all(followers)).map(({ status, headers }) => [status, headers.get("x-postern-cache")])).toEqual(Array.from({ length: 5 }, () => [200, "hit"]));
			expect([calls(), active()]).toEqual([1, 0]);
			// The call was made on the leader's account and came to its end.
			expect((await records()).map(({ outcome }) => outcome).toSorted()).toEqual(["cached", "cached", "cached", "cached", "cached", "ok"]);
		});

		it.each(["/v1/prompt", "/v1/stream"])("%s: the last one's ends the call", async (path) => {
			const { gateway, active, records } = worldWith();
			const controller = new AbortController();
			const model = "sim/never-starts";
			const asked = Array.from({ length: 3 }, () => send(gateway, path, { body: { ...body, model }, headers: on, signal: controller.signal }).catch(() => undefined));
			await expect.poll(active).toBe(1);
			controller.abort();
			await Promise.all(asked);
			await expect.poll(active).toBe(0);
			await expect.poll(async () => (await records()).map(({ outcome, status }) => `${outcome} ${status}`)).toEqual(["cancelled 499", "cancelled 499", "cancelled 499"]);
			expect((await records()).map(({ attempts }) => attempts).toSorted()).toEqual([0, 0, 1]);
			await gateway.close();
		});

		it("at any moment, of anybody: whoever stays is answered, each has one line, and nothing is left running", async () => {
			await fc.assert(
				fc.asyncProperty(
					fc.array(fc.record({ isStreamed: fc.boolean(), startAfter: fc.nat(6), hangUpAfter: fc.option(fc.nat(12), { nil: undefined }) }), { minLength: 2, maxLength: 8 }),
					fc.nat(6),
					async (callers, openAfter) => {
						const held = gate();
						const { gateway, active, records } = worldWith({}, () => held.passed);
						void turns(openAfter).then(held.open);
						const answers = callers.map(async ({ isStreamed, startAfter, hangUpAfter }) => {
							await turns(startAfter);
							const controller = new AbortController();
							if (hangUpAfter !== undefined) void turns(hangUpAfter).then(() => controller.abort());
							try {
								const response = await send(gateway, isStreamed ? "/v1/stream" : "/v1/prompt", { body, headers: on, signal: controller.signal });
								return { status: response.status, text: await response.text() };
							} catch (error) {
								if (!controller.signal.aborted) throw error;
								return undefined;
							}
						});
						const got = await Promise.all(answers);
						for (const [place, { hangUpAfter }] of callers.entries()) {
							if (hangUpAfter === undefined) expect(got[place]).toMatchObject({ status: 200, text: expect.stringContaining("everybody") });
						}
						await expect.poll(active).toBe(0);
						await turns(5);
						const lines = await records();
						expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
						expect(lines.length).toBeLessThanOrEqual(callers.length);
						expect(lines.filter(({ outcome }) => !["ok", "cached", "cancelled"].includes(outcome))).toEqual([]);
						expect(lines.length).toBeGreaterThanOrEqual(callers.filter(({ hangUpAfter }) => hangUpAfter === undefined).length);
						await gateway.close();
					},
				),
				{ numRuns: 60 },
			);
		});
	});

	describe("failures", () => {
		it.each(["/v1/prompt", "/v1/stream"])("%s: a leader's is not its followers': the next one leads", async (path) => {
			const held = gate();
			const { ask, calls, records } = worldWith({ retry: { attemptsPerTarget: 1, attemptsInAll: 1 } }, async (call) => {
				if (call > 1) return;
				await held.passed;
				throw new SendError("network", "no connection");
			});
			const asked = Array.from({ length: 10 }, () => ask(path, { body }));
			await expect.poll(calls).toBe(1);
			held.open();
			const statuses = (await Promise.all(asked)).map(({ status }) => status);
			expect(statuses.filter((status) => status === 200).length).toBe(9);
			expect(calls()).toBe(2);
			expect((await records()).map(({ outcome }) => outcome).toSorted()).toEqual([...Array.from({ length: 8 }, () => "cached"), "failed", "ok"]);
		});

		it.each(["/v1/prompt", "/v1/stream"])("%s: one that lasts is everybody's own after two flights", async (path) => {
			const { ask, calls, records } = worldWith({ retry: { attemptsPerTarget: 1, attemptsInAll: 1 }, cooldown: false });
			const answers = await Promise.all(Array.from({ length: 10 }, () => ask(path, { body: { ...body, model: "sim/error-500" } })));
			expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
			expect(calls()).toBe(10);
			expect((await records()).map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => "failed"));
		});

		it("a stream that breaks off breaks off for those who have seen its beginning, and is not kept", async () => {
			const held = gate();
			const { ask, calls, records } = worldWith({}, () => held.passed);
			const broken = { prompt: "x", model: "sim/error-after-start" };
			const asked = [ask("/v1/stream", { body: broken }), ask("/v1/stream", { body: broken })];
			await turns(20);
			held.open();
			const streams = await Promise.all(asked);
			for (const { status, text } of streams) {
				expect(status).toBe(200);
				expect(eventsOf(text).at(-1)?.event).toBe("error");
			}
			expect(calls()).toBe(1);
			expect((await records()).map(({ outcome, costMicroUsd, attempts }) => [outcome, attempts === 0 ? costMicroUsd : "-"]).toSorted()).toEqual([["failed", "-"], ["failed", 0]]);
			expect((await ask("/v1/stream", { body: broken })).headers.get("x-postern-cache")).toBe("miss");
		});
	});
});
