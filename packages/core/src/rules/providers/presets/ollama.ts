import { local, type Preset } from "../preset.ts";

export const ollama = {
	...local,
	baseUrl: "http://localhost:11434/v1",
	keyVariable: "OLLAMA_API_KEY",
	quirks: { maxTokensField: "max_tokens", developerRole: false },
} as const satisfies Preset;
