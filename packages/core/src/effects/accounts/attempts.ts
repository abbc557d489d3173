import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import { type AttemptRule, beginAttempt, type LimitedKey, succeedAttempt, withdrawAttempt } from "../../rules/auth/attempts.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import type { AccountStore } from "../store/account-store.ts";

/** A try that was let through. It stays a failed one unless something else is said of it. */
export interface Attempt {
	succeed(): Promise<void>;
	/** It was none: nobody looked at what was shown. */
	withdraw(): Promise<void>;
}

/** Counts a try in the store, so that the limits hold for all gateways that share it. @returns TOO_MANY_ATTEMPTS with the time to wait. */
export async function startAttempt(keys: readonly LimitedKey[], accounts: AccountStore, now: () => number): Promise<Decoded<Attempt, GatewayError>> {
	const names = keys.map(({ key }) => key);
	async function settle(rule: AttemptRule): Promise<number> {
		if (keys.length === 0) return 0;
		const at = now();
		return accounts.countAttempts(names, at, (counters) => rule(keys, counters, at));
	}
	const waitMs = await settle(beginAttempt);
	if (waitMs > 0) return { ok: false, problem: gatewayError("TOO_MANY_ATTEMPTS", { retryAfterMs: waitMs }) };
	const attempt: Attempt = {
		async succeed() {
			await settle(succeedAttempt);
		},
		async withdraw() {
			await settle(withdrawAttempt);
		},
	};
	return { ok: true, value: attempt };
}
