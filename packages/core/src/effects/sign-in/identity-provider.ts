import type { VouchedPerson, VouchingProblem } from "../../rules/sign-in/vouched-person.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";

export const signInProviders = ["google", "github", "oidc"] as const;
export type SignInProviderId = (typeof signInProviders)[number];

/** Secrets of one sign-in; the browser keeps them, sealed, until it comes back. */
export interface FlowSecrets {
	/** Shows that the browser that comes back is the one that left (RFC 6749 10.12). */
	readonly state: string;
	/** Shows that the ID token was made for this sign-in. */
	readonly nonce: string;
	/** Shows to the provider that we are who asked for the code (PKCE, RFC 7636). */
	readonly verifier: string;
}

/** Says who somebody is. Both verbs reject with errors of oauth4webapi, and with `SendError` where the provider cannot be reached. */
export interface IdentityProvider {
	/** As people know it: `Google`. */
	readonly name: string;
	/** Under which name its people are kept. */
	readonly identityProvider: string;
	/** The page of the provider that asks the person. */
	begin(flow: FlowSecrets): Promise<URL>;
	/** @param query what the browser brought back. */
	finish(query: URLSearchParams, flow: FlowSecrets): Promise<Decoded<VouchedPerson, VouchingProblem>>;
}
