import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { beforeAll, expect, test } from "vitest";
import { memoryStore, simulator, type UsageRecord } from "../../src/index.ts";
import { openTelemetry } from "../../src/opentelemetry/index.ts";
import { send, testGateway } from "../gateway/support.ts";
import { registerContext } from "./support.ts";

beforeAll(registerContext);

/** Notes beginnings and ends apart: an exporter sees ends alone. */
function bookkeeper() {
	const begun: Span[] = [];
	const ended: ReadableSpan[] = [];
	const processor: SpanProcessor = {
		onStart: (span: Span, _parent: Context) => void begun.push(span),
		onEnd: (span: ReadableSpan) => void ended.push(span),
		forceFlush: async () => {},
		shutdown: async () => {},
	};
	return { begun, ended, processor };
}

const models = ["echo", "tools", "length", "refusal", "error-500", "overloaded", "rate-limited-1", "error-in-stream", "error-after-start", "cut", "early-end", "garbage", "empty", "stall", "never-starts", "slow-headers-50"];
const requests = models.flatMap((model) => [
	{ path: "/v1/prompt", body: { prompt: "Hi", model: `sim/${model}` } },
	{ path: "/v1/stream", body: { prompt: "Hi", model: `sim/${model}` } },
	{ path: "/v1/chat/completions", body: { model: `sim/${model}`, stream: true, messages: [{ role: "user", content: "Hi" }] } },
	{ path: "/v1/embeddings", body: { model: `sim/${model}`, input: "Hi", dimensions: 2 } },
]);

test.each([
	["asked once", {}, undefined],
	["asked of the cache, several at once", { "x-postern-cache": "on" }, undefined],
	["given up after a moment", {}, 5],
	["of the cache, given up after a moment", { "x-postern-cache": "on" }, 5],
])("each line of the ledger has one span, and each span that begins ends once: %s", async (_, headers, patienceMs) => {
	const { begun, ended, processor } = bookkeeper();
	const store = memoryStore();
	const lines: string[] = [];
	const writing = { ...store, recordUsage: (record: UsageRecord) => (lines.push(record.id), store.recordUsage(record)) };
	const gateway = testGateway({
		store: writing,
		providers: { sim: simulator() },
		surfaces: ["prompt", "openai"],
		telemetry: openTelemetry({ tracerProvider: new TracerProvider({ spanProcessors: [processor] }) }),
		clocks: { firstEventMs: 150, answerMs: 150, idleMs: 150, totalMs: 400 },
		retry: { baseDelayMs: 0, attemptsPerTarget: 2 },
		cooldown: false,
	});
	const patience = () => (patienceMs === undefined ? {} : { signal: AbortSignal.timeout(patienceMs) });
	await Promise.all(
		requests.flatMap(({ path, body }) => [1, 2].map(() => send(gateway, path, { body, headers, ...patience() }).then((response) => response.text()).catch(() => {}))),
	);
	await gateway.close();

	const exchanges = ended.flatMap(({ attributes }) => attributes["postern.request.id"] ?? []);
	expect(exchanges.toSorted()).toEqual(lines.toSorted());
	expect(lines.length).toBeGreaterThan(requests.length / 2);
	const ids = (spans: readonly { spanContext(): { readonly spanId: string } }[]) => spans.map((span) => span.spanContext().spanId).toSorted();
	expect(ids(ended)).toEqual(ids(begun));
});
