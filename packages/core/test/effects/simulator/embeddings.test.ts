import { describe, expect, test } from "vitest";
import type { EmbeddingRequest } from "../../../src/contract/embedding.ts";
import type { DialectId } from "../../../src/contract/prompt.ts";
import { type Simulator, simulator } from "../../../src/effects/simulator/simulator.ts";
import { providerCodecs } from "../../../src/rules/dialects/index.ts";
import { decodeVector } from "../../../src/rules/embeddings/vectors.ts";

const asked: EmbeddingRequest = { inputs: [{ type: "text", text: "Hello there" }, { type: "text", text: "hello" }], format: "float" };

async function exchange(provider: Simulator, model: string, request = asked) {
	const codec = providerCodecs[provider.dialect].embedding;
	if (codec === undefined) throw new Error(`${provider.dialect} has no embeddings`);
	const options = { model, quirks: { base64Embeddings: true } };
	const { body } = codec.encodeRequest(request, options);
	const { signal } = new AbortController();
	const response = await provider.send({ method: "POST", url: provider.baseUrl + codec.path(options), headers: {}, body: JSON.stringify(body), signal, connectTimeoutMs: 1000 });
	const decoder = new TextDecoder();
	let text = "";
	for (let chunk = await response.body.read(); chunk !== undefined; chunk = await response.body.read()) text += decoder.decode(chunk, { stream: true });
	return { codec, status: response.status, text, headers: response.headers };
}

const dialects: readonly DialectId[] = ["openai-chat", "openai-responses", "gemini"];

describe.each(dialects)("embeddings over %s", (dialect) => {
	const provider = simulator({ dialect });

	test("come as real bytes of the dialect", async () => {
		const { codec, text, status } = await exchange(provider, "echo", { ...asked, dimensions: 16 });
		expect(status).toBe(200);
		const decoded = codec.decodeAnswer(JSON.parse(text), asked);
		expect(decoded).toMatchObject({ ok: true, value: { usage: dialect === "gemini" ? {} : { inputTokens: 5 } } });
		expect(decoded.ok && decoded.value.vectors.map(({ length }) => length)).toEqual([16, 16]);
		expect(provider.active()).toBe(0);
	});

	test.each([
		["rate-limited-3", 429],
		["error-503", 503],
		["context-length", 400],
		["nobody", 404],
	])("of %s are refused with %i", async (model, status) => {
		const refused = await exchange(provider, model);
		expect(refused.status).toBe(status);
		if (model === "rate-limited-3") expect(refused.headers["retry-after"]).toBe("3");
		expect(JSON.parse(refused.text)).toHaveProperty("error");
	});

	test("break where the model does", async () => {
		await expect(exchange(provider, "cut")).rejects.toMatchObject({ reason: "network" });
		expect((await exchange(provider, "empty")).text).toBe("");
		expect((await exchange(provider, "garbage")).text).toContain("<html>");
	});

	test("fail every other time where the model is flaky", async () => {
		const flaky = simulator({ dialect });
		expect([(await exchange(flaky, "flaky")).status, (await exchange(flaky, "flaky")).status]).toEqual([500, 200]);
	});

	test("of too many dimensions are refused", async () => {
		expect((await exchange(provider, "echo", { ...asked, dimensions: 1_000_000_000 })).status).toBe(400);
	});
});

test("OpenAI's come as base64 where that is asked for", async () => {
	const { text } = await exchange(simulator(), "echo", { ...asked, format: "base64" });
	const { data } = JSON.parse(text);
	expect(decodeVector(data[0].embedding)).toHaveLength(256);
	const numbers = JSON.parse((await exchange(simulator(), "echo")).text).data[0].embedding;
	expect(decodeVector(data[0].embedding)).toEqual(numbers);
});

test("Gemini takes a hundred in one batch", async () => {
	const of = (count: number) => ({ ...asked, inputs: Array.from({ length: count }, () => ({ type: "text" as const, text: "a" })) });
	expect((await exchange(simulator({ dialect: "gemini" }), "echo", of(100))).status).toBe(200);
	expect((await exchange(simulator({ dialect: "gemini" }), "echo", of(101))).status).toBe(400);
});

test("Anthropic has none", () => {
	expect(providerCodecs["anthropic-messages"].embedding).toBeUndefined();
	expect(providerCodecs["bedrock-converse"].embedding).toBeUndefined();
});
