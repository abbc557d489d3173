import { compatible, type Preset } from "../preset.ts";

export const deepseek = {
	...compatible,
	baseUrl: "https://api.deepseek.com/v1",
	keyVariable: "DEEPSEEK_API_KEY",
	quirks: { maxTokensField: "max_tokens", structuredOutput: "json-object", developerRole: false },
	modelPrefixes: ["deepseek-"],
	models: ["deepseek-v4-flash", "deepseek-v4-pro"],
	defaultModel: "deepseek-v4-flash",
} as const satisfies Preset;
