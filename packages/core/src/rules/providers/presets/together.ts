import { compatible, type Preset } from "../preset.ts";

export const together = {
	...compatible,
	baseUrl: "https://api.together.xyz/v1",
	keyVariable: "TOGETHER_API_KEY",
	quirks: { maxTokensField: "max_tokens", developerRole: false },
	models: ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "Qwen/Qwen2.5-72B-Instruct-Turbo", "deepseek-ai/DeepSeek-V3"],
	defaultModel: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
} as const satisfies Preset;
