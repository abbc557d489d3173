import type { Telemetry } from "@postern/core";

/**
 * Tells OpenTelemetry where its API is installed and an SDK was registered before the server (`node --import ./telemetry.js`); nobody
 * otherwise, and nothing is said of it.
 */
export async function findTelemetry(): Promise<Telemetry | undefined> {
	try {
		const { isSdkRegistered, openTelemetry } = await import("@postern/core/opentelemetry");
		return isSdkRegistered() ? openTelemetry() : undefined;
	} catch (error) {
		if (isNotInstalled(error)) return undefined;
		throw error;
	}
}

function isNotInstalled(error: unknown): boolean {
	return error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND" && error.message.includes("@opentelemetry/api");
}
