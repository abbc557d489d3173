export { type OpenTelemetryOptions, openTelemetry } from "./open-telemetry.ts";
export { isSdkRegistered } from "./registered.ts";
