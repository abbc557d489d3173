import type { Provider } from "../providers/provider.ts";
import { presets } from "../providers/presets/index.ts";

const byHost: ReadonlyMap<string, string> = new Map(Object.entries(presets).map(([name, { baseUrl }]) => [hostOf(baseUrl), name]));

/**
 * The vendor whose prices hold for a provider: told by its address, whatever name the configuration gave it. Behind an address that
 * nobody knows (a proxy, the simulator) the name is believed.
 */
export function vendorOf(providerName: string, { dialect, baseUrl }: Pick<Provider, "dialect" | "baseUrl">): string {
	if (dialect === "bedrock-converse") return "bedrock";
	return vendorAt(baseUrl) ?? providerName;
}

/** Asked for with every request; a gateway knows few addresses. */
function vendorAt(baseUrl: string): string | undefined {
	if (!byAddress.has(baseUrl)) {
		const host = hostOf(baseUrl);
		byAddress.set(baseUrl, byHost.get(host) ?? (azureHost.test(host) ? "azure" : undefined));
	}
	return byAddress.get(baseUrl);
}
const byAddress = new Map<string, string | undefined>();

const azureHost = /\.(openai|cognitiveservices|services\.ai)\.azure\.com$/;

function hostOf(baseUrl: string): string {
	return /^[a-z]+:\/\/(?:[^/@]*@)?([^/]+)/i.exec(baseUrl)?.[1]?.toLowerCase() ?? "";
}
