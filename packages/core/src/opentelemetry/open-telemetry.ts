import { metrics, trace, context, type MeterProvider, type TracerProvider } from "@opentelemetry/api";
import type { Telemetry } from "../effects/telemetry.ts";
import { ConfigurationError } from "../rules/providers/configuration-error.ts";
import { version } from "../version.ts";
import { callersContext } from "./callers-context.ts";
import { traceExchange } from "./exchange-trace.ts";
import { createInstruments } from "./instruments.ts";
import { conventions } from "./names.ts";
import { type Upstream, upstreamWays } from "./upstream.ts";

export interface OpenTelemetryOptions {
	/** Default: the one that is registered with the API. */
	readonly tracerProvider?: TracerProvider;
	/** Default: the one that is registered with the API. */
	readonly meterProvider?: MeterProvider;
	/**
	 * What providers are told of the trace, by the propagator that is registered with the API. `trace` (default): the trace's context and no
	 * baggage; an instrumentation of HTTP sees nothing of the call, so that its headers do not go out twice. `trace-and-baggage`: the
	 * caller's baggage too. `nothing`: no header. `instrumented`: the app's own instrumentation of HTTP makes a span below the attempt's and
	 * sends the headers, without baggage.
	 */
	readonly upstream?: Upstream;
}

/**
 * A span for each exchange and below it one for each attempt, and the standard metrics, by OpenTelemetry's semantic conventions for
 * generative AI in version 1.41.0, the last one that was published. Where nothing is registered with the API they go nowhere.
 *
 * Parent is the span that is active where the gateway is called, or else the one that the request's headers tell of. For either a context
 * manager has to be registered, as every SDK's setup does.
 *
 * @throws {ConfigurationError} for a way that is none.
 */
export function openTelemetry({ tracerProvider, meterProvider, upstream = "trace" }: OpenTelemetryOptions = {}): Telemetry {
	if (!upstreamWays.includes(upstream)) throw new ConfigurationError(`upstream is one of ${upstreamWays.join(", ")}`);
	const scope = ["@postern/core", version, { schemaUrl: conventions }] as const;
	const tracer = (tracerProvider ?? trace).getTracer(...scope);
	// The SDK may be registered after the gateway was made, and a meter stays with the provider that it is from.
	let tools: Parameters<typeof traceExchange>[1] | undefined;
	return {
		within: (header, perform) => context.with(callersContext(header), perform),
		exchange(begun) {
			tools ??= { tracer, upstream, instruments: createInstruments((meterProvider ?? metrics).getMeter(...scope)) };
			return traceExchange(begun, tools);
		},
		async flush() {
			await Promise.all([flushed(tracerProvider ?? trace.getTracerProvider()), flushed(meterProvider ?? metrics.getMeterProvider())]);
		},
	};
}

/** That an SDK's providers can be flushed is no part of the API; the registered one for traces stands behind one of the API's own. */
async function flushed(provider: object): Promise<void> {
	const own = "getDelegate" in provider && typeof provider.getDelegate === "function" ? provider.getDelegate() : provider;
	if (typeof own?.forceFlush === "function") await own.forceFlush();
}
