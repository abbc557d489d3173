import type { OperationResult } from "@postern/core/contract";
import type { CallOptions } from "./options.ts";
import type { Transport } from "./transport.ts";

export type SignInProviders = OperationResult<"listSignInProviders">;
export type LinkedIdentities = OperationResult<"listIdentities">;
/** An account of elsewhere that opens the person's own. */
export type LinkedIdentity = LinkedIdentities["identities"][number];
export type SignInProvider = "google" | "github" | "oidc";

/** Sign-in with accounts that people have elsewhere: a page sends the browser there, and it comes back signed in. */
export interface SignInMethods {
	/** What a page may offer. */
	listSignInProviders(options?: CallOptions): Promise<SignInProviders>;
	/**
	 * Where to send the browser: `location.href = accounts.signInUrl("google", location.href)`.
	 * @param returnTo a path of the gateway's origin, or an address of a page that may call it. Default `/`.
	 */
	signInUrl(provider: SignInProvider, returnTo?: string): string;
	/** With which the person who is signed in does so. */
	listIdentities(options?: CallOptions): Promise<LinkedIdentities>;
	/** Fails with `CONFLICT` where it is the last way in. */
	removeIdentity(identityId: string, options?: CallOptions): Promise<OperationResult<"removeIdentity">>;
}

export function signInMethods({ json, baseUrl }: Transport): SignInMethods {
	return {
		listSignInProviders: (options) => json("/auth/providers", options),
		listIdentities: (options) => json("/auth/identities", options),
		removeIdentity: (id, options) => json(`/auth/identities/${encodeURIComponent(id)}`, options, { method: "DELETE" }),
		signInUrl: (provider, returnTo) => `${baseUrl}/auth/${provider}${returnTo === undefined ? "" : `?returnTo=${encodeURIComponent(returnTo)}`}`,
	};
}
