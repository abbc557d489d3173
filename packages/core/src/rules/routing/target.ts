import type { Provider } from "../providers/provider.ts";

/** A model at a provider, asked with one of its credentials. */
export interface Target {
	readonly providerName: string;
	/** The address with this credential. */
	readonly provider: Provider;
	/** Which of the provider's credentials: from 1 those of the configuration, by its id one that is stored. */
	readonly credential: number | string;
	readonly model: string;
	/** `openai/gpt-4o`, and `openai#2/gpt-4o` with the second credential: for logs, health and sessions. Holds no secret. */
	readonly label: string;
}

/** A target is known by its label in many places: it is made once. */
export function labelled<Parts extends Omit<Target, "label">>(parts: Parts): Parts & Pick<Target, "label"> {
	return { ...parts, label: `${credentialLabel(parts)}/${parts.model}` };
}

/** `openai`, `openai#2`, `openai#crd_...`. */
export function credentialLabel({ providerName, credential }: Pick<Target, "providerName" | "credential">): string {
	return credential === 1 ? providerName : `${providerName}#${credential}`;
}
