import { context, propagation, type Attributes, type HrTime, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { AggregationTemporality, DataPointType, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Gateway, GatewayOptions } from "../../src/index.ts";
import { type OpenTelemetryOptions, openTelemetry } from "../../src/opentelemetry/index.ts";
import { testGateway } from "../gateway/support.ts";

/** What the setup of an SDK registers with the API, in this process. */
export function registerContext(): void {
	context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
	propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }));
}

export interface Observed {
	readonly gateway: Gateway;
	readonly tracerProvider: TracerProvider;
	/** Those that have ended, in the order of their ends. */
	spans(): readonly ReadableSpan[];
	/** `name of the metric` -> its data points. */
	metrics(): Promise<Readonly<Record<string, readonly Measured[]>>>;
}

export interface Measured {
	readonly attributes: Attributes;
	readonly count: number;
	readonly sum: number;
	readonly unit: string;
	readonly boundaries: readonly number[];
}

/** A gateway that tells a real SDK, which keeps all in memory. */
export function observedGateway(options: Partial<GatewayOptions> = {}, telemetry: Pick<OpenTelemetryOptions, "upstream"> = {}): Observed {
	const spans = new InMemorySpanExporter();
	const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
	const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
	const meterProvider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })] });
	return {
		gateway: testGateway({ telemetry: openTelemetry({ tracerProvider, meterProvider, ...telemetry }), ...options }),
		tracerProvider,
		spans: () => spans.getFinishedSpans(),
		async metrics() {
			exporter.reset();
			await meterProvider.forceFlush();
			const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics);
			return Object.fromEntries(
				found.map(({ descriptor, dataPointType, dataPoints }) => {
					if (dataPointType !== DataPointType.HISTOGRAM) throw new Error(`${descriptor.name} is no histogram`);
					const points = dataPoints.map(({ attributes, value }) => ({
						attributes, count: value.count, sum: value.sum ?? 0, unit: descriptor.unit, boundaries: value.buckets.boundaries,
					}));
					return [descriptor.name, points];
				}),
			);
		},
	};
}

/** Of a span what its reader sees first. */
export function told(span: ReadableSpan | undefined) {
	if (span === undefined) return undefined;
	const { name, kind, status, attributes } = span;
	return { name, kind: SpanKind[kind], status: SpanStatusCode[status.code], attributes };
}

export function milliseconds([seconds, nanoseconds]: HrTime): number {
	return seconds * 1000 + nanoseconds / 1e6;
}

/** The exchange, and its attempts in their order. */
export function exchangeAmong(spans: readonly ReadableSpan[]): { readonly exchange: ReadableSpan; readonly attempts: readonly ReadableSpan[] } {
	const exchanges = spans.filter(({ attributes }) => attributes["postern.request.id"] !== undefined);
	const [exchange] = exchanges;
	if (exchange === undefined || exchanges.length > 1) throw new Error(`${exchanges.length} spans are exchanges`);
	const attempts = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === exchange.spanContext().spanId);
	return { exchange, attempts: attempts.toSorted((a, b) => Number(a.attributes["postern.attempt"]) - Number(b.attributes["postern.attempt"])) };
}
