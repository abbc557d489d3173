import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";

/** Slots for concurrent requests of one class. */
export interface Slots {
	readonly limit: number | undefined;
	active(): number;
	/** @returns what gives the slot back (safe to call twice), or `undefined` where none is free. */
	acquire(): (() => void) | undefined;
}

/** `limit` undefined: no limit; 0: nothing passes. */
export function createSlots(limit: number | undefined): Slots {
	let active = 0;
	return {
		limit,
		active: () => active,
		acquire() {
			if (limit !== undefined && active >= limit) return undefined;
			active++;
			let isHeld = true;
			return () => {
				if (isHeld) active--;
				isHeld = false;
			};
		},
	};
}

/** @returns what gives the slot back, or what a caller is told where none is free. */
export function takeSlot(slots: Slots): Decoded<() => void, GatewayError> {
	const release = slots.acquire();
	if (release !== undefined) return { ok: true, value: release };
	return { ok: false, problem: gatewayError("CONCURRENCY_LIMIT_ERROR", { retryAfterMs: concurrencyRetryAfterMs }) };
}

/** The pause that the fourth API document tells callers to make. */
const concurrencyRetryAfterMs = 5000;
