import { describe, expect, test } from "vitest";
import { simulator, type Simulator } from "../../../src/effects/simulator/simulator.ts";
import { providersFromEnvironment } from "../../../src/effects/simulator/environment.ts";
import type { DialectId, Prompt } from "../../../src/contract/prompt.ts";
import type { StreamEvent } from "../../../src/contract/stream-event.ts";
import { providerCodecs } from "../../../src/rules/dialects/index.ts";
import { createAnswerFold } from "../../../src/rules/sessions/fold.ts";

const dialects: readonly DialectId[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini"];
const hello: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }], settings: { maxOutputTokens: 100 } };

/** One exchange as the gateway has it: encoded, sent, decoded. */
async function exchange(provider: Simulator, model: string, stream: boolean, prompt = hello, signal = new AbortController().signal) {
	const codec = providerCodecs[provider.dialect];
	const options = { model, stream, quirks: provider.quirks };
	const { body } = codec.encodeRequest(prompt, options);
	const response = await provider.send({
		method: "POST",
		url: provider.baseUrl + codec.path(options),
		headers: provider.headers,
		body: JSON.stringify(body),
		signal,
		connectTimeoutMs: 1000,
	});
	return { codec, response };
}

async function readText({ body }: Awaited<ReturnType<Simulator["send"]>>): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) text += decoder.decode(chunk, { stream: true });
	return text;
}

async function readEvents(provider: Simulator, model: string, prompt = hello): Promise<StreamEvent[]> {
	const { codec, response } = await exchange(provider, model, true, prompt);
	expect(response).toMatchObject({ status: 200, headers: { "content-type": expect.stringContaining("text/event-stream") } });
	const decoder = codec.createStreamDecoder();
	const events: StreamEvent[] = [];
	for (let chunk = await response.body.read(); chunk !== undefined; chunk = await response.body.read()) events.push(...decoder.push(chunk));
	return [...events, ...decoder.close()];
}

describe.each(dialects)("speaking %s", (dialect) => {
	test.each(["echo", "json", "long-20", "length", "reasoning", "refusal"])("%s answers alike, whole and streamed", async (model) => {
		const provider = simulator({ dialect, now: () => 1_700_000_000_000 });
		const fold = createAnswerFold();
		fold.push(await readEvents(provider, model));
		const { codec, response } = await exchange(provider, model, false);
		const whole = codec.decodeAnswer(JSON.parse(await readText(response)));
		if (!whole.ok) throw new Error(whole.problem.message);
		const streamed = fold.answer();
		expect(whole.value.content.map(({ type }) => type)).toEqual(streamed.content.map(({ type }) => type));
		expect(whole.value.finish.reason).toBe(streamed.finish.reason);
		expect(whole.value.finish.usage).toMatchObject({ inputTokens: 2, outputTokens: streamed.finish.usage.outputTokens });
		expect(provider.active()).toBe(0);
	});

	test.each(["[DONE]", "a\r\nb\r", "data: x\n\nevent: y\n\n", "\ud800 alone", "é😀\u2028"])("echo says %j as it came", async (text) => {
		const events = await readEvents(simulator({ dialect }), "echo", { ...hello, messages: [{ role: "user", content: [{ type: "text", text }] }] });
		const said = events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");
		expect(said.endsWith(`You said: ${text}`)).toBe(true);
	});

	test.each([
		["rate-limited-7", "rate-limited"],
		["overloaded", "overloaded"],
		["error-500", "upstream"],
		["unauthorized", "authentication"],
		["bad-request", "bad-request"],
		["context-length", "context-length"],
		["no-such-model", "model-not-found"],
	] as const)("%s is a %s failure", async (model, kind) => {
		for (const stream of [true, false]) {
			const { codec, response } = await exchange(simulator({ dialect }), model, stream);
			const failure = codec.decodeFailure(response.status, response.headers, await readText(response));
			expect(failure.kind).toBe(kind);
			if (kind === "rate-limited") expect(failure.retryAfterMs).toBe(7000);
		}
	});

	test.each([
		["error-in-stream", 0],
		["error-after-start", 1],
		["early-end", 1],
		["garbage", 0],
		["empty", 0],
	] as const)("%s ends its stream with an error", async (model, content) => {
		const events = await readEvents(simulator({ dialect }), model);
		expect(events.at(-1)?.type).toBe("error");
		expect(events.some(({ type }) => type === "text-delta")).toBe(content === 1);
	});

	test("cut breaks the connection in the middle", async () => {
		await expect(readEvents(simulator({ dialect }), "cut")).rejects.toMatchObject({ name: "SendError", reason: "network" });
	});

	test.each(["error-in-stream", "error-after-start", "early-end", "garbage", "empty"])("%s is no whole answer either", async (model) => {
		const { codec, response } = await exchange(simulator({ dialect }), model, false);
		const text = await readText(response);
		let isAnswer: boolean;
		try {
			isAnswer = codec.decodeAnswer(JSON.parse(text)).ok;
		} catch {
			isAnswer = false;
		}
		expect(isAnswer).toBe(false);
	});

	test.each(["stall", "never-starts", "slow-headers"])("%s lasts until it is given up, and tells so", async (model) => {
		for (const stream of [true, false]) {
			let cancelled = 0;
			const provider = simulator({ dialect, onCancel: () => cancelled++ });
			const controller = new AbortController();
			const given = exchange(provider, model, stream, hello, controller.signal).then(({ response }) => readText(response));
			given.catch(() => undefined);
			await expect.poll(provider.active).toBe(1);
			expect(cancelled).toBe(0);
			controller.abort();
			expect([provider.active(), cancelled]).toEqual([0, 1]);
			await expect(given).rejects.toMatchObject({ reason: "aborted" });
		}
	});

	test("a request that is none is refused in the vendor's words", async () => {
		const provider = simulator({ dialect });
		const signal = new AbortController().signal;
		for (const body of ["", "{", "[]", '{"model":"echo"}']) {
			const response = await provider.send({ method: "POST", url: "/", headers: {}, body, signal, connectTimeoutMs: 1 });
			expect(response.status).toBe(400);
			expect(JSON.parse(await readText(response))).toMatchObject({ error: dialect === "gemini" ? { status: "INVALID_ARGUMENT" } : { type: "invalid_request_error" } });
		}
	});

	test("flaky fails every other time", async () => {
		const provider = simulator({ dialect });
		const statuses: number[] = [];
		for (let index = 0; index < 4; index++) statuses.push((await exchange(provider, "flaky", false)).response.status);
		expect(statuses).toEqual([500, 200, 429, 200]);
	});
});

test.each(["anthropic-messages", "gemini"] as const)("%s counts tokens", async (dialect) => {
	const provider = simulator({ dialect });
	const codec = providerCodecs[dialect].tokenCount;
	if (codec === undefined) throw new Error("no token count");
	const options = { model: "echo", stream: false, quirks: {} };
	const { body } = codec.encodeRequest(hello, options);
	const signal = new AbortController().signal;
	const response = await provider.send({ method: "POST", url: provider.baseUrl + codec.path(options), headers: {}, body: JSON.stringify(body), signal, connectTimeoutMs: 1 });
	expect(codec.decodeAnswer(JSON.parse(await readText(response)))).toEqual({ ok: true, value: 2 });
});

test("an environment without vendors gives the simulator, one with a vendor does not", () => {
	expect(Object.keys(providersFromEnvironment({}))).toEqual(["sim"]);
	expect(Object.keys(providersFromEnvironment({ XAI_API_KEY: "xai-1" }))).toEqual(["xai"]);
});
