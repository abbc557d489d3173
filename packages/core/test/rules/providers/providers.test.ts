import { describe, expect, test } from "vitest";
import { anthropic } from "../../../src/rules/providers/anthropic.ts";
import { azureOpenAi } from "../../../src/rules/providers/azure-openai.ts";
import { vendorsFromEnvironment } from "../../../src/rules/providers/environment.ts";
import { gemini } from "../../../src/rules/providers/gemini.ts";
import { openai } from "../../../src/rules/providers/openai.ts";
import { openaiCompatible } from "../../../src/rules/providers/openai-compatible.ts";
import { baseUrlVariable, type PresetName, presets } from "../../../src/rules/providers/presets/index.ts";

const key = "sk-test-0123456789";

describe("openai", () => {
	test("sends its key as a bearer token, with organisation and project", () => {
		const provider = openai({ apiKey: key, organization: "org-1", project: "proj-1" });
		expect(provider).toMatchObject({ dialect: "openai-chat", baseUrl: "https://api.openai.com/v1", secrets: [key] });
		expect(provider.headers).toEqual({
			"content-type": "application/json",
			authorization: `Bearer ${key}`,
			"openai-organization": "org-1",
			"openai-project": "proj-1",
		});
		expect(provider.unavailable).toBeUndefined();
	});

	test.each([undefined, "", "  \n"])("with the key %j it is there, unavailable, and says the remedy", (apiKey) => {
		const provider = openai({ apiKey });
		expect(provider.unavailable).toBe("Provider openai has no key: set OPENAI_API_KEY or pass apiKey");
		expect(provider.headers).not.toHaveProperty("authorization");
	});

	test("a line end that sticks to the key is dropped", () => {
		expect(openai({ apiKey: `${key}\n` }).headers["authorization"]).toBe(`Bearer ${key}`);
	});

	test.each([`sk-te\nst`, "sk-tést", "sk te st"])("the key %j is neither sent nor told", (apiKey) => {
		const provider = openai({ apiKey });
		expect(provider.unavailable).toContain("characters that no header can carry");
		expect(JSON.stringify(provider)).not.toContain(JSON.stringify(apiKey).slice(1, -1));
	});

	test("the caller's models replace the known ones, and the first is the default", () => {
		expect(openai({ apiKey: key, models: ["a", "b"] })).toMatchObject({ models: ["a", "b"], defaultModel: "a" });
	});
});

describe("anthropic", () => {
	test("sends its key, version and betas", () => {
		const provider = anthropic({ apiKey: key, beta: ["one", "two"] });
		expect(provider).toMatchObject({ dialect: "anthropic-messages", baseUrl: "https://api.anthropic.com/v1", secrets: [key] });
		expect(provider.headers).toEqual({
			"content-type": "application/json",
			"x-api-key": key,
			"anthropic-version": "2023-06-01",
			"anthropic-beta": "one,two",
		});
	});

	test("without a key it says the remedy", () => {
		expect(anthropic().unavailable).toBe("Provider anthropic has no key: set ANTHROPIC_API_KEY or pass apiKey");
	});
});

describe("gemini", () => {
	test("sends its key in a header, never in the address", () => {
		const provider = gemini({ apiKey: key, headers: { "x-goog-user-project": "billed" } });
		expect(provider).toMatchObject({ dialect: "gemini", baseUrl: "https://generativelanguage.googleapis.com/v1beta", secrets: [key] });
		expect(provider.headers).toEqual({ "content-type": "application/json", "x-goog-api-key": key, "x-goog-user-project": "billed" });
	});

	test.each([
		["http://stand-in:1", "http://stand-in:1/v1beta"],
		["http://stand-in:1/v1beta/", "http://stand-in:1/v1beta"],
		["https://vertex.example/v1/publishers/google", "https://vertex.example/v1/publishers/google/v1beta"],
		["http://stand-in:1/v1", "http://stand-in:1/v1"],
	])("takes the address %s", (baseUrl, expected) => {
		expect(gemini({ apiKey: key, baseUrl }).baseUrl).toBe(expected);
	});

	test("without a key it says the remedy", () => {
		expect(gemini().unavailable).toBe("Provider gemini has no key: set GEMINI_API_KEY or pass apiKey");
	});
});

describe("headers of one's own", () => {
	const azure = (options: { apiKey?: string; headers?: Record<string, string> }) => azureOpenAi({ ...options, resource: "acme" });
	test.each([
		["openai", openai, "authorization"],
		["anthropic", anthropic, "authorization"],
		["anthropic", anthropic, "x-api-key"],
		["gemini", gemini, "x-goog-api-key"],
		["azure", azure, "api-key"],
		["azure", azure, "authorization"],
	] as const)("%s: win over ours, serve as the credential and are kept secret (%3$s)", (_, make, header) => {
		const provider = make({ headers: { [header.toUpperCase()]: "Bearer own-token-1", "X-Team": "blue", "Content-Type": "application/json; charset=utf-8" } });
		expect(provider.unavailable).toBeUndefined();
		expect(provider.headers).toMatchObject({ [header]: "Bearer own-token-1", "x-team": "blue", "content-type": "application/json; charset=utf-8" });
		expect(provider.secrets).toEqual(["own-token-1"]);
		expect(() => make({ headers: { "x-team": "blue\n" } })).toThrow("headers.x-team has characters");
		expect(make({ headers: { "x-team": "blue" } }).unavailable).toContain("has no key");
	});
});

describe("openaiCompatible", () => {
	test("takes a server of unknown make without a key", () => {
		const provider = openaiCompatible({ baseUrl: "http://localhost:9000" });
		expect(provider.baseUrl).toBe("http://localhost:9000/v1");
		expect(provider.headers).toEqual({ "content-type": "application/json" });
		expect(provider.unavailable).toBeUndefined();
		expect(provider.defaultModel).toBeUndefined();
	});

	test("merges quirks over the preset's", () => {
		const provider = openaiCompatible({ preset: "mistral", apiKey: key, quirks: { streamUsage: true } });
		expect(provider.quirks).toEqual({ ...presets.mistral.quirks, streamUsage: true });
	});

	test("a credential of one's own in the headers serves, wins, and is kept secret", () => {
		const provider = openaiCompatible({ preset: "groq", headers: { Authorization: "Token abc123" } });
		expect(provider.unavailable).toBeUndefined();
		expect(provider.headers["authorization"]).toBe("Token abc123");
		expect(provider.secrets).toEqual(["abc123"]);
	});

	test.each([
		[{}, "baseUrl is missing"],
		[{ baseUrl: "nowhere" }, "baseUrl is not a URL"],
		[{ baseUrl: "http://x", headers: { "bad name": "v" } }, '"bad name" is not a header name'],
		[{ baseUrl: "http://x", headers: { "x-key": "a\r\nb" } }, "headers.x-key has characters"],
	])("refuses %j", (options, message) => {
		expect(() => openaiCompatible(options)).toThrow(message);
	});
});

describe("presets", () => {
	const names = Object.keys(presets) as PresetName[];
	test.each(names)("%s: its address is normal, its variables are customary, its default is among its models", (name) => {
		const preset = presets[name];
		const own = { anthropic, gemini };
		const made = name === "anthropic" || name === "gemini" ? own[name]({ apiKey: key }) : openaiCompatible({ apiKey: key, preset: name });
		expect(made.baseUrl).toBe(preset.baseUrl);
		expect(preset.keyVariable).toBe(`${name.toUpperCase()}_API_KEY`);
		expect(baseUrlVariable(name)).toBe(`${name.toUpperCase()}_BASE_URL`);
		if ("defaultModel" in preset) expect(preset.models).toContain(preset.defaultModel);
	});

	test("no model prefix belongs to two vendors", () => {
		const prefixes = names.flatMap((name) => presets[name].modelPrefixes as readonly string[]);
		for (const prefix of prefixes) expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
	});
});

describe("the environment", () => {
	test("names nothing, and there is nothing", () => {
		expect(vendorsFromEnvironment({ OPENAI_API_KEY: "", OPENAI_BASE_URL: "http://localhost:1", HOME: "/root" })).toEqual({});
	});

	test("has every vendor whose key is set", () => {
		const env = Object.fromEntries(Object.values(presets).map(({ keyVariable }) => [keyVariable, key]));
		const providers = vendorsFromEnvironment(env);
		expect(Object.keys(providers)).toEqual(Object.keys(presets));
		for (const provider of Object.values(providers)) {
			expect(provider).toMatchObject({ secrets: [key] });
			expect(provider).not.toHaveProperty("unavailable");
		}
	});

	test("makes a credential of each numbered key", () => {
		const names = ["OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"];
		const keys = Object.fromEntries(names.flatMap((name) => [[name, "key-1"], [`${name}_7`, "key-7"], [`${name}_2`, "key-2"]]));
		const places = { OPENAI_BASE_URL: "http://x:1", AZURE_OPENAI_ENDPOINT: "http://x:1", AWS_REGION: "eu-central-1" };
		for (const credentials of Object.values(vendorsFromEnvironment({ ...keys, ...places }))) {
			expect(credentials).toMatchObject([{ secrets: ["key-1"] }, { secrets: ["key-2"] }, { secrets: ["key-7"] }]);
		}
	});

	test("has local servers whose address is set", () => {
		const providers = vendorsFromEnvironment({ OLLAMA_BASE_URL: "http://gpu-box:11434", VLLM_BASE_URL: "http://gpu-box:8000/v1/" });
		expect(Object.keys(providers)).toEqual(["ollama", "vllm"]);
		expect(providers).toMatchObject({ ollama: { baseUrl: "http://gpu-box:11434/v1" }, vllm: { baseUrl: "http://gpu-box:8000/v1" } });
	});

	test("moves addresses by either custom", () => {
		const providers = vendorsFromEnvironment({
			OPENAI_API_KEY: key,
			OPENAI_BASE_URL: "http://stand-in:1/v1",
			OPENAI_ORG_ID: "org-1",
			ANTHROPIC_API_KEY: key,
			ANTHROPIC_BASE_URL: "http://stand-in:1",
		});
		expect(providers).toMatchObject({
			openai: { baseUrl: "http://stand-in:1/v1", headers: { "openai-organization": "org-1" } },
			anthropic: { baseUrl: "http://stand-in:1/v1" },
		});
	});

	test("names the variable that is wrong", () => {
		expect(() => vendorsFromEnvironment({ GROQ_API_KEY: key, GROQ_BASE_URL: "groq" })).toThrow("GROQ_BASE_URL is not a URL");
	});
});
