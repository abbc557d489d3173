import { ConfigurationError } from "../providers/configuration-error.ts";
import { inputModalities, type ModelPrices } from "./facts.ts";
import type { ModelOverride, ModelOverrides } from "./overrides.ts";

/** @throws {ConfigurationError} naming the field that cannot be. */
export function checkModelOverrides(overrides: ModelOverrides): void {
	for (const [provider, models] of Object.entries(overrides)) {
		for (const [model, override] of Object.entries(models)) checkOverride(`models.${provider}[${JSON.stringify(model)}]`, override);
	}
}

function checkOverride(path: string, override: ModelOverride): void {
	for (const [field, value] of Object.entries(override)) {
		const problem = Object.hasOwn(checks, field) ? checks[field as keyof ModelOverride](value) : "is unknown";
		if (problem !== undefined) throw new ConfigurationError(`${path}.${field} ${problem}`);
	}
	if (override.prices !== undefined) checkPrices(`${path}.prices`, override.prices);
}

type Check = (value: unknown) => string | undefined;
const isCount: Check = (value) => (Number.isSafeInteger(value) && Number(value) > 0 ? undefined : "must be a positive whole number of tokens");
const isFlag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

const isSpeed = (unit: string): Check => (value) =>
	typeof value === "number" && value > 0 && Number.isFinite(value) ? undefined : `must be a positive number of ${unit}`;

const checks: Readonly<Record<keyof ModelOverride, Check>> = {
	kind: (value) => (value === "embedding" ? undefined : 'must be "embedding" or absent'),
	contextWindow: isCount,
	maxOutputTokens: isCount,
	inputModalities: (value) =>
		Array.isArray(value) && value.every((modality) => (inputModalities as readonly unknown[]).includes(modality))
			? undefined
			: `must be a list of ${inputModalities.join(", ")}`,
	tools: isFlag,
	structuredOutput: isFlag,
	reasoning: isFlag,
	prices: (value) => (typeof value === "object" && value !== null ? undefined : "must be { input, output, ... } in US dollars per million tokens"),
	firstTokenMs: isSpeed("milliseconds"),
	tokensPerSecond: isSpeed("tokens per second"),
	sameAs: (value) => (typeof value === "string" && /^[^/]+\/./.test(value) ? undefined : "must be vendor/model, such as openai/gpt-4o"),
};

const kinds = ["input", "output", "cachedInput", "cacheWrite", "reasoning", "audioInput", "audioOutput"] as const;

function checkPrices(path: string, { tiers = [], ...prices }: ModelPrices): void {
	checkTokenPrices(path, prices);
	let last = 0;
	for (const [index, { aboveInputTokens, ...tier }] of tiers.entries()) {
		const tierPath = `${path}.tiers[${index}]`;
		if (!Number.isSafeInteger(aboveInputTokens) || aboveInputTokens <= last) {
			throw new ConfigurationError(`${tierPath}.aboveInputTokens must be a whole number of tokens, greater than in the tier before`);
		}
		last = aboveInputTokens;
		checkTokenPrices(tierPath, tier);
	}
}

function checkTokenPrices(path: string, prices: Readonly<Record<string, unknown>>): void {
	for (const kind of kinds) {
		const price = prices[kind];
		const isThere = price !== undefined || kind === "input" || kind === "output";
		if (isThere && !(typeof price === "number" && price >= 0 && price <= 1e6)) {
			throw new ConfigurationError(`${path}.${kind} must be US dollars per million tokens, 0 or more`);
		}
	}
	const unknown = Object.keys(prices).find((name) => !(kinds as readonly string[]).includes(name));
	if (unknown !== undefined) throw new ConfigurationError(`${path}.${unknown} is unknown: prices are of ${kinds.join(", ")}`);
}
