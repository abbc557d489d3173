import { describe, expect, it } from "vitest";
import type { LimitedParty, LimitRules } from "../../src/contract/tenancy.ts";
import { type Gateway, type GatewayOptions, memoryStore, type ObservedEvent, type Principal } from "../../src/index.ts";
import type { PartyCounters } from "../../src/rules/limits/counters.ts";
import { ask, type AskOptions, type Asked, send, testGateway } from "./support.ts";

/** One micro-dollar for a token of the prompt, two for one of the answer; `slow` is ten times as dear. */
const prices = { input: 1, output: 2 };
const models = { sim: { echo: { prices, maxOutputTokens: 2000 }, "error-500": { prices }, "bad-request": { prices }, flaky: { prices }, stall: { prices, maxOutputTokens: 2000 }, slow: { prices: { input: 10, output: 20 } } } };
const hello = { prompt: "Say something kind to the gatekeeper, please" };

interface World {
	readonly gateway: Gateway;
	readonly observed: ObservedEvent[];
	ask(path: string, options?: AskOptions): Promise<Asked>;
	counters(): Promise<PartyCounters>;
	passTime(ms: number): void;
}

/** A gateway whose every caller belongs to one party with limits. Its clock stands still. */
function world(rules: LimitRules, options: Partial<GatewayOptions> = {}, kind: LimitedParty["kind"] = "host"): World {
	const party: LimitedParty = { kind, id: "party_1", rules };
	const observed: ObservedEvent[] = [];
	const store = options.store ?? memoryStore();
	let now = Date.UTC(2026, 9, 20, 12);
	const identify = (): Principal => ({ kind: "host", id: "someone", limits: [party] });
	const gateway = testGateway({ models, identify, store, surfaces: ["meta", "prompt", "text", "openai", "anthropic", "gemini"], runtime: { now: () => now, observe: (event) => observed.push(event) }, ...options });
	return {
		gateway,
		observed,
		ask: (path, asked) => ask(gateway, path, asked),
		async counters() {
			const counters = await store.limits.find(party, now);
			if (counters === undefined) throw new Error("Nothing was counted");
			return counters;
		},
		passTime(ms) {
			now += ms;
		},
	};
}

/** A stream that stays open until it is let go. */
async function openStream(gateway: Gateway): Promise<() => Promise<void>> {
	const controller = new AbortController();
	const response = await send(gateway, "/v1/stream", { body: { ...hello, model: "sim/stall" }, signal: controller.signal });
	expect(response.status).toBe(200);
	const reader = response.body?.getReader();
	await reader?.read();
	return async () => {
		controller.abort();
		await reader?.cancel().catch(() => {});
	};
}

describe("requests a minute", () => {
	it.each(["organisation", "project", "key", "host"] as const)("of a %s: the next is told when to come back, and passes then", async (kind) => {
		const { ask, passTime } = world({ requestsPerMinute: 2 }, {}, kind);
		const statuses = [await ask("/v1/prompt", { body: hello }), await ask("/v1/prompt", { body: hello }), await ask("/v1/prompt", { body: hello })];
		expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
		expect(statuses[1]?.headers.get("ratelimit-policy")).toBe(`"${kind}-requests";q=2;w=60`);
		expect(statuses[1]?.headers.get("ratelimit")).toBe(`"${kind}-requests";r=0;t=65`);
		expect(statuses[2]?.headers.get("ratelimit")).toBe(`"${kind}-requests";r=0;t=65`);
		expect(statuses[2]?.headers.get("retry-after")).toBe("65");
		expect(statuses[2]?.json).toMatchObject({ code: "RATE_LIMIT_EXCEEDED", error: `${kind === "host" ? "Your" : `This ${kind}'s`} limit of 2 requests a minute is reached` });
		passTime(65_000);
		expect((await ask("/v1/prompt", { body: hello })).status).toBe(200);
	});

	it("count on every surface, streamed and whole, embeddings too", async () => {
		const { ask } = world({ requestsPerMinute: 4 });
		const messages = [{ role: "user", content: "hello" }];
		const calls: readonly (readonly [path: string, body: object])[] = [
			["/v1/stream", hello],
			["/v1/chat/completions", { model: "sim/echo", messages }],
			["/v1/messages", { model: "sim/echo", max_tokens: 50, stream: true, messages }],
			["/v1/embeddings", { model: "sim/echo", input: "hello" }],
		];
		for (const [path, body] of calls) expect([path, (await ask(path, { body })).status]).toEqual([path, 200]);
		for (const [path, body] of [...calls, ["/generate-text", hello], ["/v1beta/models/sim/echo:generateContent", { contents: [{ parts: [{ text: "x" }] }] }]] as const) {
			expect([path, (await ask(path, { body })).status]).toEqual([path, 429]);
		}
	});

	it("refuse in every family's own words", async () => {
		const { ask } = world({ requestsPerMinute: 0 });
		const messages = [{ role: "user", content: "hello" }];
		const openai = await ask("/v1/chat/completions", { body: { model: "sim/echo", messages } });
		expect(openai).toMatchObject({ status: 429, json: { error: { type: "rate_limit_error", code: "rate_limit_exceeded" } } });
		const anthropic = await ask("/v1/messages", { body: { model: "sim/echo", max_tokens: 5, messages } });
		expect(anthropic).toMatchObject({ status: 429, json: { type: "error", error: { type: "rate_limit_error" } } });
		const gemini = await ask("/v1beta/models/sim/echo:generateContent", { body: { contents: [{ parts: [{ text: "x" }] }] } });
		expect(gemini).toMatchObject({ status: 429, json: { error: { status: "RESOURCE_EXHAUSTED", details: [{ reason: "RATE_LIMIT_EXCEEDED" }] } } });
	});

	it("are no concern of principals without limits: the store is never asked", async () => {
		const store = memoryStore();
		const limits = { ...store.limits, reserve: () => Promise.reject(new Error("asked")), settle: () => Promise.reject(new Error("asked")) };
		const gateway = testGateway({ store: { ...store, limits } });
		const { status, headers } = await ask(gateway, "/v1/prompt", { body: hello });
		expect([status, headers.has("ratelimit")]).toEqual([200, false]);
	});
});

describe("tokens a minute", () => {
	it("are what was used, not what was held", async () => {
		const { ask, counters } = world({ tokensPerMinute: 1100 });
		const answered = await ask("/v1/prompt", { body: hello });
		const { tokensIn, tokensOut } = answered.json as { tokensIn: number; tokensOut: number };
		expect(tokensIn + tokensOut).toBeGreaterThan(0);
		expect((await counters()).minute.map(([, , tokens]) => tokens)).toEqual([tokensIn + tokensOut]);
		expect(answered.headers.get("ratelimit-policy")).toBe('"host-tokens";q=1100;w=60;qu="tokens"');
	});

	it("refuse what could never pass without telling when to come back", async () => {
		const { ask } = world({ tokensPerMinute: 100 });
		const refused = await ask("/v1/prompt", { body: { ...hello, prompt: "x".repeat(4000) } });
		expect(refused).toMatchObject({ status: 429, json: { error: "Your limit of 100 tokens a minute lets no request of about 2000 tokens through" } });
		expect(refused.headers.has("retry-after")).toBe(false);
	});
});

describe("requests at once", () => {
	it("come back when a stream ends, and when its caller hangs up", async () => {
		const { gateway, ask, counters } = world({ concurrentRequests: 1 });
		const leave = await openStream(gateway);
		const refused = await ask("/v1/prompt", { body: hello });
		expect(refused).toMatchObject({ status: 429, json: { code: "RATE_LIMIT_EXCEEDED", error: "Your limit of 1 request at once is reached" } });
		expect(refused.headers.get("ratelimit-policy")).toBe('"host-concurrency";q=1;qu="concurrent-requests"');
		expect(refused.headers.get("retry-after")).toBe("2");
		await leave();
		await expect.poll(async () => (await counters()).running).toBe(0);
		for (let round = 0; round < 3; round++) expect((await ask("/v1/stream", { body: hello })).status).toBe(200);
	});

	it.each(["error-500", "bad-request", "cut", "garbage", "error-in-stream", "unauthorized"])("come back after %s, whole and streamed", async (model) => {
		const { ask, counters } = world({ concurrentRequests: 1 }, { retry: { attemptsPerTarget: 1 } });
		for (const path of ["/v1/prompt", "/v1/stream", "/v1/prompt"]) expect((await ask(path, { body: { ...hello, model: `sim/${model}` } })).status).not.toBe(429);
		expect((await counters()).running).toBe(0);
	});

	it("hold no slot of the surface where they refuse", async () => {
		const { ask } = world({ concurrentRequests: 0 }, { limits: { nonStreaming: 1 } });
		for (let round = 0; round < 2; round++) expect((await ask("/generate-text", { body: hello })).json.code).toBe("RATE_LIMIT_EXCEEDED");
		expect((await ask("/health")).json.concurrency).toMatchObject({ nonStreaming: { active: 0 } });
	});
});

describe("budgets", () => {
	const dayBudget = (microUsd: number) => ({ budgets: [{ period: "day", microUsd }] }) as const;

	it("are spent by what answers cost, and refuse with 402 until the day is over", async () => {
		const { ask, counters, passTime } = world(dayBudget(4110));
		const first = await ask("/v1/prompt", { body: hello });
		const { tokensIn, tokensOut } = first.json as { tokensIn: number; tokensOut: number };
		expect((await counters()).day.microUsd).toEqual({ spent: tokensIn + 2 * tokensOut, held: 0 });
		expect(first.headers.get("ratelimit-policy")).toBe('"host-day-usd";q=4110;w=86400;qu="micro-usd"');
		const refused = await ask("/v1/prompt", { body: { ...hello, maxTokens: 2000 } });
		expect(refused).toMatchObject({ status: 402, json: { code: "BUDGET_EXCEEDED" } });
		expect(refused.headers.get("retry-after")).toBe(String(12 * 3600));
		passTime(12 * 3_600_000);
		expect((await ask("/v1/prompt", { body: { ...hello, maxTokens: 2000 } })).status).toBe(200);
	});

	it("refuse in every family's own words", async () => {
		const { ask } = world(dayBudget(5));
		const messages = [{ role: "user", content: "hello, who is there, and what for?" }];
		const openai = await ask("/v1/chat/completions", { body: { model: "sim/echo", messages } });
		expect(openai).toMatchObject({ status: 402, json: { error: { type: "insufficient_quota", code: "insufficient_quota" } } });
		const anthropic = await ask("/v1/messages", { body: { model: "sim/echo", max_tokens: 50, messages } });
		expect(anthropic).toMatchObject({ status: 402, json: { type: "error", error: { type: "billing_error" } } });
		const gemini = await ask("/v1beta/models/sim/echo:generateContent", { body: { contents: [{ parts: [{ text: "hello, who is there, and what for?" }] }] } });
		expect(gemini).toMatchObject({ status: 402, json: { error: { status: "RESOURCE_EXHAUSTED" } } });
		expect((await ask("/v1/embeddings", { body: { model: "sim/echo", input: "hello, who is there, and what for?" } })).status).toBe(402);
	});

	it("refuse a model without a price, and say how to set one", async () => {
		const { ask } = world(dayBudget(1e6));
		const refused = await ask("/v1/prompt", { body: { ...hello, model: "sim/long" } });
		expect(refused).toMatchObject({ status: 402, json: { code: "PRICE_UNKNOWN" } });
		expect(refused.json.error).toContain('models: { "sim": { "long": { prices: { input, output } } } }');
		expect((await world({ budgets: [{ period: "day", tokens: 1e6 }] }).ask("/v1/prompt", { body: { ...hello, model: "sim/long" } })).status).toBe(200);
	});

	it("leave targets without a price out of a route", async () => {
		const { ask } = world(dayBudget(1e6), { routes: { any: ["sim/long", "sim/echo"] } });
		const answered = await ask("/v1/prompt", { body: { ...hello, model: "any" } });
		expect(answered).toMatchObject({ status: 200, json: { model: "echo" } });
	});

	it("hold what the dearest target of a route would cost, and count the one that answered", async () => {
		const rules = dayBudget(21_000);
		const options = { routes: { any: ["sim/error-500", "sim/slow"] }, retry: { attemptsPerTarget: 1 } };
		expect((await world(rules, options).ask("/v1/prompt", { body: { ...hello, model: "any", maxTokens: 1050 } })).status).toBe(402);
		const { ask, counters } = world(rules, options);
		const answered = await ask("/v1/prompt", { body: { ...hello, model: "any", maxTokens: 1000 } });
		const { tokensIn, tokensOut } = answered.json as { tokensIn: number; tokensOut: number };
		expect(answered.json.model).toBe("slow");
		expect((await counters()).day.microUsd).toEqual({ spent: 10 * tokensIn + 20 * tokensOut, held: 0 });
	});

	it("of which little is left let shorter answers through, and say so", async () => {
		const { ask, gateway } = world(dayBudget(2500));
		const answered = await ask("/v1/chat/completions", { body: { model: "sim/echo", messages: [{ role: "user", content: "hello" }] } });
		expect(answered.status).toBe(200);
		expect(answered.headers.get("x-postern-warnings")).toBe("changed-setting settings.maxOutputTokens");
		await gateway.close();
	});

	it("are not touched by what never reached a model, and count a prompt that a caller left alone", async () => {
		const { gateway, ask, counters } = world(dayBudget(1e6), { retry: { attemptsPerTarget: 1 } });
		for (const model of ["error-500", "bad-request"]) expect((await ask("/v1/prompt", { body: { ...hello, model: `sim/${model}` } })).status).not.toBe(200);
		expect((await counters()).day.microUsd).toEqual({ spent: 0, held: 0 });
		const leave = await openStream(gateway);
		expect((await counters()).day.microUsd).toMatchObject({ spent: 0 });
		await leave();
		await expect.poll(async () => (await counters()).running).toBe(0);
		const { spent, held } = (await counters()).day.microUsd;
		expect([spent >= 11, held]).toEqual([true, 0]);
	});

	it("count every vector's tokens", async () => {
		const { ask, counters } = world(dayBudget(1e6));
		const answered = await ask("/v1/embeddings", { body: { model: "sim/echo", input: ["one two three four", "five six seven eight"] } });
		const { usage } = answered.json as { usage: { prompt_tokens: number } };
		expect((await counters()).day.microUsd).toEqual({ spent: usage.prompt_tokens, held: 0 });
	});

	it("warn from 80 % on: every answer in a header, the log once", async () => {
		const { ask, observed, counters } = world({ budgets: [{ period: "month", tokens: 5000 }] });
		const long = "word ".repeat(100);
		for (let spent = 0; spent < 4000; spent = (await counters()).month.tokens.spent) {
			expect((await ask("/v1/prompt", { body: { prompt: long, maxTokens: 50 } })).status).toBe(200);
		}
		const answers = [await ask("/v1/prompt", { body: { prompt: "x", maxTokens: 20 } }), await ask("/v1/prompt", { body: { prompt: "x", maxTokens: 20 } })];
		expect(answers.map(({ status }) => status)).toEqual([200, 200]);
		for (const { headers } of answers) expect(headers.get("x-postern-budget-warning")).toMatch(/^"host-month-tokens";spent=(8|9)\d$/);
		expect(observed.filter(({ type }) => type === "budget-warning")).toMatchObject([{ party: "host:party_1", policy: "host-month-tokens" }]);
	});

	it("hold for the repair of an object too", async () => {
		const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
		const { ask, counters } = world({ budgets: [{ period: "day", tokens: 20_000 }] });
		const answered = await ask("/generate-object", { body: { prompt: "Invent a person", model: "sim/repair", schema, maxTokens: 400 } });
		expect(answered.status).toBe(200);
		const { usage } = answered.json as { usage: { totalTokens: number } };
		expect((await counters()).day.tokens).toEqual({ spent: usage.totalTokens, held: 0 });
	});
});

describe("limits where the store fails", () => {
	it("let nothing through that could not be counted", async () => {
		const store = memoryStore();
		const limits = { ...store.limits, reserve: () => Promise.reject(new Error("disk full")) };
		const { ask, observed } = world({ requestsPerMinute: 5 }, { store: { ...store, limits }, limits: { nonStreaming: 1 } });
		for (let round = 0; round < 2; round++) expect((await ask("/generate-text", { body: hello })).status).toBe(500);
		expect(observed.filter(({ type }) => type === "internal-error")).toHaveLength(2);
	});

	it("keep an answer that is there, and leave its lease to run out", async () => {
		const store = memoryStore();
		const limits = { ...store.limits, settle: () => Promise.reject(new Error("disk full")) };
		const { ask, counters, passTime } = world({ concurrentRequests: 1 }, { store: { ...store, limits } });
		expect((await ask("/v1/prompt", { body: hello })).status).toBe(200);
		expect((await counters()).running).toBe(1);
		passTime(60_000);
		expect((await counters()).running).toBe(0);
	});
});
