import { compatible, type Preset } from "../preset.ts";

export const groq = {
	...compatible,
	baseUrl: "https://api.groq.com/openai/v1",
	keyVariable: "GROQ_API_KEY",
	// `json_schema` is known to some of its models only, `json_object` to all.
	quirks: { maxTokensField: "max_completion_tokens", structuredOutput: "json-object", developerRole: false },
	models: ["openai/gpt-oss-120b", "openai/gpt-oss-20b", "llama-3.3-70b-versatile", "llama-3.1-8b-instant"],
	defaultModel: "llama-3.3-70b-versatile",
} as const satisfies Preset;
