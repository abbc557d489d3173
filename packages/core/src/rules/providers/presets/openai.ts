import type { Preset } from "../preset.ts";

export const openai = {
	dialect: "openai-chat",
	baseUrl: "https://api.openai.com/v1",
	keyVariable: "OPENAI_API_KEY",
	needsKey: true,
	quirks: { base64Embeddings: true },
	modelPrefixes: ["gpt-", "chatgpt-", "o1", "o3", "o4", "text-embedding-"],
	models: ["gpt-6.1-sol", "gpt-6-luna", "gpt-5.5", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini"],
	// Not a reasoning model: those refuse `temperature`.
	defaultModel: "gpt-4.1-mini",
} as const satisfies Preset;
