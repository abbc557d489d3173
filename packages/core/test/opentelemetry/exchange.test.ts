import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { openai, simulator } from "../../src/index.ts";
import { scriptedSend } from "../../src/testing/scripted-send.ts";
import { ask, send } from "../gateway/support.ts";
import { exchangeAmong, milliseconds, type Observed, observedGateway, registerContext, told } from "./support.ts";

beforeAll(registerContext);

let observed: Observed;
afterEach(() => observed.gateway.close());

const prompt = "Say the secret word";
const exchanges = () => observed.spans().filter(({ attributes }) => attributes["postern.request.id"] !== undefined);

test("a whole answer: an exchange and its attempt", async () => {
	observed = observedGateway();
	const { headers } = await ask(observed.gateway, "/v1/prompt", { body: { prompt, maxTokens: 50, temperature: 0.5 } });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toEqual({
		name: "chat echo",
		kind: "SERVER",
		status: "UNSET",
		attributes: {
			"gen_ai.operation.name": "chat",
			"gen_ai.provider.name": "sim",
			"gen_ai.request.model": "echo",
			"gen_ai.request.stream": false,
			"gen_ai.response.id": "chatcmpl-sim-1",
			"gen_ai.response.model": "echo",
			"gen_ai.response.finish_reasons": ["stop"],
			"postern.request.id": headers.get("x-request-id"),
			"postern.surface": "prompt",
			"postern.operation": "prompt",
			"postern.provider": "sim",
			"postern.model": "echo",
			"postern.outcome": "ok",
			"postern.status": 200,
			"postern.attempts": 1,
			"postern.decision.strategy": "weighted",
			"postern.decision.reason": "only",
			"postern.usage.input_tokens": 5,
			"postern.usage.output_tokens": 14,
		},
	});
	expect(attempts.map(told)).toEqual([
		{
			name: "chat echo",
			kind: "CLIENT",
			status: "UNSET",
			attributes: {
				"gen_ai.operation.name": "chat",
				"gen_ai.provider.name": "sim",
				"gen_ai.request.model": "echo",
				"gen_ai.request.stream": false,
				"gen_ai.request.max_tokens": 50,
				"gen_ai.request.temperature": 0.5,
				"gen_ai.response.id": "chatcmpl-sim-1",
				"gen_ai.response.model": "echo",
				"gen_ai.response.finish_reasons": ["stop"],
				"gen_ai.usage.input_tokens": 5,
				"gen_ai.usage.output_tokens": 14,
				"postern.attempt": 1,
				"postern.provider": "sim",
				"postern.target": "sim/echo",
			},
		},
	]);
	expect(exchange.instrumentationScope).toMatchObject({ name: "@postern/core", schemaUrl: "https://opentelemetry.io/schemas/1.41.0" });
});

test.each([
	["/v1/stream", { prompt }],
	["/v1/chat/completions", { model: "sim/echo", stream: true, messages: [{ role: "user", content: prompt }] }],
	["/v1/chat/completions", { model: "sim/echo", messages: [{ role: "user", content: prompt }] }],
	["/v1/messages", { model: "sim/echo", stream: true, max_tokens: 50, messages: [{ role: "user", content: prompt }] }],
])("%s tells the end of the answer, also where it passes as it came", async (path, body) => {
	observed = observedGateway();
	await ask(observed.gateway, path, { body });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	const answered = { "gen_ai.response.id": "chatcmpl-sim-1", "gen_ai.response.model": "echo", "gen_ai.response.finish_reasons": ["stop"] };
	expect(exchange.attributes).toMatchObject({ ...answered, "postern.outcome": "ok" });
	expect(attempts).toHaveLength(1);
	expect(attempts[0]?.attributes).toMatchObject({ ...answered, "gen_ai.usage.output_tokens": 14 });
	const isStreamed = "stream" in body || path === "/v1/stream";
	expect(attempts[0]?.attributes["gen_ai.request.stream"]).toBe(isStreamed);
	expect(attempts[0]?.attributes["gen_ai.response.time_to_first_chunk"]).toEqual(isStreamed ? expect.any(Number) : undefined);
});

test("nothing of the prompt and the answer is in any span, nor of the provider's words", async () => {
	observed = observedGateway({ routes: { both: ["sim/error-500", "sim/tools"] }, retry: { attemptsPerTarget: 1 } });
	const system = "You know the codeword xylophone";
	const body = { model: "both", stream: true, stop: ["xylophone"], user: "xylophone", messages: [{ role: "system", content: system }, { role: "user", content: "xylophone" }], tools: [{ type: "function", function: { name: "xylophone", parameters: { type: "object", properties: {} } } }] };
	const { text } = await ask(observed.gateway, "/v1/chat/completions", { body });
	expect(text).toContain("tool_calls");
	const spans = observed.spans();
	expect(spans).toHaveLength(3);
	const all = JSON.stringify(spans.map(({ name, attributes, events, status, links }) => ({ name, attributes, events, status, links })));
	for (const word of ["xylophone", "simulated", "operator-token"]) expect(all).not.toContain(word);
});

test("a fallback: one span for each attempt, and the first tells why", async () => {
	observed = observedGateway({ routes: { both: ["sim/error-500", "sim/echo"] }, retry: { attemptsPerTarget: 1 } });
	await ask(observed.gateway, "/v1/stream", { body: { prompt, model: "both" } });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toMatchObject({
		name: "chat both",
		status: "UNSET",
		attributes: { "gen_ai.request.model": "both", "gen_ai.response.model": "echo", "postern.route": "both", "postern.model": "echo", "postern.attempts": 2, "postern.decision.strategy": "priority" },
	});
	expect(attempts.map(told)).toMatchObject([
		{ name: "chat error-500", status: "ERROR", attributes: { "error.type": "upstream", "http.response.status_code": 500, "postern.attempt": 1 } },
		{ name: "chat echo", status: "UNSET", attributes: { "gen_ai.response.model": "echo", "postern.attempt": 2 } },
	]);
	expect(attempts[0]?.status.message).toBeUndefined();
	expect(attempts[1]?.attributes).not.toHaveProperty("error.type");
});

test("an exchange that fails is an error, of the kind that the caller is told", async () => {
	observed = observedGateway({ retry: { attemptsPerTarget: 2 } });
	const { status } = await ask(observed.gateway, "/v1/prompt", { body: { prompt, model: "sim/overloaded" } });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toMatchObject({ status: "ERROR", attributes: { "error.type": "PROVIDER_OVERLOADED", "postern.status": status, "postern.outcome": "failed" } });
	expect(attempts.map(({ attributes }) => attributes["error.type"])).toEqual(["overloaded", "overloaded"]);
});

test("an answer that breaks off after its first content", async () => {
	observed = observedGateway();
	await ask(observed.gateway, "/v1/stream", { body: { prompt, model: "sim/error-after-start" } });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toMatchObject({ status: "ERROR", attributes: { "postern.outcome": "failed" } });
	expect(attempts.map(told)).toMatchObject([{ status: "ERROR", attributes: { "error.type": expect.any(String), "gen_ai.response.time_to_first_chunk": expect.any(Number) } }]);
});

test("a stream that the deadline ends", async () => {
	observed = observedGateway({ clocks: { totalMs: 200 } });
	await ask(observed.gateway, "/v1/stream", { body: { prompt, model: "sim/stall" } });
	await expect.poll(exchanges).toHaveLength(1);
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toMatchObject({ status: "ERROR", attributes: { "error.type": "TIMEOUT_ERROR" } });
	expect(attempts.map(told)).toMatchObject([{ status: "ERROR", attributes: { "error.type": "timeout" } }]);
});

describe("a caller who hangs up", () => {
	test.each([
		["in the middle of a stream", "/v1/stream", "sim/stall"],
		["before the first content of a stream", "/v1/stream", "sim/never-starts"],
		["before a whole answer", "/v1/prompt", "sim/never-starts"],
	])("%s ends both spans, and is nobody's error", async (_, path, model) => {
		const sim = simulator();
		observed = observedGateway({ providers: { sim } });
		const controller = new AbortController();
		const answered = send(observed.gateway, path, { body: { prompt, model }, signal: controller.signal }).then((response) => response.text());
		await expect.poll(() => sim.active()).toBe(1);
		controller.abort();
		await answered.catch(() => {});
		await expect.poll(exchanges).toHaveLength(1);
		const { exchange, attempts } = exchangeAmong(observed.spans());
		expect(told(exchange)).toMatchObject({ status: "UNSET", attributes: { "error.type": "CANCELLED", "postern.outcome": "cancelled", "postern.status": 499 } });
		expect(attempts.map(told)).toMatchObject([{ status: "UNSET", attributes: { "error.type": "cancelled" } }]);
	});

	test("and who reads no more: the stream is ended, and told once", async () => {
		observed = observedGateway();
		const controller = new AbortController();
		const response = await send(observed.gateway, "/v1/stream", { body: { prompt, model: "sim/long" }, signal: controller.signal });
		const reader = response.body?.getReader();
		await reader?.read();
		controller.abort();
		await expect.poll(exchanges).toHaveLength(1);
		await reader?.cancel().catch(() => {});
		await observed.gateway.close();
		expect(observed.spans()).toHaveLength(2);
	});
});

test("a request that is refused has a span without attempts", async () => {
	observed = observedGateway({ limits: { surfaces: { prompt: { nonStreaming: 0 } } } });
	const { status } = await ask(observed.gateway, "/v1/prompt", { body: { prompt } });
	expect(status).toBe(429);
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toMatchObject({ name: "chat echo", status: "UNSET", attributes: { "error.type": expect.any(String), "postern.outcome": "refused", "postern.status": 429, "postern.attempts": 0 } });
	expect(attempts).toEqual([]);
});

test("a mistake is no exchange", async () => {
	observed = observedGateway();
	await ask(observed.gateway, "/v1/prompt", { body: { prompt, model: "nobody/knows" } });
	await ask(observed.gateway, "/v1/prompt", { body: {} });
	expect(observed.spans()).toEqual([]);
});

test.each(["/v1/prompt", "/v1/stream"])("an answer from the cache of %s has a span of its own, and no attempt", async (path) => {
	observed = observedGateway();
	const asked = { body: { prompt }, headers: { "x-postern-cache": "on" } };
	await ask(observed.gateway, path, asked);
	const made = observed.spans().length;
	expect(made).toBe(2);
	await ask(observed.gateway, path, asked);
	const spans = observed.spans().slice(made);
	expect(spans.map(told)).toMatchObject([
		{ name: "chat echo", kind: "SERVER", status: "UNSET", attributes: { "postern.outcome": "cached", "postern.cache": "exact", "postern.cost.micro_usd": 0, "postern.usage.output_tokens": 14 } },
	]);
	// Summed up over a trace, the tokens of providers are those that were used.
	expect(Object.keys(spans[0]?.attributes ?? {}).filter((name) => name.startsWith("gen_ai.usage"))).toEqual([]);
});

test("embeddings, with the share of each attempt", async () => {
	const vectors = (count: number) => JSON.stringify({ object: "list", model: "text-embedding-3-small-2", data: Array.from({ length: count }, (_, index) => ({ index, embedding: [1, 2] })), usage: { prompt_tokens: 7, total_tokens: 7 } });
	const { send: scripted } = scriptedSend({ chunks: [vectors(2048)] }, { status: 500, chunks: ["{}"] }, { chunks: [vectors(1)] });
	observed = observedGateway({ providers: { openai: { ...openai({ apiKey: "sk-secret-key" }), send: scripted } } });
	const body = { model: "openai/text-embedding-3-small", input: "Hello", dimensions: 2 };
	// The first answer has more vectors than there are inputs: a failure.
	await ask(observed.gateway, "/v1/embeddings", { body });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toMatchObject({
		name: "embeddings text-embedding-3-small",
		attributes: { "gen_ai.operation.name": "embeddings", "gen_ai.provider.name": "openai", "gen_ai.response.model": "text-embedding-3-small-2", "postern.outcome": "ok", "postern.attempts": 3 },
	});
	expect(attempts.map(({ attributes }) => attributes["error.type"])).toEqual(["protocol", "upstream", undefined]);
	expect(told(attempts[2])).toMatchObject({
		name: "embeddings text-embedding-3-small",
		kind: "CLIENT",
		attributes: { "gen_ai.usage.input_tokens": 7, "gen_ai.embeddings.dimension.count": 2, "server.address": "api.openai.com", "server.port": 443 },
	});
	expect(JSON.stringify(observed.spans().map(({ attributes }) => attributes))).not.toContain("sk-secret");
});

test("a session is the conversation, and a structured answer's repair is an attempt of its own", async () => {
	observed = observedGateway();
	const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
	const { json } = await ask(observed.gateway, "/generate-object", { body: { prompt, schema, model: "sim/repair" } });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(attempts).toHaveLength(2);
	for (const { attributes } of [exchange, ...attempts]) expect(attributes["gen_ai.conversation.id"]).toBe(json["sessionId"]);
	expect(attempts[0]?.attributes["gen_ai.output.type"]).toBe("json");
});

test("Google's operation goes by its own name, on either side", async () => {
	observed = observedGateway({ surfaces: ["gemini", "openai"], providers: { gemini: simulator({ dialect: "gemini" }), sim: simulator() } });
	const contents = [{ role: "user", parts: [{ text: prompt }] }];
	await ask(observed.gateway, "/v1beta/models/sim%2Fecho:generateContent", { body: { contents } });
	await ask(observed.gateway, "/v1/chat/completions", { body: { model: "gemini/echo", messages: [{ role: "user", content: prompt }] } });
	expect(observed.spans().map(({ name, attributes }) => [name, attributes["gen_ai.provider.name"]])).toEqual([
		["chat echo", "sim"],
		["generate_content echo", "sim"],
		["generate_content echo", "gcp.gemini"],
		["chat echo", "gcp.gemini"],
	]);
});

test("spans have the times of the ledger, and attempts lie within their exchange", async () => {
	observed = observedGateway({ routes: { both: ["sim/error-500", "sim/slow-50"] }, retry: { attemptsPerTarget: 1 } });
	await ask(observed.gateway, "/v1/stream", { body: { prompt, model: "both" } });
	const { exchange, attempts } = exchangeAmong(observed.spans());
	const [first, second] = attempts;
	if (first === undefined || second === undefined) throw new Error("Two attempts were made");
	const times = [exchange.startTime, first.startTime, first.endTime, second.startTime, second.endTime, exchange.endTime].map(milliseconds);
	expect(times).toEqual(times.toSorted((a, b) => a - b));
	expect(milliseconds(second.duration)).toBeGreaterThanOrEqual(50);
});

test("a bug that takes an exchange ends its span as an error", async () => {
	const sim = simulator();
	observed = observedGateway({
		providers: { sim: { ...sim, send: () => Promise.reject(new TypeError("a bug of a transport")) } },
	});
	const { status } = await ask(observed.gateway, "/v1/prompt", { body: { prompt } });
	expect(status).toBe(500);
	await expect.poll(exchanges).toHaveLength(1);
	const { exchange, attempts } = exchangeAmong(observed.spans());
	expect(told(exchange)).toMatchObject({ status: "ERROR", attributes: { "error.type": "INTERNAL_ERROR" } });
	expect(attempts).toHaveLength(1);
});
