import type { Provider } from "../rules/providers/provider.ts";

/** What is said of where a request goes: `gen_ai.provider.name`, and the address where it is on the network. */
export interface Place {
	readonly providerName: string;
	readonly address?: string;
	readonly port?: number;
}

/**
 * The conventions name some providers. A known host says which one it is; behind another address (a proxy, a server of one's own) the
 * name in the configuration does, and a name that the conventions do not know stands for itself.
 */
export function placeOf(providerName: string, provider: Provider): Place {
	const known = places.get(provider) ?? findPlace(providerName, provider);
	places.set(provider, known);
	return known;
}
const places = new WeakMap<Provider, Place>();

function findPlace(providerName: string, { baseUrl }: Provider): Place {
	if (!URL.canParse(baseUrl)) return { providerName: wellKnownName(providerName) };
	const { hostname, port, protocol } = new URL(baseUrl);
	const known = hosts.find(([pattern]) => pattern.test(hostname))?.[1];
	const named = { providerName: known ?? wellKnownName(providerName) };
	// Nobody is there: the simulator, a process, a model of the AI SDK.
	if (hostname.endsWith(".invalid")) return named;
	return { ...named, address: hostname, port: port === "" ? (protocol === "http:" ? 80 : 443) : Number(port) };
}

export function wellKnownName(providerName: string): string {
	return Object.hasOwn(names, providerName) ? (names[providerName] ?? providerName) : providerName;
}

const hosts: readonly (readonly [pattern: RegExp, name: string])[] = [
	[/^(?:\w+\.)?api\.openai\.com$/, "openai"],
	[/\.openai\.azure\.com$/, "azure.ai.openai"],
	[/\.services\.ai\.azure\.com$/, "azure.ai.inference"],
	[/^api\.anthropic\.com$/, "anthropic"],
	[/^bedrock-runtime[.-].*\.amazonaws\.com(?:\.cn)?$/, "aws.bedrock"],
	[/^generativelanguage\.googleapis\.com$/, "gcp.gemini"],
	[/(?:^|-)aiplatform\.googleapis\.com$/, "gcp.vertex_ai"],
	[/^api\.cohere\.(?:ai|com)$/, "cohere"],
	[/^api\.deepseek\.com$/, "deepseek"],
	[/^api\.groq\.com$/, "groq"],
	[/^api\.mistral\.ai$/, "mistral_ai"],
	[/^api\.perplexity\.ai$/, "perplexity"],
	[/^(?:[\w-]+\.)?api\.x\.ai$/, "x_ai"],
	[/\.ml\.cloud\.ibm\.com$/, "ibm.watsonx.ai"],
];

/** Customary names of this gateway's providers that the conventions write otherwise. */
const names: Readonly<Record<string, string>> = {
	azure: "azure.ai.openai",
	bedrock: "aws.bedrock",
	gemini: "gcp.gemini",
	mistral: "mistral_ai",
	vertex: "gcp.vertex_ai",
	watsonx: "ibm.watsonx.ai",
	xai: "x_ai",
};
