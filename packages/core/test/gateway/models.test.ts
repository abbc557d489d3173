import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { anthropicModel } from "../../src/contract/wire/anthropic-messages.ts";
import { geminiModel } from "../../src/contract/wire/gemini.ts";
import { openaiModel } from "../../src/contract/wire/openai-chat.ts";
import { createGateway, openai, simulator } from "../../src/index.ts";
import { ask, testGateway } from "./support.ts";

const gateway = testGateway({
	providers: { openai: openai({ apiKey: "k", models: ["gpt-4o", "unheard-of"] }), sim: simulator() },
	routes: { both: ["openai/gpt-4o", "openai/gpt-5.4-mini"] },
	models: { sim: { echo: { contextWindow: 1000, tools: true, prices: { input: 0, output: 1e-6 } } }, openai: { "text-embedding-3-small": { contextWindow: 8191 } } },
	surfaces: ["openai", { id: "anthropic", prefix: "/anthropic" }, "gemini"],
});
const model = async (path: string) => (await ask(gateway, path)).json;

test("facts of a provider that is not configured are told of: they count for nothing", () => {
	const facts = { echo: { prices: { input: 1, output: 2 } } };
	const { warnings } = testGateway({ providers: { sim: simulator(), other: simulator() }, models: { sim: facts, smi: facts, constructor: facts } });
	expect(warnings).toEqual([
		'models.smi counts for nothing: there is no provider "smi"; configured: sim, other',
		'models.constructor counts for nothing: there is no provider "constructor"; configured: sim, other',
	]);
	expect(gateway.warnings).toEqual([]);
});

describe("a model tells what it can do", () => {
	test("in the fields that OpenAI's, OpenRouter's and Groq's clients read", async () => {
		const found = await model("/v1/models/openai/gpt-4o");
		expect(openaiModel.strict().parse(found)).toEqual({
			id: "openai/gpt-4o",
			object: "model",
			created: 0,
			owned_by: "openai",
			context_length: 128_000,
			context_window: 128_000,
			max_completion_tokens: 16_384,
			top_provider: { context_length: 128_000, max_completion_tokens: 16_384 },
			architecture: { input_modalities: ["text", "image", "file"], output_modalities: ["text"] },
			pricing: { prompt: "0.0000025", completion: "0.00001", input_cache_read: "0.00000125" },
			supported_parameters: ["max_tokens", "max_completion_tokens", "response_format", "structured_outputs", "tools", "tool_choice"],
		});
	});

	test("the operator's own facts included, and a price of nothing", async () => {
		expect(await model("/v1/models/sim/echo")).toMatchObject({ context_length: 1000, pricing: { prompt: "0", completion: "0.000000000001" } });
	});

	test("of a model that nobody knows, OpenAI's own fields and no more", async () => {
		expect(await model("/v1/models/openai/unheard-of")).toEqual({ id: "openai/unheard-of", object: "model", created: 0, owned_by: "openai" });
	});

	test("in Anthropic's form, which their SDK's type describes", async () => {
		const found = (await model("/anthropic/v1/models/both")) as unknown as Anthropic.ModelInfo;
		expect(anthropicModel.strict().parse(found)).toMatchObject({
			max_input_tokens: 128_000,
			max_tokens: 16_384,
			lifecycle: "active",
			capabilities: { image_input: { supported: true }, structured_outputs: { supported: true }, thinking: { supported: false, types: { disabled: { supported: true } } } },
		});
		expect(await model("/anthropic/v1/models/openai/unheard-of")).toMatchObject({ max_input_tokens: null, max_tokens: null, capabilities: null });
	});

	test("in Gemini's form, with the ways it can be asked", async () => {
		const path = "/v1beta/models/";
		expect(geminiModel.strict().parse(await model(`${path}openai/gpt-5.4-mini`))).toMatchObject({ inputTokenLimit: 400_000, outputTokenLimit: 128_000, thinking: true });
		expect(await model(`${path}openai/text-embedding-3-small`)).toMatchObject({ inputTokenLimit: 8191, supportedGenerationMethods: ["embedContent", "batchEmbedContents"] });
		expect(await model(`${path}openai/unheard-of`)).not.toHaveProperty("inputTokenLimit");
	});
});

test("a fact that cannot be is refused where the gateway is built", () => {
	expect(() => createGateway({ auth: false, providers: { sim: simulator() }, models: { sim: { echo: { contextWindow: -1 } } } })).toThrow(
		'models.sim["echo"].contextWindow must be a positive whole number of tokens',
	);
});
