import type { OperationInput, OperationResult } from "@postern/core/contract";
import type { CallOptions } from "./options.ts";
import type { Transport } from "./transport.ts";

export type Registration = OperationInput<"register">;
export type Credentials = OperationInput<"login">;
export type PasswordChange = OperationInput<"changePassword">;
export type SignedIn = OperationResult<"login">;
export type SignedOut = OperationResult<"logout">;
export type Profile = OperationResult<"getProfile">;

/** Who is signed in. Browsers keep the session in a cookie that no script can read. */
export interface AuthMethods {
	/** An account with an organisation of its own, signed in. */
	register(registration: Registration, options?: CallOptions): Promise<SignedIn>;
	login(credentials: Credentials, options?: CallOptions): Promise<SignedIn>;
	/** Fails with `UNAUTHORIZED` where nobody is signed in. */
	getProfile(options?: CallOptions): Promise<Profile>;
	logout(options?: CallOptions): Promise<SignedOut>;
	/** In every browser. */
	logoutEverywhere(options?: CallOptions): Promise<SignedOut>;
	/** Every other browser is signed out with it. */
	changePassword(change: PasswordChange, options?: CallOptions): Promise<SignedIn>;
}

export function authMethods({ json }: Transport): AuthMethods {
	return {
		register: (body, options) => json("/auth/register", options, { body }),
		login: (body, options) => json("/auth/login", options, { body }),
		getProfile: (options) => json("/auth/me", options),
		logout: (options) => json("/auth/logout", options, { method: "POST" }),
		logoutEverywhere: (options) => json("/auth/logout-all", options, { method: "POST" }),
		changePassword: (body, options) => json("/auth/password", options, { body }),
	};
}
