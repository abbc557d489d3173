import type { PasswordHashing } from "./password-hashing.ts";
import type { UserSessions } from "./user-sessions.ts";

/** What signing in works with: built once by `createGateway`. */
export interface AccountServices {
	readonly registration: "open" | "closed";
	readonly sessions: UserSessions;
	readonly passwords: PasswordHashing;
	readonly cookie: SessionCookie;
	/** Other origins whose pages may change something by cookie. */
	readonly allowedOrigins: readonly string[];
}

export interface SessionCookie {
	readonly name: string;
	readonly maxAgeMs: number;
	readonly sameSite: "lax" | "strict" | "none";
	/** `undefined`: where the request came by https. */
	readonly isSecure: boolean | undefined;
}
