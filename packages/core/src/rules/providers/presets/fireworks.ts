import { compatible, type Preset } from "../preset.ts";

export const fireworks = {
	...compatible,
	baseUrl: "https://api.fireworks.ai/inference/v1",
	keyVariable: "FIREWORKS_API_KEY",
	quirks: { maxTokensField: "max_tokens", developerRole: false },
	models: ["accounts/fireworks/models/deepseek-v3p1", "accounts/fireworks/models/llama-v3p3-70b-instruct"],
	defaultModel: "accounts/fireworks/models/deepseek-v3p1",
} as const satisfies Preset;
