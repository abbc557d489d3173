import { describe, expect, it } from "vitest";
import { createGateway, type GatewayOptions, memoryStore, openaiCompatible, type Provider, simulator } from "../../src/index.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import { type ScriptedAnswer, type ScriptedSend, scriptedSend } from "../../src/testing/scripted-send.ts";
import { ask, token } from "./support.ts";

const says = (text: string): ScriptedAnswer => ({
	chunks: [JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } })],
});
const fails = (status: number, headers: Record<string, string> = {}, code = "x"): ScriptedAnswer => ({ status, headers, chunks: [JSON.stringify({ error: { message: "m", type: code, code } })] });

interface Scripts {
	readonly [label: string]: readonly [ScriptedAnswer, ...ScriptedAnswer[]];
}

/** Providers by the label of their credential (`a`, `a#2`, `b`), each with its script; time stands still. */
function stage(scripts: Scripts, options: Partial<GatewayOptions> = {}) {
	const runtime = fakeRuntime();
	const sends: Record<string, ScriptedSend> = {};
	const providers: Record<string, Provider[]> = {};
	for (const [label, answers] of Object.entries(scripts)) {
		const [name = ""] = label.split("#");
		const scripted = scriptedSend(...answers);
		sends[label] = scripted;
		(providers[name] ??= []).push({ ...openaiCompatible({ baseUrl: `http://${name}`, apiKey: `sk-${label}` }), send: scripted.send });
	}
	const gateway = createGateway({ token, providers, runtime, ...options });
	return {
		gateway,
		runtime,
		calls: () => Object.fromEntries(Object.entries(sends).map(([label, { requests }]) => [label, requests.length])),
		/** Asks and lets time pass until the answer is there. @returns the text, or status and code. */
		async say(model: string, passMs = 0) {
			const pending = ask(gateway, "/v1/chat/completions", { body: { model, messages: [{ role: "user", content: "Hi" }] } });
			await runtime.advance(passMs);
			const { status, json, headers } = await pending;
			const choices = json["choices"] as { message: { content: string } }[] | undefined;
			return status === 200 ? choices?.[0]?.message.content : { status, retryAfter: headers.get("retry-after") };
		},
	};
}

describe("several credentials of one provider", () => {
	it("asks the next one where one is refused, and leaves that one alone from then on", async () => {
		const at = stage({ a: [fails(401)], "a#2": [says("two")] });
		for (let round = 0; round < 5; round++) expect(await at.say("a/m")).toBe("two");
		// All draws are alike here, so the first credential comes first until it rests.
		expect(at.calls()).toEqual({ a: 1, "a#2": 5 });
	});

	it("comes back to a credential at its limit when its Retry-After is over, first with one request", async () => {
		const at = stage({ a: [fails(429, { "retry-after": "20" }), says("one")], "a#2": [says("two"), says("two"), fails(429)] });
		expect(await at.say("a/m")).toBe("two");
		await at.runtime.advance(19_000);
		expect(await at.say("a/m")).toBe("two");
		await at.runtime.advance(1_000);
		expect(await at.say("a/m", 0)).toBe("one");
	});

	it("spreads requests over them", async () => {
		let chance = 0;
		const runtime = { ...fakeRuntime(), random: () => (chance = (chance + 0.37) % 1) };
		const sends = [scriptedSend(says("x")), scriptedSend(says("x"))];
		const gateway = createGateway({ token, runtime, providers: { a: sends.map(({ send }) => ({ ...openaiCompatible({ baseUrl: "http://a" }), send })) } });
		for (let round = 0; round < 40; round++) await ask(gateway, "/v1/chat/completions", { body: { model: "a/m", messages: [{ role: "user", content: "Hi" }] } });
		for (const { requests } of sends) expect(requests.length).toBeGreaterThan(10);
	});
});

describe("targets that rest", () => {
	const routes = { r: ["a/m", "b/n"] };

	it("are passed over", async () => {
		const at = stage({ a: [fails(429, { "retry-after": "60" })], b: [says("b")] }, { routes });
		for (let round = 0; round < 3; round++) expect(await at.say("r")).toBe("b");
		expect(at.calls()).toEqual({ a: 1, b: 3 });
	});

	it("answer 503 with the true Retry-After where all of a route do, without a call", async () => {
		const at = stage({ a: [fails(429, { "retry-after": "60" })], b: [fails(429, { "retry-after": "30" })] }, { routes });
		expect(await at.say("r")).toEqual({ status: 429, retryAfter: "30" });
		await at.runtime.advance(10_000);
		expect(await at.say("r")).toEqual({ status: 503, retryAfter: "20" });
		expect(at.calls()).toEqual({ a: 1, b: 1 });
	});

	it("are probed by one request, while the others go elsewhere", async () => {
		const at = stage({ a: [fails(429, { "retry-after": "5" }), { instead: "silence" }], b: [says("b")] }, { routes, clocks: { answerMs: 30_000 } });
		expect(await at.say("r")).toBe("b");
		await at.runtime.advance(5_000);
		const probe = at.say("r");
		await at.runtime.advance(0);
		for (let round = 0; round < 3; round++) expect(await at.say("r")).toBe("b");
		expect(at.calls()).toEqual({ a: 2, b: 4 });
		// The probe fails by its clock, falls back, and the rest begins anew.
		await at.runtime.advance(30_000);
		expect(await probe).toBe("b");
		expect(await at.say("r")).toBe("b");
	});

	it("rest after three failures in a row, whoever's request met them", async () => {
		const at = stage({ a: [fails(500)], b: [says("b")] }, { routes, retry: { attemptsPerTarget: 1 } });
		for (let round = 0; round < 6; round++) expect(await at.say("r")).toBe("b");
		expect(at.calls()).toEqual({ a: 3, b: 6 });
	});

	it("never rest where the operator wants it so", async () => {
		const at = stage({ a: [fails(429, { "retry-after": "60" })], b: [says("b")] }, { routes, cooldown: false });
		for (let round = 0; round < 3; round++) expect(await at.say("r")).toBe("b");
		expect(at.calls()).toEqual({ a: 3, b: 3 });
	});

	it("do not make the simulator's other models rest", async () => {
		const gateway = createGateway({ token, providers: { sim: simulator() } });
		const status = async (model: string) => (await ask(gateway, "/v1/chat/completions", { body: { model, messages: [{ role: "user", content: "Hi" }] } })).status;
		expect(await status("sim/unauthorized")).toBe(502);
		expect(await status("sim/unauthorized")).toBe(503);
		expect(await status("sim/echo")).toBe(200);
	});

	it("do not rest by their callers' faults", async () => {
		const at = stage({ a: [fails(400)], b: [says("b")] }, { routes });
		for (let round = 0; round < 6; round++) expect(await at.say("r")).toMatchObject({ status: 400 });
		expect(at.calls()).toEqual({ a: 6, b: 0 });
	});
});

describe("retries in an outage", () => {
	it("are a share of the requests, however many ask at once", async () => {
		const at = stage({ a: [fails(500)] });
		const asked = Array.from({ length: 400 }, () => at.say("a/m", 20_000));
		await at.runtime.advance(60_000);
		const answers = await Promise.all(asked);
		// An honest error each, and far from 3 attempts each: 400 first ones, at most 50 retries at once, and then the target rests.
		for (const answer of answers) expect([502, 503]).toContain((answer as { status: number }).status);
		expect(at.calls()["a"]).toBeLessThanOrEqual(400 + 100);
	});

	it("end where the deadline of the exchange comes first", async () => {
		const at = stage({ a: [fails(503, { "retry-after": "3" })] }, { clocks: { totalMs: 5_000 } });
		const before = at.runtime.now();
		expect(await at.say("a/m", 10_000)).toMatchObject({ status: 503 });
		expect(at.calls()["a"]).toBeLessThanOrEqual(2);
		expect(at.runtime.now() - before).toBe(10_000);
	});

	it("go to the next target where the whole answer takes too long", async () => {
		const at = stage({ a: [{ instead: "silence" }], b: [says("b")] }, { routes: { r: ["a/m", "b/n"] }, clocks: { answerMs: 2_000 } });
		expect(await at.say("r", 3_000)).toBe("b");
	});
});

describe("strategies", () => {
	it("fastest goes where answers came sooner", async () => {
		const runtime = fakeRuntime();
		const slowly = (name: string, ms: number): Provider => ({
			...openaiCompatible({ baseUrl: `http://${name}` }),
			send: async (request) => {
				await new Promise<void>((resolve) => runtime.schedule(ms, resolve));
				return scriptedSend(says(name)).send(request);
			},
		});
		const gateway = createGateway({ token, runtime, providers: { slow: slowly("slow", 900), quick: slowly("quick", 100) }, routes: { r: { strategy: "fastest", targets: ["slow/m", "quick/m"] } } });
		const answers: string[] = [];
		for (let round = 0; round < 6; round++) {
			const pending = ask(gateway, "/v1/chat/completions", { body: { model: "r", messages: [{ role: "user", content: "Hi" }] } });
			await runtime.advance(1000);
			answers.push((await pending).text.includes("slow") ? "slow" : "quick");
		}
		expect(answers).toEqual(["slow", "quick", "quick", "quick", "quick", "quick"]);
	});

	it("cheapest goes where the request costs least, by the operator's own prices too", async () => {
		const at = stage({ a: [says("a")], b: [says("b")], c: [says("c")] }, {
			routes: { r: { strategy: "cheapest", targets: ["a/m", "b/m", "c/m"] } },
			models: { a: { m: { prices: { input: 3, output: 15 } } }, c: { m: { prices: { input: 0.1, output: 0.4 } } } },
		});
		expect(await at.say("r")).toBe("c");
	});

	it("a prompt that is too long for one model goes to one with a larger window only", async () => {
		const tooLong = fails(400, {}, "context_length_exceeded");
		const at = stage({ a: [tooLong], b: [says("b")], c: [says("c")] }, {
			routes: { r: ["a/s", "b/t", "c/l"] },
			models: { a: { s: { contextWindow: 8000 } }, b: { t: { contextWindow: 4000 } }, c: { l: { contextWindow: 128_000 } } },
		});
		expect(await at.say("r")).toBe("c");
		expect(at.calls()).toEqual({ a: 1, b: 0, c: 1 });
	});

	it("a session stays with the target that answered its last turn, over a restart", async () => {
		const store = memoryStore();
		const routes = { r: { strategy: "weighted", targets: ["a/m", "b/m"] } } as const;
		const first = stage({ a: [fails(500)], b: [says("b")] }, { routes, store, retry: { attemptsPerTarget: 1 } });
		const turn = (at: ReturnType<typeof stage>, body: object) => ask(at.gateway, "/generate-text", { body: { prompt: "Hi", model: "r", ...body } });
		const begun = await turn(first, {});
		const sessionId = begun.json["sessionId"];
		const [last] = await store.listTurns(String(sessionId));
		expect(last?.target).toBe("b/m");
		const again = stage({ a: [says("a")], b: [says("b")] }, { routes, store });
		for (let round = 0; round < 4; round++) expect((await turn(again, { sessionId })).json["text"]).toBe("b");
	});
});

describe("options", () => {
	const providers = { a: openaiCompatible({ baseUrl: "http://a" }) };
	it.each<[string, Partial<GatewayOptions>, string]>([
		["a target that is none", { routes: { r: { targets: ["gpt"] } } }, 'routes.r.targets[0]: "gpt" is not provider/model'],
		["an unknown provider", { routes: { r: [{ target: "b/m" }] } }, 'routes.r[0].target: there is no provider "b"; use one of a'],
		["an empty list of credentials", { providers: { a: [] } }, "providers.a is an empty list"],
		["credentials of two dialects", { providers: { a: [providers.a, { ...providers.a, dialect: "gemini" }] } }, "providers.a: the credentials of one provider speak one dialect"],
		["a budget below 0", { retry: { budgetRatio: -1 } }, "retry.budgetRatio is a number of at least 0"],
		["half a retry at once", { retry: { concurrentRetries: 0.5 } }, "retry.concurrentRetries is a whole number"],
		["an unknown default", { defaultModel: "b/m" }, 'defaultModel: there is no provider "b"'],
	])("%s", (_, options, message) => expect(() => createGateway({ auth: false, providers, ...options })).toThrow(message));
});
