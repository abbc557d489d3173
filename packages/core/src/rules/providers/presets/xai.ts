import { compatible, type Preset } from "../preset.ts";

export const xai = {
	...compatible,
	baseUrl: "https://api.x.ai/v1",
	keyVariable: "XAI_API_KEY",
	// Its models reason, and reasoning models refuse penalties and stop sequences.
	quirks: {
		maxTokensField: "max_completion_tokens",
		developerRole: false,
		unsupported: ["presencePenalty", "frequencyPenalty", "stopSequences"],
	},
	modelPrefixes: ["grok-"],
	models: ["grok-4", "grok-4-fast"],
	defaultModel: "grok-4-fast",
} as const satisfies Preset;
