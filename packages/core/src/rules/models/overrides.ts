import type { ModelFacts } from "./facts.ts";

/** By the provider's name as it is configured, then by the model's as it is sent. */
export type ModelOverrides = Readonly<Record<string, Readonly<Record<string, ModelOverride>>>>;

/** Fields that are given replace what the table says. */
export interface ModelOverride extends ModelFacts {
	/** The model whose facts these are, as `vendor/model`: for an Azure deployment, a proxy, a local copy. */
	readonly sameAs?: string;
}
