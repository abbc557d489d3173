import { compatible, type Preset } from "../preset.ts";

export const openrouter = {
	...compatible,
	baseUrl: "https://openrouter.ai/api/v1",
	keyVariable: "OPENROUTER_API_KEY",
	quirks: { maxTokensField: "max_tokens", developerRole: false },
	models: ["openrouter/auto"],
	defaultModel: "openrouter/auto",
} as const satisfies Preset;
