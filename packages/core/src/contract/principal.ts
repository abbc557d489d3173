import type { CacheSetting } from "./cache.ts";
import type { KeyScopes, LimitedParty, Membership, Role } from "./tenancy.ts";

/**
 * Who asks: the `operator` (the gateway's token), a `user` (session cookie), a `key` (virtual key), a `host` (handed over by the
 * embedding app). `anonymous` is everybody where authentication is switched off.
 */
export interface Principal {
	readonly kind: "operator" | "user" | "key" | "host" | "anonymous";
	/**
	 * Owns sessions and stands in the ledger: stable, and not a secret. A host's id that could be one of the gateway's own (`operator`,
	 * `usr_...`) stands there as `host:operator`.
	 */
	readonly id: string;
	/** Whom its requests count for: the key's own, the host's choice, or the one that a user names by `x-project-id`. */
	readonly projectId?: string;
	readonly organisationId?: string;
	/** Of a host, in the organisation that it names. Default `member`. */
	readonly role?: Role;
	/** Of a user. */
	readonly memberships?: readonly Membership[];
	readonly scopes?: KeyScopes;
	/** Everybody whose limits its requests count against. */
	readonly limits?: readonly LimitedParty[];
	/** Whether its requests are answered from the cache: the project's setting. What a host says goes before what is kept under its project. */
	readonly cache?: CacheSetting;
}

/** Who is this? `undefined`: nobody known. */
export type Identify = (request: IdentifyRequest) => Principal | undefined | Promise<Principal | undefined>;
export interface IdentifyRequest {
	header(name: string): string | undefined;
	/** The framework's own request: a web `Request`, a Hono context, an Express request. */
	readonly original: unknown;
}
