import { context, propagation, trace, type Context, type TextMapGetter } from "@opentelemetry/api";

type Header = (name: string) => string | undefined;

/** The context that is active, where it has a span; otherwise with what the registered propagator reads from the headers. */
export function callersContext(header: Header): Context {
	const active = context.active();
	return trace.getSpanContext(active) === undefined ? propagation.extract(active, header, getter) : active;
}

const getter: TextMapGetter<Header> = {
	get: (header, name) => header(name.toLowerCase()),
	keys: () => [],
};
