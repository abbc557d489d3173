import type { AttemptTelemetry, ExchangeTelemetry, Telemetry } from "./telemetry.ts";

/** Tools that watch must not harm what they watch: whatever they throw is handed to `tell`, and the request goes on. */
export function guardedTelemetry(telemetry: Telemetry, tell: (error: unknown) => void): Telemetry {
	function guarded<Arguments extends readonly unknown[]>(call: (...given: Arguments) => void): (...given: Arguments) => void {
		return (...given) => {
			try {
				call(...given);
			} catch (error) {
				tell(error);
			}
		};
	}

	function made<Made>(make: () => Made): Made | undefined {
		try {
			return make();
		} catch (error) {
			tell(error);
			return undefined;
		}
	}

	/** What is performed happens once, with its own result or its own error, whatever is thrown around it. */
	function around<Value>(within: (perform: () => void) => void, perform: () => Value): Value {
		let outcome: (() => Value) | undefined;
		try {
			within(() => {
				outcome ??= outcomeOf(perform);
			});
		} catch (error) {
			tell(error);
		}
		return (outcome ?? perform)();
	}

	function guardedAttempt(attempt: AttemptTelemetry): AttemptTelemetry {
		return {
			asked: guarded((settings) => attempt.asked(settings)),
			headers: () => made(() => attempt.headers()) ?? {},
			within: (perform) => around((inner) => attempt.within(inner), perform),
			firstContent: guarded((at) => attempt.firstContent(at)),
			answered: guarded((answer, at) => attempt.answered(answer, at)),
			failed: guarded((failure, at) => attempt.failed(failure, at)),
		};
	}

	function guardedExchange(exchange: ExchangeTelemetry): ExchangeTelemetry {
		return {
			attempt(begun) {
				const attempt = made(() => exchange.attempt(begun));
				return attempt === undefined ? untoldAttempt : guardedAttempt(attempt);
			},
			ended: guarded((record) => exchange.ended(record)),
			lost: guarded((at) => exchange.lost(at)),
		};
	}

	return {
		within: (header, perform) => around((inner) => telemetry.within(header, inner), perform),
		exchange(begun) {
			const exchange = made(() => telemetry.exchange(begun));
			return exchange === undefined ? untoldExchange : guardedExchange(exchange);
		},
		async flush() {
			try {
				await telemetry.flush?.();
			} catch (error) {
				tell(error);
			}
		},
	};
}

function outcomeOf<Value>(perform: () => Value): () => Value {
	try {
		const value = perform();
		return () => value;
	} catch (error) {
		return () => {
			throw error;
		};
	}
}

const untold = () => {};
const untoldAttempt: AttemptTelemetry = { asked: untold, headers: () => ({}), within: (perform) => perform(), firstContent: untold, answered: untold, failed: untold };
const untoldExchange: ExchangeTelemetry = { attempt: () => untoldAttempt, ended: untold, lost: untold };
