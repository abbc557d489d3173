/** Who asks. `anonymous` is everybody where authentication is switched off. */
export interface Principal {
	readonly kind: "operator" | "host" | "anonymous";
	/** Owns sessions and stands in the ledger: stable, and not a secret. */
	readonly id: string;
}
