import { describe, expect, it } from "vitest";
import type { UsageRecord } from "../../src/contract/session.ts";
import type { ExchangeContext, ExchangeEvent, ExchangeRequest } from "../../src/effects/exchange.ts";
import { exchangeStream } from "../../src/effects/exchange-stream.ts";
import { exchangeWhole } from "../../src/effects/exchange-whole.ts";
import { createRetryBudgets } from "../../src/effects/retry-budgets.ts";
import { createRunningExchanges } from "../../src/effects/running-exchanges.ts";
import { memoryStore } from "../../src/effects/store/memory-store.ts";
import { createTargetHealth } from "../../src/effects/target-health.ts";
import { shutDown } from "../../src/effects/upstream-call.ts";
import { createModelTable } from "../../src/rules/models/table.ts";
import { openaiCompatible } from "../../src/rules/providers/openai-compatible.ts";
import type { Outcome as LearntOutcome } from "../../src/rules/routing/learn/index.ts";
import type { Plan } from "../../src/rules/routing/order.ts";
import type { Target } from "../../src/rules/routing/target.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import { type ScriptedAnswer, scriptedSend } from "../../src/testing/scripted-send.ts";

const chunk = (delta: object, finish: string | null = null) => `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const usageChunk = `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } })}\n\n`;
const hello = chunk({ role: "assistant", content: "Hello" });
const world = chunk({ content: " world" });
const ending = `${chunk({}, "stop")}${usageChunk}data: [DONE]\n\n`;
const streamed: ScriptedAnswer = { chunks: [hello, world, ending] };
const errorFirst: ScriptedAnswer = { chunks: [`data: ${JSON.stringify({ error: { message: "You exceeded your quota", type: "insufficient_quota", code: "insufficient_quota" } })}\n\n`] };
const whole: ScriptedAnswer = {
	chunks: [JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, message: { role: "assistant", content: "Hello world" }, finish_reason: "stop" }], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } })],
};
const status = (code: number, headers: Record<string, string> = {}): ScriptedAnswer => ({ status: code, headers, chunks: ['{"error":{"message":"upstream says sk-secret","type":"x"}}'] });

/** A provider a script, an exchange over all of them in order. */
function stage(...scripts: readonly [readonly [ScriptedAnswer, ...ScriptedAnswer[]], ...(readonly [ScriptedAnswer, ...ScriptedAnswer[]])[]]) {
	const runtime = fakeRuntime();
	const store = memoryStore();
	const sends = scripts.map((answers) => scriptedSend(...answers));
	const targets = sends.map(({ send }, index): Target => ({
		providerName: `p${index}`, credential: 1, model: "m", label: `p${index}/m`,
		provider: { ...openaiCompatible({ baseUrl: `http://p${index}/v1`, apiKey: "sk-secret" }), send },
	}));
	const caller = new AbortController();
	let ended = 0;
	const learnt: LearntOutcome[] = [];
	const context: ExchangeContext = {
		runtime, store, exchanges: createRunningExchanges(),
		clocks: { connectMs: 1000, firstEventMs: 5000, answerMs: 30_000, idleMs: 3000, totalMs: 60_000 },
		retry: { attemptsPerTarget: 3, attemptsInAll: 6, baseDelayMs: 500, maxDelayMs: 8000 },
		models: createModelTable(),
		health: createTargetHealth(runtime.now),
		learner: { learn: (_, outcome) => void learnt.push(outcome) },
		retries: createRetryBudgets({ budgetRatio: 0.2, budgetPerSecond: 10, concurrentRetries: 50 }, runtime.now),
	};
	const request: ExchangeRequest = {
		requestId: "req_1", surface: "openai", operation: "createChatCompletion", isStreamed: true,
		principal: { kind: "operator", id: "operator" },
		prompt: { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], settings: {} },
		plan: { requested: "m", targets: targets as unknown as Plan["targets"], decision: { strategy: "priority", reason: "strategy" } },
		tools: { allowed: undefined, disallowed: [] }, warnings: [], signal: caller.signal,
		onEnd: () => ended++,
	};
	return { runtime, store, sends, caller, context, request, learnt, ended: () => ended, records: () => store.listUsage() };
}

async function drain(batches: AsyncIterable<readonly ExchangeEvent[]>): Promise<ExchangeEvent[]> {
	const events: ExchangeEvent[] = [];
	for await (const batch of batches) events.push(...batch);
	return events;
}
const text = (events: readonly ExchangeEvent[]) => events.map((event) => (event.type === "text-delta" ? event.delta : "")).join("");

/** Runs an exchange to its end while time passes. */
async function runStream(at: ReturnType<typeof stage>, passMs = 0) {
	const pending = exchangeStream(at.request, at.context);
	await at.runtime.advance(passMs);
	const result = await pending;
	if (!result.ok) return { error: result.problem, events: [] };
	const draining = drain(result.value.batches);
	await at.runtime.advance(passMs);
	const events = await draining;
	const last = events.at(-1);
	return { error: last?.type === "error" ? last.error : undefined, events };
}

async function onlyRecord(at: ReturnType<typeof stage>): Promise<UsageRecord> {
	const records = await at.records();
	expect(records).toHaveLength(1);
	expect(at.ended()).toBe(1);
	expect(at.runtime.pending()).toBeLessThanOrEqual(1);
	return records[0] as UsageRecord;
}

describe("an exchange that succeeds", () => {
	it("streams, and its record is there before the end is shown", async () => {
		const at = stage([streamed]);
		const result = await exchangeStream(at.request, at.context);
		if (!result.ok) throw new Error(result.problem.message);
		const seen: ExchangeEvent[] = [];
		for await (const batch of result.value.batches) {
			seen.push(...batch);
			expect((await at.records()).length).toBe(batch.at(-1)?.type === "finish" ? 1 : 0);
		}
		expect(text(seen)).toBe("Hello world");
		expect(await onlyRecord(at)).toMatchObject({ outcome: "ok", status: 200, attempts: 1, streamed: true, provider: "p0", model: "m", usage: { inputTokens: 5, outputTokens: 2 }, firstEventMs: 0 });
	});

	it("holds the end back until the record is durable", async () => {
		const at = stage([streamed]);
		const { promise, resolve } = Promise.withResolvers<void>();
		const store = { ...at.store, recordUsage: (record: UsageRecord) => promise.then(() => at.store.recordUsage(record)) };
		const result = await exchangeStream(at.request, { ...at.context, store });
		if (!result.ok) throw new Error(result.problem.message);
		let isOver = false;
		const draining = drain(result.value.batches).then((events) => ((isOver = true), events));
		await at.runtime.advance(100);
		expect(isOver).toBe(false);
		resolve();
		expect((await draining).at(-1)?.type).toBe("finish");
	});

	it("answers whole", async () => {
		const at = stage([whole]);
		const result = await exchangeWhole({ ...at.request, isStreamed: false }, at.context);
		expect(result).toMatchObject({ ok: true, value: { answer: { content: [{ type: "text", text: "Hello world" }], finish: { reason: "stop" } } } });
		expect(await onlyRecord(at)).toMatchObject({ outcome: "ok", status: 200, streamed: false });
	});

	it("does not claim a success whose record could not be written", async () => {
		const at = stage([streamed]);
		const store = { ...at.store, recordUsage: () => Promise.reject(new Error("disk full")) };
		const result = await exchangeStream(at.request, { ...at.context, store });
		if (!result.ok) throw new Error(result.problem.message);
		const events = await drain(result.value.batches);
		expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "INTERNAL_ERROR" } });
		expect(events.some(({ type }) => type === "finish")).toBe(false);
		expect(at.ended()).toBe(1);
	});
});

describe("before anything was shown", () => {
	it.each([
		["500", status(500)],
		["529", status(529)],
		["a refused connection", { instead: "refused" }],
		["a connection that takes too long", { instead: "connect-timeout" }],
		["a reset before content", { chunks: [chunk({ role: "assistant", content: "" })], then: "reset" }],
		["an early end before content", { chunks: [chunk({ role: "assistant" })] }],
		["garbage", { chunks: ["<html>Bad gateway</html>"] }],
	] as [string, ScriptedAnswer][])("%s is tried again on the same target", async (_, broken) => {
		const at = stage([broken, streamed]);
		const { events, error } = await runStream(at, 1000);
		expect(error).toBeUndefined();
		expect(text(events)).toBe("Hello world");
		expect(await onlyRecord(at)).toMatchObject({ outcome: "ok", attempts: 2 });
		expect(at.runtime.observed.filter(({ type }) => type === "attempt-failed")).toHaveLength(1);
	});

	it("waits as long as a 429 asks for", async () => {
		const at = stage([status(429, { "retry-after": "2" }), streamed]);
		const pending = exchangeStream(at.request, at.context);
		await at.runtime.advance(1999);
		expect(at.sends[0]?.requests).toHaveLength(1);
		await at.runtime.advance(1);
		expect(at.sends[0]?.requests).toHaveLength(2);
		const result = await pending;
		if (result.ok) await drain(result.value.batches);
	});

	it("an error first inside a 200 stream leads to the next target", async () => {
		const at = stage([errorFirst], [streamed]);
		const { events } = await runStream(at);
		expect(text(events)).toBe("Hello world");
		expect(await onlyRecord(at)).toMatchObject({ provider: "p1", attempts: 2 });
	});

	it("falls back after the attempts of a target are spent", async () => {
		const at = stage([status(500)], [streamed]);
		await runStream(at, 10_000);
		expect(at.sends.map(({ requests }) => requests.length)).toEqual([3, 1]);
	});

	it("gives an honest status once nothing is left, without the upstream's words or our key", async () => {
		const at = stage([status(500)]);
		const { error } = await runStream(at, 10_000);
		expect(error).toMatchObject({ status: 502, code: "PROVIDER_ERROR" });
		expect(JSON.stringify(error)).not.toContain("secret");
		expect(JSON.stringify(error)).not.toContain("upstream says");
		expect(await onlyRecord(at)).toMatchObject({ outcome: "failed", status: 502, errorCode: "PROVIDER_ERROR", attempts: 3 });
	});

	it("tells the caller a Retry-After that is too long to wait for", async () => {
		const at = stage([status(429, { "retry-after": "30" })]);
		const { error } = await runStream(at);
		expect(error).toMatchObject({ status: 429, code: "RATE_LIMITED", retryAfterMs: 30_000 });
		expect(at.sends[0]?.requests).toHaveLength(1);
	});

	it("never repeats a bad request", async () => {
		const at = stage([status(400)], [streamed]);
		const { error } = await runStream(at);
		expect(error).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
		expect(at.sends.map(({ requests }) => requests.length)).toEqual([1, 0]);
		expect(JSON.stringify(error)).not.toContain("sk-secret");
	});

	it("gives up on a target that never begins, and cancels it", async () => {
		const at = stage([{ instead: "silence" }], [streamed]);
		const { events } = await runStream(at, 5000);
		expect(text(events)).toBe("Hello world");
		expect(at.sends[0]?.cancelled()).toBe(1);
	});

	it("signs of life do not stop the clock of the first event", async () => {
		const at = stage([{ chunks: [": ping\n\n"], then: "stall" }]);
		const { error } = await runStream(at, 5000);
		expect(error).toMatchObject({ status: 504, code: "TIMEOUT_ERROR" });
		expect(at.sends[0]?.cancelled()).toBe(1);
	});

	it("a hang-up cancels the upstream and is recorded", async () => {
		const at = stage([{ instead: "silence" }], [streamed]);
		const pending = exchangeStream(at.request, at.context);
		await at.runtime.advance(10);
		at.caller.abort();
		expect(await pending).toMatchObject({ ok: false, problem: { code: "CANCELLED" } });
		expect(at.sends.map(({ requests }) => requests.length)).toEqual([1, 0]);
		expect(at.sends[0]?.cancelled()).toBe(1);
		expect(await onlyRecord(at)).toMatchObject({ outcome: "cancelled", status: 499, durationMs: 10 });
	});

	it("a hang-up ends the wait for a retry", async () => {
		const at = stage([status(429, { "retry-after": "5" }), streamed]);
		const pending = exchangeStream(at.request, at.context);
		await at.runtime.advance(100);
		at.caller.abort();
		expect(await pending).toMatchObject({ ok: false, problem: { code: "CANCELLED" } });
		expect(at.runtime.pending()).toBe(0);
	});

	it("a slow beginning is the first-event clock's, not the idle one's", async () => {
		const at = stage([{ chunks: [": ping\n\n"], then: "stall" }]);
		const context = { ...at.context, clocks: { ...at.context.clocks, firstEventMs: 20_000, idleMs: 1000 } };
		const pending = exchangeStream(at.request, context);
		await at.runtime.advance(19_000);
		expect(at.sends[0]?.cancelled()).toBe(0);
		await at.runtime.advance(1000);
		expect(await pending).toMatchObject({ ok: false, problem: { code: "TIMEOUT_ERROR" } });
	});

	it("the exchange's time is up, whatever was still to be tried", async () => {
		const at = stage([{ instead: "silence" }]);
		const context = { ...at.context, clocks: { ...at.context.clocks, firstEventMs: 100_000, totalMs: 2000 } };
		const pending = exchangeWhole(at.request, context);
		await at.runtime.advance(2000);
		expect(await pending).toMatchObject({ ok: false, problem: { status: 504, code: "TIMEOUT_ERROR" } });
		expect(at.sends[0]?.cancelled()).toBe(1);
	});

	it("a caller who left before is not asked for", async () => {
		const at = stage([streamed]);
		at.caller.abort();
		expect(await exchangeStream(at.request, at.context)).toMatchObject({ ok: false, problem: { code: "CANCELLED" } });
		expect(at.sends[0]?.requests).toHaveLength(0);
	});
});

describe("after the commit", () => {
	it.each([
		["a reset", { chunks: [hello, world], then: "reset" }, "PROVIDER_ERROR"],
		["an early end", { chunks: [hello, world] }, "PROVIDER_ERROR"],
		["an error in the stream", { chunks: [hello, world, ...(errorFirst.chunks ?? [])] }, "PROVIDER_ERROR"],
		["garbage", { chunks: [hello, world, "data: {broken\n\n"] }, "PROVIDER_ERROR"],
		["a stall", { chunks: [hello, world], then: "stall" }, "TIMEOUT_ERROR"],
	] as [string, ScriptedAnswer, string][])("%s ends the stream with an error; no other target is asked", async (_, broken, code) => {
		const at = stage([broken], [streamed]);
		const { events, error } = await runStream(at, 5000);
		expect(text(events)).toBe("Hello world");
		expect(error?.code).toBe(code);
		expect(events.filter(({ type }) => type === "finish" || type === "error")).toHaveLength(1);
		expect(at.sends.map(({ requests }) => requests.length)).toEqual([1, 0]);
		expect(await onlyRecord(at)).toMatchObject({ outcome: "failed", errorCode: code, usage: { outputTokens: 3 }, isEstimated: true });
	});

	it("a reader who leaves cancels the upstream, and what was used is recorded", async () => {
		const at = stage([{ chunks: [hello], then: "stall" }]);
		const result = await exchangeStream(at.request, at.context);
		if (!result.ok) throw new Error(result.problem.message);
		await result.value.batches.next();
		at.caller.abort();
		await result.value.batches.return();
		expect(at.sends[0]?.cancelled()).toBe(1);
		expect(await onlyRecord(at)).toMatchObject({ outcome: "cancelled", status: 499, errorCode: "CANCELLED", usage: { outputTokens: 2 }, isEstimated: true });
		expect(at.runtime.pending()).toBe(0);
	});

	it("a stream that nobody reads any more gives everything back once its time is up", async () => {
		const at = stage([{ chunks: [hello], then: "stall" }]);
		const result = await exchangeStream(at.request, at.context);
		if (!result.ok) throw new Error(result.problem.message);
		await result.value.batches.next();
		await at.runtime.advance(65_000);
		expect(at.sends[0]?.cancelled()).toBe(1);
		expect(await onlyRecord(at)).toMatchObject({ outcome: "cancelled", status: 499, usage: { outputTokens: 2 } });
		expect(at.runtime.pending()).toBe(0);
		await result.value.batches.return();
		await onlyRecord(at);
	});

	it("a reader who is slow does not make the idle clock run out", async () => {
		const at = stage([streamed]);
		const result = await exchangeStream(at.request, at.context);
		if (!result.ok) throw new Error(result.problem.message);
		await result.value.batches.next();
		await at.runtime.advance(30_000);
		expect((await drain(result.value.batches)).at(-1)?.type).toBe("finish");
	});

	it("a gateway that closes says so and cancels the upstream", async () => {
		const at = stage([{ chunks: [hello], then: "stall" }]);
		const result = await exchangeStream(at.request, at.context);
		if (!result.ok) throw new Error(result.problem.message);
		const draining = drain(result.value.batches);
		await at.runtime.advance(1);
		at.context.exchanges.stopAll(shutDown);
		expect((await draining).at(-1)).toMatchObject({ type: "error", error: { code: "SHUTTING_DOWN", status: 503 } });
		expect(await onlyRecord(at)).toMatchObject({ outcome: "failed", status: 503 });
	});
});

describe("the tool policy in the answer", () => {
	const call = chunk({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "Bash", arguments: "{}" } }] });
	const tools = { allowed: undefined, disallowed: ["Bash"] };
	it("a forbidden call first is an honest error", async () => {
		const at = stage([{ chunks: [call, chunk({}, "tool_calls"), "data: [DONE]\n\n"] }]);
		expect(await exchangeStream({ ...at.request, tools }, at.context)).toMatchObject({ ok: false, problem: { code: "TOOL_NOT_ALLOWED", status: 502 } });
		await onlyRecord(at);
	});
	it("a forbidden call later is never shown", async () => {
		const at = stage([{ chunks: [hello, call, chunk({}, "tool_calls"), "data: [DONE]\n\n"] }]);
		const result = await exchangeStream({ ...at.request, tools }, at.context);
		if (!result.ok) throw new Error(result.problem.message);
		const events = await drain(result.value.batches);
		expect(JSON.stringify(events.slice(0, -1))).not.toContain("Bash");
		expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "TOOL_NOT_ALLOWED" } });
	});
});

describe("reviewing the answer", () => {
	const repair = { verdict: "repair", prompt: { messages: [{ role: "user", content: [{ type: "text", text: "again" }] }], settings: {} } } as const;
	const refusal = { verdict: "refuse", error: { code: "SCHEMA_ERROR", status: 502, message: "no" } } as const;
	it("repairs once; the record holds the tokens of both tries", async () => {
		const at = stage([whole]);
		const result = await exchangeWhole({ ...at.request, review: (_, isLast) => (isLast ? { verdict: "accept" } : repair) }, at.context);
		expect(result).toMatchObject({ ok: true });
		expect(await onlyRecord(at)).toMatchObject({ attempts: 2, usage: { inputTokens: 10, outputTokens: 4 } });
	});
	it("refuses after the repair failed, and still records what it took", async () => {
		const at = stage([whole]);
		const result = await exchangeWhole({ ...at.request, review: (_, isLast) => (isLast ? refusal : repair) }, at.context);
		expect(result).toMatchObject({ ok: false, problem: { code: "SCHEMA_ERROR" } });
		expect(await onlyRecord(at)).toMatchObject({ outcome: "failed", status: 502, usage: { inputTokens: 10 } });
	});
	it("repairs a stream behind the caller's back, before its end", async () => {
		const at = stage([streamed, whole]);
		const result = await exchangeStream({ ...at.request, review: (_, isLast) => (isLast ? { verdict: "accept" } : repair) }, at.context);
		if (!result.ok) throw new Error(result.problem.message);
		const events = await drain(result.value.batches);
		expect(events.at(-1)).toMatchObject({ type: "finish", usage: { inputTokens: 10, outputTokens: 4 } });
		expect(result.value.answer().content).toEqual([expect.objectContaining({ text: "Hello world" })]);
		await onlyRecord(at);
	});
});
