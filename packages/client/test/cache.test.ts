import { type CacheChoice, createClient } from "@postern/client";
import { createGateway, simulator } from "@postern/core";
import { expect, expectTypeOf, test } from "vitest";
import { fakeFetch, jsonAnswer } from "./fake-fetch.ts";

test.each<[CacheChoice | undefined, string | null]>([
	[undefined, null],
	[true, "on"],
	[false, "off"],
	[{}, "on"],
	[{ refresh: true }, "refresh"],
	[{ ttlSeconds: 600, exact: true }, "on,ttl=600,exact"],
	[{ refresh: true, ttlSeconds: 0, toolCalls: true, exact: false }, "refresh,ttl=0,tool-calls"],
])("%j is sent as %j", async (cache, header) => {
	const gateway = fakeFetch(() => jsonAnswer({}));
	const client = createClient({ fetch: gateway.fetch, baseUrl: "https://ai.example" });
	await client.prompt({ prompt: "x" }, cache === undefined ? {} : { cache });
	expect(gateway.sent[0]?.headers.get("x-postern-cache")).toBe(header);
});

test("a gateway in the same process does as it is told, whole and streamed", async () => {
	let calls = 0;
	const sim = simulator();
	const counted = { ...sim, send: (...request: Parameters<typeof sim.send>) => (calls++, sim.send(...request)) };
	const gateway = createGateway({ providers: { sim: counted }, auth: false });
	const client = createClient({ fetch: gateway.fetch });
	const request = { prompt: "Hi", model: "sim/echo" };
	const first = await client.prompt(request, { cache: { ttlSeconds: 60 } });
	const second = await client.prompt(request, { cache: true });
	expect([second.text, calls]).toEqual([first.text, 1]);
	let streamed = "";
	for await (const delta of client.stream(request, { cache: { exact: true } })) streamed += delta;
	expect([streamed, calls]).toEqual([first.text, 1]);
	await client.prompt(request, { cache: { refresh: true } });
	await client.prompt(request, { cache: false });
	expect(calls).toBe(3);
	await expect(client.prompt(request, { cache: { ttlSeconds: 0 } })).rejects.toMatchObject({ code: "VALIDATION_ERROR", status: 400 });
	await gateway.close();
});

test("a misspelt choice is a compile error", () => {
	expectTypeOf<{ ttl: number }>().not.toExtend<CacheChoice>();
});
