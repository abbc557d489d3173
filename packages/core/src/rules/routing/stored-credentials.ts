import type { Provider } from "../providers/provider.ts";
import { type Credentials, firstModel, ownValue, type RoutingTable } from "./plan.ts";

/** A stored credential as it came out of its envelope. */
export interface OpenedCredential {
	readonly id: string;
	readonly providerName: string;
	/** `undefined` where no key of the gateway opens the envelope. */
	readonly apiKey: string | undefined;
}

/**
 * The gateway's own stand beside the configured ones, and alone where there are none that can be used.
 * @param vendor makes a provider that is not configured.
 */
export function withGatewayCredentials(table: RoutingTable, stored: readonly OpenedCredential[], vendor: (name: string, apiKey: string) => Provider | undefined): RoutingTable {
	const added = stored.flatMap(({ id, providerName, apiKey }): [string, Credentials][] => {
		if (apiKey === undefined) return [];
		const configured = ownValue(table.providers, providerName);
		const provider = configured === undefined ? vendor(providerName, apiKey) : configured[0].withApiKey?.(apiKey);
		if (provider === undefined) return [];
		const own = { ...provider, credentialId: id };
		return [[providerName, configured === undefined ? [own] : [...configured, own]]];
	});
	return withProviders(table, added);
}

/**
 * A project's own: the only ones that its requests use. Where one cannot be used the provider is not there for the project: what it does
 * must never be billed to somebody else.
 */
export function withProjectCredentials(table: RoutingTable, stored: readonly OpenedCredential[]): RoutingTable {
	const own = stored.flatMap(({ id, providerName, apiKey }): [string, Credentials][] => {
		const [configured] = ownValue(table.providers, providerName) ?? [];
		if (configured === undefined) return [];
		const provider = apiKey === undefined ? undefined : configured.withApiKey?.(apiKey);
		const unavailable = `The project's own key for provider ${providerName} cannot be used: store it again`;
		return [[providerName, [{ ...(provider ?? { ...configured, unavailable }), credentialId: id }]]];
	});
	return withProviders(table, own);
}

function withProviders(table: RoutingTable, changed: readonly (readonly [string, Credentials])[]): RoutingTable {
	if (changed.length === 0) return table;
	const providers = { ...table.providers, ...Object.fromEntries(changed) };
	return { ...table, providers, defaultModel: table.defaultModel ?? firstModel(providers) };
}
