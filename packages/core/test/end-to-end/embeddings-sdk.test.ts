import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ApiError, GoogleGenAI } from "@google/genai";
import { cosineSimilarity, embed, embedMany } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, doorKinds, openDoor } from "./door.ts";
import { rejection } from "./rejection.ts";

/** Those of the door's providers that have embeddings. */
const providers = ["openai", "responses", "gemini", "compatible"] as const;
const documents = ["A postern is a small gate in a wall", "Bread is baked from flour and water"];

describe.each(doorKinds)("embeddings for official SDKs, %s", (kind) => {
	let door: Door;
	beforeAll(async () => {
		door = await openDoor(kind);
	});
	afterAll(() => door.close());

	describe.each(providers)("before the provider %s", (provider) => {
		const model = `${provider}/echo`;

		describe("openai", () => {
			const client = () => new OpenAI({ apiKey: door.token, baseURL: `${door.origin}/v1`, fetch: door.fetch, maxRetries: 0 });

			test("base64, which it asks for by itself, and numbers are the same", async () => {
				const byDefault = await client().embeddings.create({ model, input: documents });
				const numbers = await client().embeddings.create({ model, input: documents, encoding_format: "float" });
				expect(byDefault.data.map(({ embedding }) => [...embedding])).toEqual(numbers.data.map(({ embedding }) => embedding));
				expect(numbers).toMatchObject({ object: "list", usage: { prompt_tokens: 18, total_tokens: 18 } });
				expect(numbers.data.map(({ index }) => index)).toEqual([0, 1]);
			});

			test("dimensions", async () => {
				const { data } = await client().embeddings.create({ model, input: "Hello", dimensions: 64 });
				expect(data[0]?.embedding).toHaveLength(64);
			});

			test("tokens, where the provider takes them", async () => {
				const asked = client().embeddings.create({ model, input: [[1, 2], [3]], encoding_format: "float" });
				if (provider === "gemini") expect(await rejection(asked)).toMatchObject({ status: 400, param: "input" });
				else expect((await asked).data).toHaveLength(2);
			});

			test("errors", async () => {
				const ask = (name: string, input: string) => rejection(client().embeddings.create({ model: `${provider}/${name}`, input }));
				expect(await ask("rate-limited-30", "Hello")).toBeInstanceOf(OpenAI.RateLimitError);
				expect(await ask("nobody", "Hello")).toBeInstanceOf(OpenAI.NotFoundError);
				expect(await ask("echo", "")).toMatchObject({ status: 400, param: "input" });
			});
		});

		describe("@google/genai", () => {
			const client = () => new GoogleGenAI({ apiKey: door.token, httpOptions: { baseUrl: door.origin, fetch: door.fetch } });

			test("one text, and several with settings", async () => {
				const one = await client().models.embedContent({ model, contents: "Hello" });
				expect(one.embeddings).toHaveLength(1);
				const { embeddings = [] } = await client().models.embedContent({
					model,
					contents: documents,
					config: { outputDimensionality: 32, taskType: "RETRIEVAL_DOCUMENT", title: "Walls" },
				});
				expect(embeddings.map(({ values }) => values?.length)).toEqual([32, 32]);
				if (provider !== "gemini") return;
				expect(door.vendors.requests.at(-1)?.body).toMatchObject({ requests: documents.map((text) => ({ model: "models/echo", content: { parts: [{ text }] }, taskType: "RETRIEVAL_DOCUMENT", title: "Walls", outputDimensionality: 32 })) });
			});

			test("errors", async () => {
				const error = await rejection(client().models.embedContent({ model: `${provider}/overloaded`, contents: "Hello" }));
				expect(error).toBeInstanceOf(ApiError);
				expect(error).toMatchObject({ status: 503 });
			});
		});

		test.each([
			["@ai-sdk/openai", () => createOpenAI({ baseURL: `${door.origin}/v1`, apiKey: door.token, fetch: door.fetch }).embedding(model)],
			["@ai-sdk/openai-compatible", () => createOpenAICompatible({ name: "postern", baseURL: `${door.origin}/v1`, apiKey: door.token, fetch: door.fetch }).embeddingModel(model)],
		])("the AI SDK by %s finds what is near", async (_, makeModel) => {
			const { embedding, usage } = await embed({ model: makeModel(), value: "Where is the small gate?", maxRetries: 0 });
			const { embeddings } = await embedMany({ model: makeModel(), values: documents, maxRetries: 0 });
			const [gate = 0, bread = 0] = embeddings.map((other) => cosineSimilarity(embedding, other));
			expect(gate).toBeGreaterThan(bread);
			expect(usage.tokens).toBe(6);
		});
	});

	test("base64 is asked for upstream only where the vendor is known to have it", async () => {
		const client = new OpenAI({ apiKey: door.token, baseURL: `${door.origin}/v1`, fetch: door.fetch });
		const formFor = async (model: string) => {
			await client.embeddings.create({ model, input: "Hello" });
			return door.vendors.requests.at(-1)?.body;
		};
		expect(await formFor("openai/echo")).toMatchObject({ encoding_format: "base64" });
		expect(await formFor("compatible/echo")).toMatchObject({ encoding_format: "float" });
	});

	test("Anthropic has none, and the caller is told who does", async () => {
		const client = new OpenAI({ apiKey: door.token, baseURL: `${door.origin}/v1`, fetch: door.fetch });
		const error = await rejection(client.embeddings.create({ model: "anthropic/echo", input: "Hello" }));
		expect(error).toMatchObject({ status: 400, param: "model", message: expect.stringMatching(/These providers do: .*openai/) });
	});
});
