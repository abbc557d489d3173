import { metrics, trace } from "@opentelemetry/api";
import { InMemoryMetricExporter, AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, expect, test } from "vitest";
import { isSdkRegistered, openTelemetry } from "../../src/opentelemetry/index.ts";
import { ask, testGateway } from "../gateway/support.ts";

afterEach(() => {
	trace.disable();
	metrics.disable();
});

test("an SDK for traces, or one for metrics, is somebody to tell", () => {
	expect(isSdkRegistered()).toBe(false);
	trace.setGlobalTracerProvider(new TracerProvider());
	expect(isSdkRegistered()).toBe(true);
	trace.disable();
	expect(isSdkRegistered()).toBe(false);
	metrics.setGlobalMeterProvider(new MeterProvider());
	expect(isSdkRegistered()).toBe(true);
});

test("an SDK that is registered after the gateway was made is told too, and all of it goes out where the gateway closes", async () => {
	const gateway = testGateway({ telemetry: openTelemetry() });
	const exporter = new InMemorySpanExporter();
	// Closed exporters forget: what was sent is noted on its way.
	const sent: string[] = [];
	const noting = { export: (...[spans, done]: Parameters<typeof exporter.export>) => {
		sent.push(...spans.map(({ name }) => name));
		exporter.export(spans, done);
	}, shutdown: () => exporter.shutdown() };
	trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: noting, scheduledDelayMillis: 2 ** 30 })] }));
	const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
	metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 2 ** 30 })] }));
	await ask(gateway, "/v1/prompt", { body: { prompt: "Hi" } });
	expect(sent).toEqual([]);
	await gateway.close();
	expect(sent).toEqual(["chat echo", "chat echo"]);
	expect(measured.getMetrics()).toHaveLength(1);
});

test("without any SDK it is told for nothing", async () => {
	const gateway = testGateway({ telemetry: openTelemetry() });
	expect((await ask(gateway, "/v1/stream", { body: { prompt: "Hi" } })).status).toBe(200);
	await gateway.close();
});
