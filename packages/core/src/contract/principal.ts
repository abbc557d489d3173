/** Who asks. `anonymous` is everybody where authentication is switched off. */
export interface Principal {
	readonly kind: "operator" | "host" | "anonymous";
	/** Owns sessions and stands in the ledger: stable, and not a secret. */
	readonly id: string;
}

/** Who is this? `undefined`: nobody known. */
export type Identify = (request: IdentifyRequest) => Principal | undefined | Promise<Principal | undefined>;
export interface IdentifyRequest {
	header(name: string): string | undefined;
	/** The framework's own request: a web `Request`, a Hono context, an Express request. */
	readonly original: unknown;
}
