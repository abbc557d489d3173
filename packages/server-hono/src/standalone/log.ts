import type { ObservedEvent } from "@postern/core";
import { destination, type Logger, pino, stdTimeFunctions } from "pino";
import type { LogLevel } from "./environment.ts";
import { createRedaction } from "./redaction.ts";

export interface Log {
	readonly lines: Logger;
	/** What the gateway reports, as lines. */
	observe(event: ObservedEvent): void;
	/** Writes what is still held: before the process ends. */
	flush(): void;
}

/** JSON lines on standard output. Every line passes the redaction as a whole, whatever it was made from. */
export function createLog(level: LogLevel, secrets: readonly string[]): Log {
	const output = destination({ dest: 1, sync: false });
	// A closed pipe (`postern | head`) is no reason to die.
	output.on("error", () => {});
	const redact = createRedaction(secrets);
	const lines = pino(
		{
			level,
			base: null,
			timestamp: stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
			serializers: { err: describeError },
		},
		{ write: (line: string) => void output.write(redact(line)) },
	);
	return { lines, observe: (event) => logEvent(lines, event), flush: () => flush(output) };
}

function flush(output: ReturnType<typeof destination>): void {
	try {
		output.flushSync();
	} catch {
		// Not opened yet, or closed by the reader: there is nobody to tell.
	}
}

function logEvent(lines: Logger, event: ObservedEvent): void {
	switch (event.type) {
		case "request-end": {
			const { type, ...fields } = event;
			if (event.status >= 500) lines.warn(fields, type);
			else if (event.operation === "getHealth") lines.debug(fields, type);
			else lines.info(fields, type);
			return;
		}
		case "attempt-failed":
		case "budget-warning": {
			const { type, ...fields } = event;
			lines.warn(fields, type);
			return;
		}
		case "internal-error":
			lines.error({ requestId: event.requestId, err: event.error }, event.type);
			return;
		case "warning":
			lines.warn(event.message);
	}
}

/** No more than these fields: errors of clients may carry requests with all their headers. */
export function describeError(error: unknown): Record<string, unknown> {
	if (!(error instanceof Error)) return { message: String(error) };
	const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
	const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
	return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}
