import { describe, expect, test } from "vitest";
import { createGateway, memoryStore, simulator } from "@postern/core";
import { parseSse, surfaceCases } from "./surfaces.ts";

/** The route `fast` has a faulty first target and another vendor's dialect behind it. */
function house(first: string) {
	const store = memoryStore();
	const providers = { first: simulator(), second: simulator({ dialect: "anthropic-messages" }) };
	const gateway = createGateway({
		providers,
		routes: { fast: [`first/${first}`, "second/echo"] },
		auth: false,
		store,
		retry: { attemptsPerTarget: 2, baseDelayMs: 1, maxDelayMs: 10 },
		clocks: { firstEventMs: first === "never-starts" ? 400 : 30_000 },
	});
	return { store, gateway };
}

describe.each(surfaceCases)("a route behind the $name surface", (surface) => {
	const ask = (gateway: ReturnType<typeof house>["gateway"], stream: boolean): Promise<Response> => {
		const { path, body } = surface.ask("fast", stream);
		return gateway.fetch(new Request(`http://gateway${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));
	};

	test.each([
		["error-500", 3],
		["rate-limited-60", 2],
		["overloaded", 3],
		["unauthorized", 2],
		["context-length", 2],
		["no-such-model", 2],
		["garbage", 3],
		["empty", 3],
		["error-in-stream", 3],
	])("%s: the second target answers, and nobody notices", async (first, attempts) => {
		for (const stream of [false, true]) {
			const { gateway, store } = house(first);
			const response = await ask(gateway, stream);
			const text = await response.text();
			expect({ status: response.status, text }).toMatchObject({ status: 200 });
			if (stream) expect(surface.isComplete(parseSse(text))).toBe(true);
			else expect(text).toContain("You said: Hello there");
			expect(await store.listUsage()).toMatchObject([{ route: "fast", provider: "second", model: "echo", attempts, outcome: "ok", status: 200 }]);
		}
	});

	test("a stream that never starts is left for the second target", async () => {
		const { gateway, store } = house("never-starts");
		const response = await ask(gateway, true);
		expect(surface.isComplete(parseSse(await response.text()))).toBe(true);
		expect(await store.listUsage()).toMatchObject([{ provider: "second", attempts: 2, outcome: "ok" }]);
	});

	test("a request that the provider refuses is not asked again elsewhere", async () => {
		const { gateway, store } = house("bad-request");
		expect((await ask(gateway, false)).status).toBe(400);
		expect(await store.listUsage()).toMatchObject([{ provider: "first", attempts: 1, outcome: "failed", status: 400 }]);
	});

	test.each(["cut", "error-after-start", "early-end"])("%s: after the first word there is no other target", async (first) => {
		const { gateway, store } = house(first);
		const events = parseSse(await (await ask(gateway, true)).text());
		expect(surface.isComplete(events)).toBe(false);
		expect(surface.terminalCode(events)).toBeDefined();
		expect(events.map(({ data }) => data).join("")).not.toContain("You said");
		expect(await store.listUsage()).toMatchObject([{ provider: "first", attempts: 1, outcome: "failed" }]);
	});
});
