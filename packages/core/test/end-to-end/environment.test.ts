import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { providersFromEnvironment } from "@postern/core";
import { createGateway } from "@postern/core/node";
import { type ProviderStandIn, startProviderStandIn } from "../../src/testing/node/provider-stand-in.ts";

/** A gateway as the standalone server makes it: from the customary variables alone. */
describe("providers named by the environment", () => {
	let vendors: ProviderStandIn;
	beforeAll(async () => {
		vendors = await startProviderStandIn();
	});
	afterAll(() => vendors.close());

	const gatewayOf = (env: Record<string, string>) => createGateway({ providers: providersFromEnvironment(env), auth: false });
	const prompt = (gateway: ReturnType<typeof createGateway>, body: object): Promise<Response> =>
		gateway.fetch(new Request("http://gateway/v1/prompt", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ prompt: "Hello", ...body }) }));

	test.each([
		["OPENAI_BASE_URL with /v1", "openai", () => ({ OPENAI_API_KEY: vendors.apiKey, OPENAI_BASE_URL: vendors.openaiBaseUrl })],
		["OPENAI_BASE_URL without it", "openai", () => ({ OPENAI_API_KEY: vendors.apiKey, OPENAI_BASE_URL: vendors.anthropicBaseUrl })],
		["ANTHROPIC_BASE_URL without /v1", "anthropic", () => ({ ANTHROPIC_API_KEY: vendors.apiKey, ANTHROPIC_BASE_URL: vendors.anthropicBaseUrl })],
		["ANTHROPIC_BASE_URL with it", "anthropic", () => ({ ANTHROPIC_API_KEY: vendors.apiKey, ANTHROPIC_BASE_URL: vendors.openaiBaseUrl })],
		["GEMINI_BASE_URL", "gemini", () => ({ GEMINI_API_KEY: vendors.apiKey, GEMINI_BASE_URL: vendors.geminiBaseUrl })],
		["GROQ_BASE_URL", "groq", () => ({ GROQ_API_KEY: vendors.apiKey, GROQ_BASE_URL: vendors.openaiBaseUrl })],
	])("%s", async (_, provider, env) => {
		const response = await prompt(gatewayOf(env()), { model: `${provider}/echo`, maxTokens: 50 });
		expect(await response.json()).toMatchObject({ text: expect.stringMatching(/You said: Hello$/), provider, model: "echo" });
		expect(response.status).toBe(200);
	});

	test("what the vendor received: its path, its credential and its field for the output limit", async () => {
		await prompt(gatewayOf({ MISTRAL_API_KEY: vendors.apiKey, MISTRAL_BASE_URL: vendors.openaiBaseUrl }), { model: "mistral/echo", maxTokens: 50 });
		expect(vendors.requests.at(-1)).toMatchObject({
			method: "POST",
			path: "/v1/chat/completions",
			headers: { authorization: `Bearer ${vendors.apiKey}`, "content-type": expect.stringContaining("application/json") },
			body: { model: "echo", max_tokens: 50 },
		});
		await prompt(gatewayOf({ ANTHROPIC_API_KEY: vendors.apiKey, ANTHROPIC_BASE_URL: vendors.anthropicBaseUrl }), { model: "anthropic/echo" });
		expect(vendors.requests.at(-1)).toMatchObject({
			path: "/v1/messages",
			headers: { "x-api-key": vendors.apiKey, "anthropic-version": "2023-06-01" },
			body: { model: "echo", max_tokens: expect.any(Number) },
		});
		expect(vendors.requests.at(-1)?.headers).not.toHaveProperty("authorization");
	});

	test("a wrong key is the gateway's trouble and stays its secret", async () => {
		for (const [name, provider] of [["OPENAI", "openai"], ["ANTHROPIC", "anthropic"], ["GEMINI", "gemini"]] as const) {
			const gateway = gatewayOf({ [`${name}_API_KEY`]: "sk-wrong-secret-key-000000", [`${name}_BASE_URL`]: vendors.anthropicBaseUrl });
			const response = await prompt(gateway, { model: `${provider}/echo` });
			expect(response.status).toBe(502);
			expect(await response.text()).not.toContain("sk-wrong");
		}
	});

	test("none: the simulator answers, and says what it is", async () => {
		const response = await prompt(gatewayOf({}), {});
		expect(await response.json()).toMatchObject({ provider: "sim", model: "echo", text: expect.stringContaining("simulator") });
	});
});
