import { createNoopMeter, metrics, ProxyTracer, trace } from "@opentelemetry/api";

/** Whether an SDK for traces or for metrics is registered with the API, so that there is somebody to tell. */
export function isSdkRegistered(): boolean {
	// Until then the API gives out stand-ins.
	return !(trace.getTracer("@postern/core") instanceof ProxyTracer) || metrics.getMeter("@postern/core") !== createNoopMeter();
}
