import type { DialectId } from "../../contract/prompt.ts";
import type { Quirks } from "../dialects/dialect.ts";

/** What is known of a vendor, as data. Everything here can be overridden where a provider is made. */
export interface Preset {
	readonly dialect: DialectId;
	readonly baseUrl: string;
	/** The environment variable that customarily holds the vendor's key. */
	readonly keyVariable: string;
	/** Local servers answer without one. */
	readonly needsKey: boolean;
	readonly quirks: Quirks;
	readonly modelPrefixes: readonly string[];
	readonly models: readonly string[];
	readonly defaultModel?: string;
}

/** Vendors that speak OpenAI's dialect without its newer roles and fields. */
const compatible = { dialect: "openai-chat", needsKey: true, modelPrefixes: [], models: [] } as const;
const local = { ...compatible, needsKey: false } as const;

export const presets = {
	openai: {
		dialect: "openai-chat",
		baseUrl: "https://api.openai.com/v1",
		keyVariable: "OPENAI_API_KEY",
		needsKey: true,
		quirks: {},
		modelPrefixes: ["gpt-", "chatgpt-", "o1", "o3", "o4"],
		models: ["gpt-6.1-sol", "gpt-6-luna", "gpt-5.5", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini"],
		// Not a reasoning model: those refuse `temperature`.
		defaultModel: "gpt-4.1-mini",
	},
	anthropic: {
		dialect: "anthropic-messages",
		baseUrl: "https://api.anthropic.com/v1",
		keyVariable: "ANTHROPIC_API_KEY",
		needsKey: true,
		quirks: {},
		modelPrefixes: ["claude-"],
		models: ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5"],
		defaultModel: "claude-haiku-4-5",
	},
	gemini: {
		dialect: "gemini",
		baseUrl: "https://generativelanguage.googleapis.com/v1beta",
		keyVariable: "GEMINI_API_KEY",
		needsKey: true,
		quirks: {},
		modelPrefixes: ["gemini-"],
		models: ["gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-3.5-flash", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite", "gemini-2.5-pro", "gemini-2.5-flash"],
		defaultModel: "gemini-3.5-flash-lite",
	},
	groq: {
		...compatible,
		baseUrl: "https://api.groq.com/openai/v1",
		keyVariable: "GROQ_API_KEY",
		// `json_schema` is known to some of its models only, `json_object` to all.
		quirks: { maxTokensField: "max_completion_tokens", structuredOutput: "json-object", developerRole: false },
		models: ["openai/gpt-oss-120b", "openai/gpt-oss-20b", "llama-3.3-70b-versatile", "llama-3.1-8b-instant"],
		defaultModel: "llama-3.3-70b-versatile",
	},
	mistral: {
		...compatible,
		baseUrl: "https://api.mistral.ai/v1",
		keyVariable: "MISTRAL_API_KEY",
		// Refuses fields it does not know with 422; its own name for `seed` is `random_seed`. Usage comes unasked.
		quirks: { maxTokensField: "max_tokens", streamUsage: false, developerRole: false, unsupported: ["seed", "user"] },
		modelPrefixes: ["mistral-", "ministral-", "magistral-", "codestral-", "devstral-", "pixtral-", "open-mistral-"],
		models: ["mistral-large-latest", "mistral-medium-latest", "mistral-small-latest", "magistral-medium-latest", "codestral-latest"],
		defaultModel: "mistral-small-latest",
	},
	deepseek: {
		...compatible,
		baseUrl: "https://api.deepseek.com/v1",
		keyVariable: "DEEPSEEK_API_KEY",
		quirks: { maxTokensField: "max_tokens", structuredOutput: "json-object", developerRole: false },
		modelPrefixes: ["deepseek-"],
		models: ["deepseek-chat", "deepseek-reasoner"],
		defaultModel: "deepseek-chat",
	},
	together: {
		...compatible,
		baseUrl: "https://api.together.xyz/v1",
		keyVariable: "TOGETHER_API_KEY",
		quirks: { maxTokensField: "max_tokens", developerRole: false },
		models: ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "Qwen/Qwen2.5-72B-Instruct-Turbo", "deepseek-ai/DeepSeek-V3"],
		defaultModel: "meta-llama/Llama-3.3-70B-Instruct-Turbo",
	},
	fireworks: {
		...compatible,
		baseUrl: "https://api.fireworks.ai/inference/v1",
		keyVariable: "FIREWORKS_API_KEY",
		quirks: { maxTokensField: "max_tokens", developerRole: false },
		models: ["accounts/fireworks/models/deepseek-v3p1", "accounts/fireworks/models/llama-v3p3-70b-instruct"],
		defaultModel: "accounts/fireworks/models/deepseek-v3p1",
	},
	xai: {
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
	},
	openrouter: {
		...compatible,
		baseUrl: "https://openrouter.ai/api/v1",
		keyVariable: "OPENROUTER_API_KEY",
		quirks: { maxTokensField: "max_tokens", developerRole: false },
		models: ["openrouter/auto"],
		defaultModel: "openrouter/auto",
	},
	ollama: {
		...local,
		baseUrl: "http://localhost:11434/v1",
		keyVariable: "OLLAMA_API_KEY",
		quirks: { maxTokensField: "max_tokens", developerRole: false },
	},
	lmstudio: {
		...local,
		baseUrl: "http://localhost:1234/v1",
		keyVariable: "LMSTUDIO_API_KEY",
		quirks: { maxTokensField: "max_tokens", developerRole: false },
	},
	vllm: {
		...local,
		baseUrl: "http://localhost:8000/v1",
		keyVariable: "VLLM_API_KEY",
		quirks: { maxTokensField: "max_tokens", developerRole: false },
	},
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;

/** `OPENAI_BASE_URL`: the environment variable that moves a vendor's address. */
export function baseUrlVariable(name: PresetName): string {
	return `${name.toUpperCase()}_BASE_URL`;
}
