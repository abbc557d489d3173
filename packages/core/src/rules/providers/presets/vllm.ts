import { local, type Preset } from "../preset.ts";

export const vllm = {
	...local,
	baseUrl: "http://localhost:8000/v1",
	keyVariable: "VLLM_API_KEY",
	quirks: { maxTokensField: "max_tokens", developerRole: false },
} as const satisfies Preset;
