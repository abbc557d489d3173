import { recordedRequest, type RecordedRequest } from "./settlement.ts";
import type { BegunExchange, ExchangeTelemetry, Telemetry } from "./telemetry.ts";

/** Tells that an exchange may begin, within the caller's trace. @returns whom to tell the rest; `undefined` where nobody wants to know. */
export function tellExchange(
	telemetry: Telemetry | undefined,
	request: RecordedRequest,
	begun: Pick<BegunExchange, "startedAt" | "route" | "target">,
): ExchangeTelemetry | undefined {
	return telemetry?.exchange({ ...recordedRequest(request), kind: request.kind ?? "conversation", ...begun });
}
