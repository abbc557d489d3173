import { context, propagation, trace } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { ConfigurationError, simulator, type UpstreamRequest } from "../../src/index.ts";
import { openTelemetry } from "../../src/opentelemetry/index.ts";
import { ask } from "../gateway/support.ts";
import { exchangeAmong, type Observed, observedGateway, registerContext, told } from "./support.ts";

beforeAll(registerContext);

const traceId = "0af7651916cd43dd8448eb211c80319c";
const callersSpan = "b7ad6b7169203331";
const headers = { traceparent: `00-${traceId}-${callersSpan}-01`, tracestate: "vendor=1", baggage: "customer=4711" };
const body = { prompt: "Say the secret word" };

let observed: Observed;
afterEach(() => observed.gateway.close());

interface Sent {
	readonly request: UpstreamRequest;
	readonly isSuppressed: boolean;
	readonly activeSpan: string | undefined;
}

/** A gateway whose provider notes what it is sent, and within which context. */
function noting(upstream?: "trace" | "trace-and-baggage" | "nothing" | "instrumented", ownHeaders: Readonly<Record<string, string>> = {}): Sent[] {
	const sent: Sent[] = [];
	const sim = simulator();
	const provider = {
		...sim,
		headers: { ...sim.headers, ...ownHeaders },
		send(request: UpstreamRequest) {
			sent.push({ request, isSuppressed: isTracingSuppressed(context.active()), activeSpan: trace.getSpanContext(context.active())?.spanId });
			return sim.send(request);
		},
	};
	observed = observedGateway({ providers: { sim: provider } }, upstream === undefined ? {} : { upstream });
	return sent;
}

describe("the parent", () => {
	test.each(["/v1/prompt", "/v1/stream"])("of an exchange is the span that the headers tell of: %s", async (path) => {
		observed = observedGateway();
		await ask(observed.gateway, path, { body, headers });
		const { exchange, attempts } = exchangeAmong(observed.spans());
		expect(exchange.spanContext().traceId).toBe(traceId);
		expect(exchange.parentSpanContext).toMatchObject({ spanId: callersSpan, isRemote: true });
		expect(told(exchange)).toMatchObject({ kind: "SERVER" });
		expect(attempts[0]?.spanContext().traceId).toBe(traceId);
	});

	test("is the embedding app's own span, where one is active: the gateway is a part of it then", async () => {
		observed = observedGateway();
		await observed.tracerProvider.getTracer("app").startActiveSpan("POST /chat", async (span) => {
			await ask(observed.gateway, "/v1/prompt", { body, headers });
			span.end();
		});
		const app = observed.spans().find(({ name }) => name === "POST /chat");
		const { exchange } = exchangeAmong(observed.spans());
		expect(exchange.parentSpanContext?.spanId).toBe(app?.spanContext().spanId);
		expect(told(exchange)).toMatchObject({ kind: "INTERNAL" });
	});

	test.each([["none"], ["not-a-trace"], [`00-${traceId}-${callersSpan}-01, 00-${traceId}-${callersSpan}-01`]])("is nobody, where the header says %s", async (traceparent) => {
		observed = observedGateway();
		await ask(observed.gateway, "/v1/prompt", { body, headers: { traceparent } });
		expect(exchangeAmong(observed.spans()).exchange.parentSpanContext).toBeUndefined();
	});

	test("of a refusal, of an answer from the cache and of a shared answer is each caller's own", async () => {
		observed = observedGateway({ limits: { surfaces: { openai: { nonStreaming: 0 } } } });
		const asCaller = (number: number) => ({ ...headers, traceparent: `00-${String(number).padStart(32, "0")}-${callersSpan}-01`, "x-postern-cache": "on" });
		await ask(observed.gateway, "/v1/chat/completions", { body: { model: "sim/echo", messages: [{ role: "user", content: "Hi" }] }, headers: { ...asCaller(1), "x-postern-cache": undefined } });
		await Promise.all([2, 3].map((number) => ask(observed.gateway, "/v1/stream", { body, headers: asCaller(number) })));
		await ask(observed.gateway, "/v1/prompt", { body, headers: asCaller(4) });
		const exchanges = observed.spans().filter(({ attributes }) => attributes["postern.request.id"] !== undefined);
		const byTrace = exchanges.map((span) => [Number(span.spanContext().traceId), span.attributes["postern.outcome"]]);
		expect(byTrace.toSorted()).toEqual([[1, "refused"], [2, "ok"], [3, "cached"], [4, "cached"]]);
	});
});

describe("a provider is told", () => {
	test("of the attempt's span, and of no baggage", async () => {
		const sent = noting();
		await ask(observed.gateway, "/v1/prompt", { body, headers });
		const { attempts } = exchangeAmong(observed.spans());
		const [attempt] = attempts;
		expect(sent[0]?.request.headers).toMatchObject({ traceparent: `00-${traceId}-${attempt?.spanContext().spanId}-01`, tracestate: "vendor=1" });
		expect(sent[0]?.request.headers).not.toHaveProperty("baggage");
		// An instrumentation of HTTP would send the same headers once more.
		expect(sent[0]).toMatchObject({ isSuppressed: true, activeSpan: attempt?.spanContext().spanId });
	});

	test("of baggage too, where that is asked for", async () => {
		const sent = noting("trace-and-baggage");
		await ask(observed.gateway, "/v1/prompt", { body, headers });
		expect(sent[0]?.request.headers).toMatchObject({ traceparent: expect.any(String), baggage: "customer=4711" });
	});

	test("nothing, where that is asked for", async () => {
		const sent = noting("nothing");
		await ask(observed.gateway, "/v1/prompt", { body, headers });
		expect(Object.keys(sent[0]?.request.headers ?? {})).toEqual(["content-type"]);
		expect(sent[0]?.isSuppressed).toBe(true);
	});

	test("by the app's instrumentation of HTTP, which finds the attempt's span and no baggage", async () => {
		const sent = noting("instrumented");
		await ask(observed.gateway, "/v1/prompt", { body, headers });
		expect(Object.keys(sent[0]?.request.headers ?? {})).toEqual(["content-type"]);
		expect(sent[0]).toMatchObject({ isSuppressed: false, activeSpan: exchangeAmong(observed.spans()).attempts[0]?.spanContext().spanId });
	});

	test("nothing that takes the place of its own headers", async () => {
		const sent = noting("trace", { traceparent: "mine" });
		await ask(observed.gateway, "/v1/prompt", { body, headers });
		expect(sent[0]?.request.headers["traceparent"]).toBe("mine");
	});
});

test("what is called around a request goes on in the caller's context, without the gateway's spans", async () => {
	const seen: (string | undefined)[] = [];
	observed = observedGateway({
		identify: () => {
			seen.push(trace.getSpanContext(context.active())?.spanId, propagation.getActiveBaggage()?.getEntry("customer")?.value);
			return { kind: "host" as const, id: "me" };
		},
	});
	await ask(observed.gateway, "/v1/prompt", { body, headers });
	expect(seen).toEqual([callersSpan, "4711"]);
});

test("a way that is none is refused by name", () => {
	expect(() => openTelemetry({ upstream: "loudly" as "trace" })).toThrow(new ConfigurationError("upstream is one of trace, trace-and-baggage, nothing, instrumented"));
});
