import type { AccountServices } from "./effects/accounts/account-services.ts";
import { createPasswordHashing } from "./effects/accounts/password-hashing.ts";
import { createUserSessions } from "./effects/accounts/user-sessions.ts";
import type { Services } from "./effects/services.ts";
import type { GatewayOptions } from "./options.ts";

const defaultMaxAgeMs = 14 * 24 * 60 * 60 * 1000;

/** What signing in works with, of a gateway's options. */
export function createAccountServices(
	{ accounts = {}, sessions = {}, cors }: Pick<GatewayOptions, "accounts" | "sessions" | "cors">,
	{ runtime, store, createId }: Pick<Services, "runtime" | "store" | "createId">,
): AccountServices {
	const { maxAgeMs = defaultMaxAgeMs } = sessions;
	const [first = randomSecret(runtime.randomBytes), ...others] = sessions.secrets ?? [];
	return {
		registration: accounts.registration ?? "open",
		sessions: createUserSessions({ secrets: [first, ...others], maxAgeMs, accounts: store.accounts, now: () => runtime.now(), createId }),
		passwords: createPasswordHashing(runtime),
		cookie: { name: sessions.cookieName ?? "postern_session", maxAgeMs, sameSite: sessions.sameSite ?? "lax", isSecure: sessions.secure },
		allowedOrigins: cors?.origins ?? [],
	};
}

function randomSecret(randomBytes: (count: number) => Uint8Array): string {
	return [...randomBytes(32)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
