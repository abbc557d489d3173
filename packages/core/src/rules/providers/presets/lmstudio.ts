import { local, type Preset } from "../preset.ts";

export const lmstudio = {
	...local,
	baseUrl: "http://localhost:1234/v1",
	keyVariable: "LMSTUDIO_API_KEY",
	quirks: { maxTokensField: "max_tokens", developerRole: false },
} as const satisfies Preset;
