import { compatible, type Preset } from "../preset.ts";

export const mistral = {
	...compatible,
	baseUrl: "https://api.mistral.ai/v1",
	keyVariable: "MISTRAL_API_KEY",
	// Refuses fields it does not know with 422; its own name for `seed` is `random_seed`. Usage comes unasked.
	quirks: { maxTokensField: "max_tokens", streamUsage: false, developerRole: false, unsupported: ["seed", "user"] },
	modelPrefixes: ["mistral-", "ministral-", "magistral-", "codestral-", "devstral-", "pixtral-", "open-mistral-"],
	models: ["mistral-large-latest", "mistral-medium-latest", "mistral-small-latest", "magistral-medium-latest", "codestral-latest"],
	defaultModel: "mistral-small-latest",
} as const satisfies Preset;
