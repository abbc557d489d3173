import type { Tracer } from "@opentelemetry/api";
import type { Instruments } from "./instruments.ts";
import type { Upstream } from "./upstream.ts";

/** What exchanges and attempts are told with. */
export interface TraceTools {
	readonly tracer: Tracer;
	readonly instruments: Instruments;
	readonly upstream: Upstream;
}
