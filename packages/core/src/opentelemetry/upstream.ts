import { context, createContextKey, propagation, type Context } from "@opentelemetry/api";

export const upstreamWays = ["trace", "trace-and-baggage", "nothing", "instrumented"] as const;
/** What a provider is told of the trace, and by whom. */
export type Upstream = (typeof upstreamWays)[number];

/** How one request goes out. */
export interface Outgoing {
	headers(): Readonly<Record<string, string>>;
	within<Value>(perform: () => Value): Value;
}

/** @param attempt the context with the attempt's span in it. */
export function outgoing(attempt: Context, way: Upstream): Outgoing {
	const told = way === "trace-and-baggage" ? attempt : propagation.deleteBaggage(attempt);
	const around = way === "instrumented" ? told : told.setValue(suppressTracing, true);
	return {
		headers: () => (way === "nothing" || way === "instrumented" ? {} : headersOf(told)),
		within: (perform) => context.with(around, perform),
	};
}

function headersOf(told: Context): Record<string, string> {
	const headers: Record<string, string> = {};
	propagation.inject(told, headers, { set: (carrier, name, value) => void (carrier[name.toLowerCase()] = value) });
	return headers;
}

/** The SDK's own key: keys of the same description are the same, whichever copy of the package they come from. */
const suppressTracing = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
