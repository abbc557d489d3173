import type { Preset } from "../preset.ts";

export const anthropic = {
	dialect: "anthropic-messages",
	baseUrl: "https://api.anthropic.com/v1",
	keyVariable: "ANTHROPIC_API_KEY",
	needsKey: true,
	quirks: {},
	modelPrefixes: ["claude-"],
	models: ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5"],
	defaultModel: "claude-haiku-4-5",
} as const satisfies Preset;
