import { type Client, createClient } from "@postern/client";
import { describe, expect, test, vi } from "vitest";
import { body, type BodyLog, collect, encode, eventStream, failureOf, fakeFetch, jsonAnswer } from "./fake-fetch.ts";

type Options = Parameters<Client["prompt"]>[1];

const calls: readonly (readonly [string, (client: Client, options?: Options) => Promise<unknown>])[] = [
	["a whole answer", (client, options) => client.prompt({ prompt: "x" }, options)],
	["a stream", (client, options) => collect(client.stream({ prompt: "x" }, options))],
	["a stream's promise", (client, options) => client.streamText({ prompt: "x" }, options).text],
];

/** Answers never, and is deaf to the request's signal. */
const silent = { fetch: () => new Promise<Response>(() => undefined) };
/** Begins an answer that never ends. */
const stalled = fakeFetch(() => eventStream(body([encode("data: {}\n\n")], { open: true })));

describe.each(calls)("%s", (_, call) => {
	test.each([
		["before the answer", silent],
		["inside the answer", stalled],
	])("abort %s", async (_when, gateway) => {
		const controller = new AbortController();
		const reason = new Error("enough");
		const calling = call(createClient(gateway), { signal: controller.signal });
		setTimeout(() => controller.abort(reason), 20);
		expect(await failureOf(calling)).toMatchObject({ name: "PosternError", code: "ABORTED", cause: reason });
	});

	test.each([
		["before the answer", silent],
		["inside the answer", stalled],
	])("timeout %s", async (_when, gateway) => {
		expect(await failureOf(call(createClient({ ...gateway, timeoutMs: 20 })))).toMatchObject({ code: "TIMEOUT" });
		expect(await failureOf(call(createClient({ ...gateway, timeoutMs: 60_000 }), { timeoutMs: 20 }))).toMatchObject({ code: "TIMEOUT" });
	});

	test("a signal that is aborted already sends nothing", async () => {
		const gateway = fakeFetch(() => jsonAnswer({}));
		await expect(call(createClient(gateway), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
		expect(gateway.sent).toEqual([]);
	});

	test.each([Number.NaN, 0, -1])("timeoutMs %s is refused", async (timeoutMs) => {
		expect(() => createClient({ timeoutMs, baseUrl: "https://x.example" })).toThrow(/^timeoutMs: /);
		await expect((async () => call(createClient(silent), { timeoutMs }))()).rejects.toThrow(/^timeoutMs: /);
	});
});

test("no timer and no listener outlives its call", async () => {
	vi.useFakeTimers();
	try {
		const { signal } = new AbortController();
		const added = vi.spyOn(signal, "addEventListener");
		const removed = vi.spyOn(signal, "removeEventListener");
		const options = { signal, timeoutMs: 60_000 };
		await createClient(fakeFetch(() => jsonAnswer({}))).prompt({ prompt: "x" }, options);
		await collect(createClient(fakeFetch(() => eventStream("data: [DONE]\n\n"))).stream({ prompt: "x" }, options));
		await createClient({ fetch: async () => Promise.reject(new Error("no")) }).prompt({ prompt: "x" }, options).catch(() => undefined);
		for await (const _ of createClient(stalled).stream({ prompt: "x" }, options)) break;
		expect(vi.getTimerCount()).toBe(0);
		expect(added).toHaveBeenCalledTimes(4);
		expect(removed).toHaveBeenCalledTimes(4);
	} finally {
		vi.useRealTimers();
	}
});

test("timeouts beyond what timers hold never fire", async () => {
	const client = createClient({ ...fakeFetch(() => jsonAnswer({ text: "a" })), timeoutMs: 2 ** 40 });
	expect(await client.prompt({ prompt: "x" })).toEqual({ text: "a" });
	expect(await client.prompt({ prompt: "x" }, { timeoutMs: Infinity })).toEqual({ text: "a" });
});

test("headers: a call's above the client's above the token's", async () => {
	const gateway = fakeFetch(() => jsonAnswer({}));
	const client = createClient({ ...gateway, token: "secret", headers: { "x-a": "client", "x-b": "client" } });
	await client.prompt({ prompt: "x" }, { headers: { "X-B": "call" } });
	await client.prompt({ prompt: "x" }, { headers: new Headers({ authorization: "Basic x" }) });
	await createClient({ ...gateway, token: "secret", headers: { authorization: "Basic y" } }).prompt({ prompt: "x" });
	const headers = gateway.sent.map((sent) => sent.headers);
	expect(headers.map((sent) => sent.get("authorization"))).toEqual(["Bearer secret", "Basic x", "Basic y"]);
	expect(headers[0]?.get("x-a")).toBe("client");
	expect(headers[0]?.get("x-b")).toBe("call");
	expect(headers[0]?.get("content-type")).toBe("application/json");
});

test("bad options are named, and the token is not shown", () => {
	expect(() => createClient({ baseUrl: "/ai" })).toThrow(/^baseUrl: /);
	expect(() => createClient({})).toThrow(/^baseUrl: /);
	expect(() => createClient({ baseUrl: "https://x.example", token: "se cret\n" })).toThrow(/^token: (?!.*cret)/);
});

test("in a page, paths stand for the page's origin", async () => {
	vi.stubGlobal("location", { href: "https://app.example/chat/1" });
	try {
		expect(() => createClient({ baseUrl: "/ai" })).not.toThrow();
		expect(() => createClient()).not.toThrow();
	} finally {
		vi.unstubAllGlobals();
	}
});

test("the global fetch is looked up at each call", async () => {
	const client = createClient({ baseUrl: "https://ai.example" });
	vi.stubGlobal("fetch", async (request: Request) => jsonAnswer({ text: request.url }));
	try {
		expect(await client.prompt({ prompt: "x" })).toEqual({ text: "https://ai.example/v1/prompt" });
	} finally {
		vi.unstubAllGlobals();
	}
});

test("lone surrogates and control characters of a request arrive", async () => {
	const gateway = fakeFetch(() => jsonAnswer({}));
	await createClient(gateway).prompt({ prompt: "a\ud800\r\n\u0000[DONE]" });
	expect(gateway.sent[0]?.body).toEqual({ prompt: "a\ud800\r\n\u0000[DONE]" });
});

test("a late answer to a stopped call is not read", async () => {
	const log: BodyLog = { pulled: 0, isCancelled: false };
	const answer = Promise.withResolvers<Response>();
	const controller = new AbortController();
	const calling = createClient({ fetch: () => answer.promise }).prompt({ prompt: "x" }, { signal: controller.signal });
	controller.abort();
	await expect(calling).rejects.toMatchObject({ code: "ABORTED" });
	answer.resolve(eventStream(body([encode("data: a\n\n")], { log })));
	await new Promise((resolve) => setImmediate(resolve));
	expect(log.pulled).toBe(0);
});
