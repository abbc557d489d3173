import { afterEach, beforeAll, expect, test } from "vitest";
import { openai, type Runtime } from "../../src/index.ts";
import { scriptedSend } from "../../src/testing/scripted-send.ts";
import { ask } from "../gateway/support.ts";
import { type Observed, observedGateway, registerContext } from "./support.ts";

beforeAll(registerContext);

let observed: Observed;
afterEach(() => observed.gateway.close());

const event = (data: object) => `data: ${JSON.stringify({ id: "chatcmpl-1", model: "gpt-4o-2024", ...data })}\n\n`;
const stream = [
	event({ choices: [{ index: 0, delta: { role: "assistant", content: "Hello" } }] }),
	event({ choices: [{ index: 0, delta: { content: " there" } }] }),
	event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
	`${event({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 } })}data: [DONE]\n\n`,
];

/** Every look at the clock is one of `stepMs` later. */
function steppingClock(stepMs: number): Pick<Runtime, "now"> {
	let now = 1_800_000_000_000;
	return { now: () => (now += stepMs) };
}

test("a fallback that streams: durations, tokens, first token", async () => {
	const { send } = scriptedSend({ status: 503, chunks: ["{}"] }, { chunks: stream });
	observed = observedGateway({
		providers: { openai: { ...openai({ apiKey: "sk-1" }), send } },
		routes: { both: ["openai/gpt-4o-mini", "openai/gpt-4o"] },
		retry: { attemptsPerTarget: 1 },
		runtime: steppingClock(1),
		cooldown: false,
	});
	const { status } = await ask(observed.gateway, "/v1/stream", { body: { prompt: "Hi", model: "both" } });
	expect(status).toBe(200);
	const metrics = await observed.metrics();
	const target = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "server.address": "api.openai.com", "server.port": 443 };
	const failed = { ...target, "gen_ai.request.model": "gpt-4o-mini", "error.type": "overloaded" };
	const answered = { ...target, "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024" };
	const { "gen_ai.response.model": _, ...asked } = answered;
	const exchange = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "both", "gen_ai.response.model": "gpt-4o-2024", "postern.outcome": "ok" };

	expect(metrics["gen_ai.client.operation.duration"]).toMatchObject([
		{ attributes: failed, count: 1, unit: "s" },
		{ attributes: answered, count: 1, unit: "s" },
	]);
	expect(metrics["gen_ai.client.token.usage"]).toMatchObject([
		{ attributes: { ...answered, "gen_ai.token.type": "input" }, count: 1, sum: 11, unit: "{token}" },
		{ attributes: { ...answered, "gen_ai.token.type": "output" }, count: 1, sum: 5 },
	]);
	expect(metrics["gen_ai.client.operation.time_to_first_chunk"]).toMatchObject([{ attributes: asked, count: 1, unit: "s" }]);
	const [whole] = metrics["gen_ai.server.request.duration"] ?? [];
	const [first] = metrics["gen_ai.server.time_to_first_token"] ?? [];
	const [perToken] = metrics["gen_ai.server.time_per_output_token"] ?? [];
	expect(whole).toMatchObject({ attributes: exchange, count: 1, unit: "s" });
	expect(first).toMatchObject({ attributes: exchange, count: 1, unit: "s" });
	if (whole === undefined || first === undefined || perToken === undefined) throw new Error("All three are measured");
	// A clock of milliseconds, told in seconds; the four tokens after the first take what is left.
	expect(whole.sum).toBeGreaterThan(0.003);
	expect(whole.sum).toBeLessThan(0.2);
	expect(perToken.sum).toBeCloseTo((whole.sum - first.sum) / 4, 9);
	const [{ sum: failedSum } = { sum: 0 }, { sum: answeredSum } = { sum: 0 }] = metrics["gen_ai.client.operation.duration"] ?? [];
	expect(failedSum + answeredSum).toBeLessThan(whole.sum);
});

test("failures, refusals and hits tell what they are, and no first token", async () => {
	observed = observedGateway({ retry: { attemptsPerTarget: 1 }, limits: { surfaces: { openai: { nonStreaming: 0 } } } });
	const cached = { "x-postern-cache": "on" };
	const prompt = "Hi";
	await ask(observed.gateway, "/v1/stream", { body: { prompt }, headers: cached });
	await ask(observed.gateway, "/v1/stream", { body: { prompt }, headers: cached });
	await ask(observed.gateway, "/v1/prompt", { body: { prompt, model: "sim/error-500" } });
	await ask(observed.gateway, "/v1/chat/completions", { body: { model: "sim/echo", messages: [{ role: "user", content: "Hi" }] } });
	const metrics = await observed.metrics();
	const told = metrics["gen_ai.server.request.duration"]?.map(({ attributes, count }) => [attributes["postern.outcome"], attributes["error.type"], count]);
	expect(told).toEqual([["ok", undefined, 1], ["cached", undefined, 1], ["failed", "PROVIDER_ERROR", 1], ["refused", expect.any(String), 1]]);
	expect(metrics["gen_ai.server.time_to_first_token"]).toMatchObject([{ count: 1, attributes: { "postern.outcome": "ok" } }]);
	expect(metrics["gen_ai.client.operation.duration"]?.reduce((sum, { count }) => sum + count, 0)).toBe(2);
});

test("tokens that nobody told are not told", async () => {
	const { send } = scriptedSend({ chunks: [...stream.slice(0, 3), "data: [DONE]\n\n"] });
	observed = observedGateway({ providers: { openai: { ...openai({ apiKey: "sk-1" }), send } } });
	await ask(observed.gateway, "/v1/stream", { body: { prompt: "Hi", model: "openai/gpt-4o" } });
	const metrics = await observed.metrics();
	expect(metrics["gen_ai.client.operation.duration"]).toHaveLength(1);
	expect(metrics["gen_ai.client.token.usage"]).toBeUndefined();
});

test("the boundaries are those of the conventions", async () => {
	observed = observedGateway();
	await ask(observed.gateway, "/v1/stream", { body: { prompt: "Hi" } });
	const metrics = await observed.metrics();
	const boundaries = Object.fromEntries(Object.entries(metrics).map(([name, [point]]) => [name, point?.boundaries]));
	const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
	expect(boundaries).toEqual({
		"gen_ai.client.operation.duration": seconds,
		"gen_ai.client.operation.time_to_first_chunk": seconds,
		"gen_ai.client.token.usage": [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
		"gen_ai.server.request.duration": seconds,
		"gen_ai.server.time_to_first_token": [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
		"gen_ai.server.time_per_output_token": [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
	});
});
