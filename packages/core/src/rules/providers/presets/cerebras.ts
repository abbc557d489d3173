import { compatible, type Preset } from "../preset.ts";

export const cerebras = {
	...compatible,
	baseUrl: "https://api.cerebras.ai/v1",
	keyVariable: "CEREBRAS_API_KEY",
	// Its `system` already has the rank of a developer's words; penalties are refused with 400.
	quirks: { maxTokensField: "max_completion_tokens", developerRole: false, unsupported: ["presencePenalty", "frequencyPenalty"] },
	models: ["gpt-oss-120b", "qwen-3.8-27b"],
	defaultModel: "gpt-oss-120b",
} as const satisfies Preset;
