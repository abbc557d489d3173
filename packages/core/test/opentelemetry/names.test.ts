import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import { beforeAll, expect, test } from "vitest";
import { anthropic, azureOpenAi, bedrock, gemini, openai, openaiCompatible, type Provider, presets, simulator } from "../../src/index.ts";
import { placeOf } from "../../src/opentelemetry/place.ts";
import { ask } from "../gateway/support.ts";
import { observedGateway, registerContext } from "./support.ts";

beforeAll(registerContext);

const published: ReadonlySet<unknown> = new Set(Object.values(conventions));

test("every name that is not our own is one of the conventions'", async () => {
	const observed = observedGateway({ routes: { both: ["sim/error-500", "sim/echo"] }, retry: { attemptsPerTarget: 1 } });
	const body = { model: "both", max_tokens: 9, temperature: 0.5, top_p: 0.5, seed: 1, presence_penalty: 0.1, frequency_penalty: 0.1, messages: [{ role: "user", content: "Hi" }] };
	await ask(observed.gateway, "/v1/chat/completions", { body: { ...body, stream: true, response_format: { type: "json_object" } } });
	await ask(observed.gateway, "/v1/messages", { body: { model: "sim/echo", max_tokens: 9, top_k: 3, messages: body.messages } });
	await ask(observed.gateway, "/v1/embeddings", { body: { model: "sim/echo", input: "Hi", dimensions: 2 } });
	const metrics = await observed.metrics();
	await observed.gateway.close();
	const names = new Set([
		...Object.keys(metrics),
		...observed.spans().flatMap(({ attributes }) => Object.keys(attributes)),
		...Object.values(metrics).flatMap((points) => points.flatMap(({ attributes }) => Object.keys(attributes))),
	]);
	expect(names.size).toBeGreaterThan(40);
	expect([...names].filter((name) => !name.startsWith("postern.") && !published.has(name))).toEqual([]);
	const values = observed.spans().flatMap(({ attributes }) => [attributes["gen_ai.operation.name"], attributes["gen_ai.output.type"] ?? "text"]);
	expect(values.filter((value) => !published.has(value))).toEqual([]);
});

const names = Object.keys(presets) as (keyof typeof presets)[];
const compatible = names.filter((name): name is Exclude<keyof typeof presets, "anthropic" | "gemini"> => name !== "anthropic" && name !== "gemini");
test.each<[name: string, provider: Provider, known: string, address: string | undefined, port: number | undefined]>([
	["openai", openai({ apiKey: "sk-1" }), "openai", "api.openai.com", 443],
	["mine", openai({ apiKey: "sk-1", baseUrl: "https://eu.api.openai.com/v1" }), "openai", "eu.api.openai.com", 443],
	["openai", openai({ apiKey: "sk-1", baseUrl: "http://localhost:8080/v1" }), "openai", "localhost", 8080],
	["claude", anthropic({ apiKey: "sk-1" }), "anthropic", "api.anthropic.com", 443],
	["google", gemini({ apiKey: "sk-1" }), "gcp.gemini", "generativelanguage.googleapis.com", 443],
	["azure", azureOpenAi({ resource: "acme", apiKey: "sk-1" }), "azure.ai.openai", "acme.openai.azure.com", 443],
	["aws", bedrock({ region: "eu-central-1", apiKey: "sk-1" }), "aws.bedrock", "bedrock-runtime.eu-central-1.amazonaws.com", 443],
	["mistral", openaiCompatible({ preset: "mistral", apiKey: "sk-1" }), "mistral_ai", "api.mistral.ai", 443],
	["grok", openaiCompatible({ preset: "xai", apiKey: "sk-1" }), "x_ai", "api.x.ai", 443],
	["xai", openaiCompatible({ preset: "xai", apiKey: "sk-1", baseUrl: "http://proxy.internal/v1" }), "x_ai", "proxy.internal", 80],
	["groq", openaiCompatible({ preset: "groq", apiKey: "sk-1" }), "groq", "api.groq.com", 443],
	["deepseek", openaiCompatible({ preset: "deepseek", apiKey: "sk-1" }), "deepseek", "api.deepseek.com", 443],
	["ollama", openaiCompatible({ preset: "ollama" }), "ollama", "localhost", 11434],
	["constructor", simulator(), "constructor", undefined, undefined],
	["odd", { ...simulator(), baseUrl: "no address" }, "odd", undefined, undefined],
])("%s is told as %s", (name, provider, providerName, address, port) => {
	expect(placeOf(name, provider)).toEqual({ providerName, ...(address === undefined ? {} : { address, port }) });
});

test("a vendor's own address and its customary name lead to the same", () => {
	for (const name of compatible) {
		const { address } = placeOf(name, openaiCompatible({ preset: name, apiKey: "sk-1" }));
		const elsewhere = openaiCompatible({ preset: name, apiKey: "sk-1", baseUrl: "https://proxy.internal/v1" });
		expect([name, placeOf(name, elsewhere).providerName]).toEqual([name, placeOf(name, openaiCompatible({ preset: name, apiKey: "sk-1" })).providerName]);
		expect(address).toEqual(expect.any(String));
	}
});
