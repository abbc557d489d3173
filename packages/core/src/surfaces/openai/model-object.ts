import type { OpenAIModel } from "../../contract/wire/openai-chat.ts";
import type { ModelFacts, TokenPrices } from "../../rules/models/facts.ts";
import type { ListedModel } from "../../rules/routing/models.ts";

/** OpenAI's fields, then what is known of the model in the words of OpenRouter and Groq. `created` is required and not known. */
export function modelObject({ id, ownedBy, facts = {} }: ListedModel): OpenAIModel {
	const { contextWindow, maxOutputTokens, inputModalities, prices } = facts;
	return {
		id,
		object: "model",
		created: 0,
		owned_by: ownedBy,
		...(contextWindow === undefined ? {} : { context_length: contextWindow, context_window: contextWindow }),
		...(maxOutputTokens === undefined ? {} : { max_completion_tokens: maxOutputTokens }),
		...(contextWindow === undefined ? {} : { top_provider: { context_length: contextWindow, max_completion_tokens: maxOutputTokens ?? null } }),
		...(inputModalities === undefined
			? {}
			: { architecture: { input_modalities: [...inputModalities], output_modalities: [facts.kind === "embedding" ? "embeddings" : "text"] } }),
		...(prices === undefined ? {} : { pricing: pricing(prices) }),
		...parameters(facts),
	};
}

/** Told where it is known whether the model calls tools: a client that asks for `tools` among these takes silence for no. */
function parameters({ kind, tools, structuredOutput, reasoning }: ModelFacts): Pick<OpenAIModel, "supported_parameters"> {
	if (kind === "embedding" || tools === undefined) return {};
	return {
		supported_parameters: [
			"max_tokens",
			"max_completion_tokens",
			// The gateway asks for JSON in words, and checks it, where a model has no way of its own.
			"response_format",
			...(structuredOutput === true ? ["structured_outputs"] : []),
			...(tools ? ["tools", "tool_choice"] : []),
			...(reasoning === true ? ["reasoning", "reasoning_effort"] : []),
		],
	};
}

function pricing({ input, output, cachedInput, cacheWrite, reasoning }: TokenPrices): NonNullable<OpenAIModel["pricing"]> {
	return {
		prompt: dollarsPerToken(input),
		completion: dollarsPerToken(output),
		...(cachedInput === undefined ? {} : { input_cache_read: dollarsPerToken(cachedInput) }),
		...(cacheWrite === undefined ? {} : { input_cache_write: dollarsPerToken(cacheWrite) }),
		...(reasoning === undefined ? {} : { internal_reasoning: dollarsPerToken(reasoning) }),
	};
}

/** As a decimal without an exponent: `0.0000025`. */
function dollarsPerToken(perMillion: number): string {
	const digits = String(Math.round(perMillion * 1e6)).padStart(13, "0");
	return `${digits.slice(0, -12)}.${digits.slice(-12)}`.replace(/\.?0+$/, "");
}
