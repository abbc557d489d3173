import type { Provider } from "../../../src/rules/providers/provider.ts";
import type { Candidate } from "../../../src/rules/routing/plan.ts";

export const provider = (rest: Partial<Provider> = {}): Provider => ({
	dialect: "openai-chat", baseUrl: "http://p", headers: {}, quirks: {}, secrets: [], models: [], modelPrefixes: [], ...rest,
});

/** `a/m`, or `a#2/m` for the second credential; every provider has an address of its own. */
export function target(label: string, rest: Partial<Candidate> = {}): Candidate {
	const [, providerName = "", credential = "1", model = ""] = /^([^#/]+)(?:#(\d+))?\/(.+)$/.exec(label) ?? [];
	return { providerName, provider: provider({ baseUrl: `http://${providerName}` }), credential: Number(credential), model, label, weight: 1, place: 0, ...rest };
}
