import type { User } from "../../contract/account.ts";

/** What is known here of somebody for whom an identity provider has vouched. */
export interface KnownPerson {
	/** Who has signed in with this identity before. */
	readonly byIdentity: User | undefined;
	/** Whose account has the vouched address. */
	readonly byEmail: User | undefined;
	/** From whom this identity was taken away. */
	readonly formerOwner?: string | undefined;
	/** Who is signed in, in the browser that came back from the provider. */
	readonly signedIn: string | undefined;
}

export type LinkDecision =
	| { readonly kind: "sign-in"; readonly user: User }
	| { readonly kind: "create" }
	/** The identity becomes another way into this account. */
	| { readonly kind: "link"; readonly user: User }
	| { readonly kind: "refuse" };

/**
 * Which account an identity opens. An account whose own address nobody ever vouched for was made by whoever knows its password, which
 * need not be the owner of the address: somebody may have registered it in advance, to share the account once its owner signs in with
 * the provider. Such an account takes the identity only in a browser that is signed in to it: that proves both, password and address.
 * Resetting the password would not do: keys, members and sessions that were made before would stay behind. An identity that the account's
 * owner took away comes back in the same way alone.
 */
export function decideLink({ byIdentity, byEmail, formerOwner, signedIn }: KnownPerson): LinkDecision {
	if (byIdentity !== undefined) return { kind: "sign-in", user: byIdentity };
	if (byEmail === undefined) return { kind: "create" };
	const isProved = (byEmail.emailVerifiedAt !== undefined && byEmail.id !== formerOwner) || byEmail.id === signedIn;
	return isProved ? { kind: "link", user: byEmail } : { kind: "refuse" };
}
