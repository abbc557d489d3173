import { describe, expect, it } from "vitest";
import { type CacheEntry, type CacheStore, simulator } from "../../../src/index.ts";
import { sqliteStore } from "../../../src/node/index.ts";
import { type Asked, ask, testGateway } from "../support.ts";
import { gate, turns, world } from "./support.ts";

const surfaces = ["prompt", "text", "openai", "insights"] as const;
const idOf = ({ headers }: Asked) => headers.get("x-request-id") ?? "";
const body = { prompt: "How old is the wall?", model: "sim/echo" };

describe("an answer from the cache tells the request that made it", () => {
	it.each([
		["whole", "/v1/prompt", "/v1/prompt"],
		["streamed", "/v1/stream", "/v1/stream"],
		["whole, of one that was streamed", "/v1/stream", "/v1/prompt"],
		["streamed, of one that was whole", "/v1/prompt", "/v1/stream"],
	])("%s", async (_, first, second) => {
		const { ask: asked, gateway } = world({ surfaces });
		const made = await asked(first, { body });
		const given = await asked(second, { body });
		expect(given.headers.get("x-postern-cache")).toBe("hit");
		expect((await ask(gateway, `/v1/requests/${idOf(given)}`)).json).toMatchObject({ outcome: "cached", attempts: [], answeredFrom: idOf(made) });
		expect((await ask(gateway, `/v1/requests/${idOf(made)}`)).json).not.toHaveProperty("answeredFrom");
	});

	it.each([
		["whole", "/v1/prompt", "/v1/prompt"],
		["streamed", "/v1/stream", "/v1/stream"],
		["whole, while it is streamed", "/v1/stream", "/v1/prompt"],
	])("that is still being made: %s", async (_, first, second) => {
		const held = gate();
		const { ask: asked, records } = world({ surfaces }, () => held.passed);
		const leader = asked(first, { body });
		await turns(3);
		const follower = asked(second, { body });
		await turns(3);
		held.open();
		const [made, given] = await Promise.all([leader, follower]);
		const record = (await records()).find(({ id }) => id === idOf(given));
		expect(record).toMatchObject({ outcome: "cached", trace: { attempts: [], answeredFrom: idOf(made) } });
	});

	it("of another question that means the same", async () => {
		const { ask: asked, records } = world({ surfaces, cache: { semantic: { model: "sim/echo", threshold: 0.01 } } });
		const made = await asked("/v1/prompt", { body });
		const similar = await asked("/v1/prompt", { body: { ...body, prompt: "How old is that wall?" } });
		const again = await asked("/v1/prompt", { body: { ...body, prompt: "How old is that wall?" } });
		for (const given of [similar, again]) {
			expect(given.headers.get("x-postern-cache")).toMatch(/^semantic-hit/);
			expect((await records()).find(({ id }) => id === idOf(given))?.trace?.answeredFrom).toBe(idOf(made));
		}
	});

	it("in a ledger on disk", async () => {
		const store = sqliteStore(":memory:");
		const { ask: asked, gateway } = world({ surfaces, store });
		const made = await asked("/v1/prompt", { body });
		expect((await ask(gateway, `/v1/requests/${idOf(await asked("/v1/prompt", { body }))}`)).json).toMatchObject({ answeredFrom: idOf(made) });
		await store.close();
	});
});

it("an answer that was kept without it is given all the same", async () => {
	const kept = new Map<string, CacheEntry>();
	const older: CacheStore = {
		find: async (key) => kept.get(key),
		async put(key, entry) {
			const { requestId, ...text } = JSON.parse(entry.text) as Record<string, unknown>;
			expect(requestId).toMatch(/^req_/);
			kept.set(key, { ...entry, text: JSON.stringify(text) });
		},
	};
	const gateway = testGateway({ providers: { sim: simulator() }, surfaces, cache: { ttlSeconds: 60, store: older } });
	await ask(gateway, "/v1/prompt", { body });
	const given = await ask(gateway, "/v1/prompt", { body });
	expect(given.headers.get("x-postern-cache")).toBe("hit");
	const { status, json } = await ask(gateway, `/v1/requests/${idOf(given)}`);
	expect([status, json.outcome, "answeredFrom" in json]).toEqual([200, "cached", false]);
});
