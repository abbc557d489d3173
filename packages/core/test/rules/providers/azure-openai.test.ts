import { describe, expect, test } from "vitest";
import { createGateway } from "../../../src/gateway.ts";
import { openaiChat } from "../../../src/rules/dialects/openai-chat/index.ts";
import { azureOpenAi } from "../../../src/rules/providers/azure-openai.ts";
import { simulator } from "../../../src/effects/simulator/simulator.ts";
import type { UpstreamRequest, UpstreamResponse } from "../../../src/rules/providers/transport.ts";

const apiKey = "0123456789abcdef0123456789abcdef";

describe("azureOpenAi", () => {
	test("asks the v1 API with the key in its own header", () => {
		const provider = azureOpenAi({ resource: "acme", apiKey, models: ["chat-eu", "mini"] });
		expect(provider).toMatchObject({
			dialect: "openai-chat",
			baseUrl: "https://acme.openai.azure.com/openai/v1",
			headers: { "content-type": "application/json", "api-key": apiKey },
			secrets: [apiKey],
			models: ["chat-eu", "mini"],
			defaultModel: "chat-eu",
		});
		expect(provider.query).toBeUndefined();
		expect(provider.headers).not.toHaveProperty("authorization");
	});

	test.each([
		["https://acme.openai.azure.com", "https://acme.openai.azure.com/openai/v1"],
		["https://acme.openai.azure.com/openai/v1/", "https://acme.openai.azure.com/openai/v1"],
		["https://acme.services.ai.azure.com/openai", "https://acme.services.ai.azure.com/openai/v1"],
		["https://proxy.example/azure", "https://proxy.example/azure/openai/v1"],
	])("the address %s is %s", (baseUrl, expected) => {
		expect(azureOpenAi({ baseUrl, apiKey }).baseUrl).toBe(expected);
	});

	test("a deployment comes first among the models", () => {
		expect(azureOpenAi({ resource: "acme", apiKey, deployment: "b", models: ["a", "b"] })).toMatchObject({ models: ["b", "a"], defaultModel: "b" });
	});

	test("without a key it is there, unavailable, and says the remedy", () => {
		expect(azureOpenAi({ resource: "acme" }).unavailable).toBe("Provider azure has no key: set AZURE_OPENAI_API_KEY or pass apiKey");
	});

	test.each([
		[{}, "resource is missing"],
		[{ resource: "acme.openai.azure.com" }, "resource must be the bare name"],
		[{ resource: "acme", apiVersion: "2024" }, "apiVersion must be"],
		[{ resource: "acme", apiVersion: "2024-10-21&x=1" }, "apiVersion must be"],
		[{ resource: "acme", apiVersion: "2024-10-21", api: "responses" }, "api: responses needs the v1 API"],
	] as const)("%j is refused: %s", (options, message) => {
		expect(() => azureOpenAi(options)).toThrow(message);
	});
});

describe("the address on the wire", () => {
	test.each([
		[{}, "https://acme.openai.azure.com/openai/v1/chat/completions"],
		[{ apiVersion: "preview" }, "https://acme.openai.azure.com/openai/v1/chat/completions?api-version=preview"],
		[{ apiVersion: "2024-10-21" }, "https://acme.openai.azure.com/openai/deployments/chat%20eu/chat/completions?api-version=2024-10-21"],
	])("%j is %s", async (options, url) => {
		const sent: UpstreamRequest[] = [];
		const provider = azureOpenAi({ resource: "acme", apiKey, models: ["chat eu"], ...options });
		const answer = { choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] };
		await ask({ ...provider, send: async (request) => (sent.push(request), respond(200, JSON.stringify(answer))) });
		expect(sent[0]).toMatchObject({ url, headers: { "api-key": apiKey } });
		expect(JSON.parse(sent[0]?.body ?? "")).toMatchObject({ model: "chat eu" });
	});
});

describe("Azure's errors", () => {
	const filtered = {
		message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
		type: null,
		param: "prompt",
		code: "content_filter",
		status: 400,
		innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: { hate: { filtered: true, severity: "high" } } },
	};
	test.each([
		[400, filtered, "content-filter", "caller"],
		[401, { code: "401", message: "Access denied due to invalid subscription key or wrong API endpoint." }, "authentication", "gateway"],
		[404, { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." }, "model-not-found", "caller"],
		[429, { code: "429", message: "Requests to the ChatCompletions operation have exceeded the rate limit." }, "rate-limited", "upstream"],
		[500, { code: "InternalServerError", message: "Backend returned unexpected response." }, "upstream", "upstream"],
	] as const)("%s %o is %s", (status, error, kind, blame) => {
		const failure = openaiChat.provider.decodeFailure(status, { "retry-after-ms": "1200" }, JSON.stringify({ error }));
		expect(failure).toMatchObject({ kind, blame, status, retryAfterMs: 1200 });
	});
});

describe("Azure's streams", () => {
	const filter = { choices: [], id: "", model: "", prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: "safe" } } }] };
	const role = { id: "chatcmpl-1", model: "gpt-4o", choices: [{ index: 0, delta: { role: "assistant", content: "", refusal: null }, finish_reason: null }] };
	const results = { id: "", model: "", choices: [{ index: 0, finish_reason: null, content_filter_offsets: { check_offset: 1 }, content_filter_results: {} }] };
	const text = (content: string) => ({ id: "chatcmpl-1", model: "gpt-4o", choices: [{ index: 0, delta: { content }, finish_reason: null }] });
	const end = (reason: string) => ({ id: "chatcmpl-1", model: "gpt-4o", choices: [{ index: 0, delta: {}, finish_reason: reason }] });
	const decode = (...chunks: unknown[]) => {
		const decoder = openaiChat.provider.createStreamDecoder();
		return [...decoder.push(new TextEncoder().encode(stream(...chunks))), ...decoder.close()];
	};

	test("results of the filter among the chunks say nothing, and take no answer's id away", () => {
		const events = decode(filter, role, text("Hello"), results, end("stop"), "[DONE]");
		expect(events.map(({ type }) => type)).toEqual(["response-metadata", "text-start", "text-delta", "text-end", "finish"]);
		expect(events[0]).toMatchObject({ id: "chatcmpl-1", model: "gpt-4o" });
	});

	test("an answer that the filter cut ends so", () => {
		expect(decode(filter, role, text("Hel"), end("content_filter"), "[DONE]").at(-1)).toMatchObject({ type: "finish", reason: "content-filter" });
	});

	// vercel/ai #15922: a role chunk, then an error, all inside a 200.
	test("an error behind the role chunk reaches the fallback, and the caller never hears of it", async () => {
		const error = { error: { message: "The server had an error", type: "server_error", code: "rate_limit_exceeded" } };
		const provider = azureOpenAi({ resource: "acme", apiKey, models: ["chat-eu"] });
		const answer = await ask({ ...provider, send: async () => respond(200, stream(filter, role, error)) }, true);
		expect(answer).toContain('"content"');
		expect(answer).toContain("[DONE]");
		expect(answer).not.toContain("error");
	});
});

function stream(...chunks: unknown[]): string {
	return chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`).join("");
}

function respond(status: number, text: string): UpstreamResponse {
	const pieces = [new TextEncoder().encode(text)];
	return { status, headers: {}, body: { read: async () => pieces.shift(), cancel: () => undefined } };
}

/** Through a whole gateway, where a simulator stands behind this provider. */
async function ask(azure: ReturnType<typeof azureOpenAi>, stream = false): Promise<string> {
	const route = { main: [`azure/${azure.defaultModel}`, "sim/echo"] };
	const gateway = createGateway({ providers: { azure, sim: simulator() }, routes: route, auth: false });
	const body = JSON.stringify({ model: "main", stream, messages: [{ role: "user", content: "Hello" }] });
	const response = await gateway.fetch(new Request("http://postern.test/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body }));
	const text = await response.text();
	await gateway.close();
	return text;
}
