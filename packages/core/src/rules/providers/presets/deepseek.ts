import { compatible, type Preset } from "../preset.ts";

export const deepseek = {
	...compatible,
	baseUrl: "https://api.deepseek.com/v1",
	keyVariable: "DEEPSEEK_API_KEY",
	quirks: { maxTokensField: "max_tokens", structuredOutput: "json-object", developerRole: false },
	modelPrefixes: ["deepseek-"],
	models: ["deepseek-chat", "deepseek-reasoner"],
	defaultModel: "deepseek-chat",
} as const satisfies Preset;
