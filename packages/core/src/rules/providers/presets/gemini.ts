import type { Preset } from "../preset.ts";

export const gemini = {
	dialect: "gemini",
	baseUrl: "https://generativelanguage.googleapis.com/v1beta",
	keyVariable: "GEMINI_API_KEY",
	needsKey: true,
	quirks: {},
	modelPrefixes: ["gemini-"],
	models: ["gemini-3.8-flash", "gemini-3.1-pro-preview", "gemini-3.5-flash", "gemini-3.5-flash-lite", "gemini-3.1-flash-lite", "gemini-2.5-pro", "gemini-2.5-flash"],
	defaultModel: "gemini-3.5-flash-lite",
} as const satisfies Preset;
