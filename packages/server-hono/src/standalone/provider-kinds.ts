import { anthropic, type AwsCredentials, azureOpenAi, bedrock, gemini, openai, openaiCompatible, presets, type Provider, simulator } from "@postern/core";
import { claudeCode } from "@postern/core/node";
import type { ProviderEntry, ProviderKind } from "./provider-entry.ts";

/** What one credential's provider is made from: the entry, with variables read. */
export interface ProviderOptions extends Omit<ProviderEntry, "preset" | "apiKey" | "apiKeyEnv" | "credentials"> {
	readonly apiKey?: string | undefined;
	readonly credentials?: AwsCredentials;
}

/** What is known of a kind. */
interface Kind {
	/** What may be said of it, beside `preset`. */
	readonly settings: readonly (keyof ProviderEntry)[];
	/** The variables that speak for the provider of the kind's own name. */
	readonly variables?: { readonly apiKey: string; readonly baseUrl?: string };
	readonly make: (options: ProviderOptions) => Provider;
}

const keys = ["apiKey", "apiKeyEnv"] as const;
const common = [...keys, "baseUrl", "headers", "models"] as const;

export function knowledgeOf(kind: ProviderKind): Kind {
	switch (kind) {
		case "openai":
			return { settings: [...common, "api", "organization", "project"], variables: variablesOf(kind), make: openai };
		case "anthropic":
			return { settings: [...common, "version", "beta"], variables: variablesOf(kind), make: anthropic };
		case "gemini":
			return { settings: common, variables: variablesOf(kind), make: gemini };
		case "azure":
			return {
				settings: [...common, "resource", "apiVersion", "deployment", "api"],
				variables: { apiKey: "AZURE_OPENAI_API_KEY", baseUrl: "AZURE_OPENAI_ENDPOINT" },
				make: azureOpenAi,
			};
		case "bedrock":
			return {
				settings: [...keys, "baseUrl", "models", "region", "credentials", "requestFields"],
				variables: { apiKey: "AWS_BEARER_TOKEN_BEDROCK" },
				make: ({ region = "", ...options }) => bedrock({ ...options, region }),
			};
		case "claude-code":
			return {
				settings: [...keys, "models", "executable", "cwd", "tools", "settingSources", "args", "wholeMs", "streamMs", "maxProcesses"],
				make: claudeCode,
			};
		case "simulator":
			return { settings: [], make: () => simulator() };
		case "openai-compatible":
			return { settings: [...common, "api", "quirks"], make: openaiCompatible };
		default:
			return {
				settings: [...common, "api", "quirks"],
				variables: variablesOf(kind),
				make: (options) => openaiCompatible({ ...options, preset: kind }),
			};
	}
}

function variablesOf(preset: keyof typeof presets): NonNullable<Kind["variables"]> {
	return { apiKey: presets[preset].keyVariable, baseUrl: `${preset.toUpperCase()}_BASE_URL` };
}
