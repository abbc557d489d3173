import { describe, expect, it } from "vitest";
import { type GatewayOptions, simulator } from "../../../src/index.ts";
import { gate, world } from "./support.ts";

const semantic: GatewayOptions["cache"] = { semantic: { model: "sim/echo", threshold: 0.7 } };
const state = (asked: { readonly headers: Headers }) => asked.headers.get("x-postern-cache");
const question = (prompt: string, more: object = {}) => ({ body: { prompt, model: "sim/echo", ...more } });
const first = "How do I reset the password of my account?";
const near = "How do I reset the password of my own account?";
const far = "What is the capital of Portugal?";

describe("questions that mean the same", () => {
	it.each(["/v1/prompt", "/v1/stream"])("%s: the second is given the first one's answer, and told how like it is", async (path) => {
		const { ask, calls, embeddings } = world({ cache: semantic });
		const original = await ask(path, question(first));
		const other = await ask(path, question(near));
		expect([state(original), calls(), embeddings()]).toEqual(["miss", 1, 2]);
		const [, score = ""] = /^semantic-hit; score=(0\.\d{3})$/.exec(state(other) ?? "") ?? [];
		expect(Number(score)).toBeGreaterThan(0.7);
		expect(other.headers.get("age")).toBe("0");
		expect(other.text).toContain("password of my account");
	});

	it("the very same one is found without a vector, and one that is far is asked", async () => {
		const { ask, calls, embeddings } = world({ cache: semantic });
		await ask("/v1/prompt", question(first));
		expect(state(await ask("/v1/prompt", question(first)))).toBe("hit");
		expect(embeddings()).toBe(1);
		expect(state(await ask("/v1/prompt", question(far)))).toBe("miss");
		expect(calls()).toBe(2);
	});

	it("a nearness below the threshold is none", async () => {
		const { ask } = world({ cache: { semantic: { model: "sim/echo", threshold: 0.999 } } });
		await ask("/v1/prompt", question(first));
		expect(state(await ask("/v1/prompt", question(near)))).toBe("miss");
	});

	it("many at once have one vector made and one answer", async () => {
		const held = gate();
		const { ask, calls, embeddings } = world({ cache: semantic }, () => held.passed);
		const asked = Array.from({ length: 20 }, () => ask("/v1/prompt", question(first)));
		await expect.poll(calls).toBe(1);
		held.open();
		await Promise.all(asked);
		const others = await Promise.all(Array.from({ length: 20 }, () => ask("/v1/prompt", question(near))));
		const later = await ask("/v1/prompt", question(near));
		expect(new Set([...others, later].map(state)).size).toBe(1);
		expect(state(later)).toMatch(/^semantic-hit/);
		expect([calls(), embeddings()]).toEqual([1, 2]);
	});

	it("have lines in the ledger: the vectors' exchanges, and an answer that cost nothing", async () => {
		const { ask, records, passTime } = world({ cache: semantic });
		for (const prompt of [first, near]) {
			await ask("/v1/prompt", question(prompt));
			passTime(1);
		}
		const lines = await records();
		expect(lines.map(({ operation, outcome, cached }) => [operation, outcome, cached].join(" ")).toSorted()).toEqual([
			"prompt cached semantic", "prompt ok ", "semanticCache ok ", "semanticCache ok ",
		]);
	});
});

describe("are not looked for", () => {
	const tools = [{ type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } }];
	const chat = (content: unknown, more: object = {}) => ({ body: { model: "sim/echo", messages: [{ role: "user", content }], ...more } });
	it.each<[string, { body: object }, { body: object }]>([
		["among prompts with other system messages", question(first, { system: "Be brief" }), question(near, { system: "Be long" })],
		["among prompts with other settings", question(first, { temperature: 0 }), question(near, { temperature: 1 })],
		["among prompts for other models", question(first), question(near, { model: "sim/reasoning" })],
	])("%s", async (_, one, other) => {
		const { ask } = world({ cache: semantic });
		await ask("/v1/prompt", one);
		expect(state(await ask("/v1/prompt", other))).toBe("miss");
	});

	it.each<[string, { body: object }, { body: object }]>([
		["where tools are offered", chat(first, { tools }), chat(near, { tools })],
		["in conversations", { body: { model: "sim/echo", messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hi" }, { role: "user", content: first }] } }, { body: { model: "sim/echo", messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hi" }, { role: "user", content: near }] } }],
		["beside pictures", chat([{ type: "text", text: first }, { type: "image_url", image_url: { url: "https://x.example/a.png" } }]), chat([{ type: "text", text: near }, { type: "image_url", image_url: { url: "https://x.example/a.png" } }])],
		["in long texts", chat(first + "x".repeat(8000)), chat(near + "x".repeat(8000))],
	])("%s", async (_, one, other) => {
		const { ask, embeddings } = world({ cache: semantic });
		await ask("/v1/chat/completions", one);
		expect(state(await ask("/v1/chat/completions", other))).toBe("miss");
		expect(embeddings()).toBe(0);
	});

	it("among other tenants' answers", async () => {
		const { ask } = world({ cache: semantic, identify: ({ header }) => ({ kind: "host", id: header("x-who") ?? "nobody" }) });
		await ask("/v1/prompt", { ...question(first), headers: { "x-who": "ann" } });
		expect(state(await ask("/v1/prompt", { ...question(near), headers: { "x-who": "bob" } }))).toBe("miss");
		expect(state(await ask("/v1/prompt", { ...question(near), headers: { "x-who": "ann" } }))).toMatch(/^semantic-hit/);
	});

	it("where the request wants an exact one, or a new one", async () => {
		const { ask, passTime } = world({ cache: semantic });
		await ask("/v1/prompt", question(first));
		expect(state(await ask("/v1/prompt", question(near)))).toMatch(/^semantic-hit/);
		expect(state(await ask("/v1/prompt", { ...question(near), cache: "exact" }))).toBe("miss");
		expect(state(await ask("/v1/prompt", question(near)))).toBe("hit");
		expect(state(await ask("/v1/prompt", { ...question("How do I reset the password of our account?"), cache: "refresh" }))).toBe("refresh");
		passTime(400_000);
		expect(state(await ask("/v1/prompt", question("How do I reset a password of my account?")))).toBe("miss");
	});
});

describe("a vector that cannot be had", () => {
	it.each(["sim/error-500", "bad/none"])("costs no request its answer: %s", async (model) => {
		const { dialect, baseUrl, ...rest } = simulator();
		const bad = { ...rest, dialect, baseUrl, unavailable: "There is no key for it" };
		const sim = simulator();
		const { ask } = world({ providers: { sim, bad }, cache: { semantic: { model } }, retry: { attemptsPerTarget: 1, attemptsInAll: 1 } });
		expect((await ask("/v1/prompt", question(first))).status).toBe(200);
		expect(state(await ask("/v1/prompt", question(first)))).toBe("hit");
		expect(state(await ask("/v1/prompt", question(near)))).toBe("miss");
	});

	it("in time is not waited for", async () => {
		const sim = simulator();
		const never: typeof sim.send = (request) =>
			request.url.includes("/embeddings")
				? new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true }))
				: sim.send(request);
		const { ask } = world({ providers: { sim: { ...sim, send: never } }, cache: semantic });
		expect((await ask("/v1/prompt", question(first))).status).toBe(200);
	});

	it("is not refused to a key that may not ask for its model", async () => {
		const { ask } = world({ cache: semantic, routes: { answers: ["sim/long", "sim/reasoning"] }, identify: () => ({ kind: "host", id: "someone", scopes: { models: ["answers"] } }) });
		const asked = (prompt: string) => ask("/v1/prompt", { body: { prompt, model: "answers" } });
		await asked(first);
		expect(state(await asked(near))).toMatch(/^semantic-hit/);
	});
});
