import { identifyLocalCaller } from "../../src/standalone/local-callers.ts";
import { describe, expect, test } from "vitest";
import { configurationFromEnvironment, formatProblem, type StandaloneConfiguration } from "../../src/standalone/index.ts";

type Env = Readonly<Record<string, string>>;

function good(env: Env, file?: unknown): StandaloneConfiguration {
	const result = configurationFromEnvironment(env, file === undefined ? undefined : JSON.stringify(file));
	if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
	return result.value;
}

function problems(env: Env, file?: unknown): readonly string[] {
	const text = file === undefined || typeof file === "string" ? file : JSON.stringify(file);
	const result = configurationFromEnvironment(env, text as string | undefined, "postern.json");
	return result.ok ? [] : result.problems.map(formatProblem);
}

describe("where it listens and who may call", () => {
	test("without a token: this machine alone, no authentication", () => {
		expect(good({})).toMatchObject({ host: "127.0.0.1", port: 8420, gateway: { identify: identifyLocalCaller } });
	});

	test("with a token: every address", () => {
		const configuration = good({ POSTERN_TOKEN: "operator-token" });
		expect(configuration.host).toBeUndefined();
		expect(configuration.gateway).toMatchObject({ token: "operator-token" });
		expect(configuration.gateway).not.toHaveProperty("identify");
	});

	test("an empty token is a decision: no authentication where HOST says", () => {
		expect(good({ POSTERN_TOKEN: "" })).toMatchObject({ host: "127.0.0.1", gateway: { token: "" } });
		expect(good({ POSTERN_TOKEN: "", HOST: "0.0.0.0" })).toMatchObject({ host: "0.0.0.0", gateway: { token: "" } });
	});

	test.each(["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])("HOST=%s needs no token", (host) => {
		expect(problems({ HOST: host })).toEqual([]);
	});

	test.each(["0.0.0.0", "::", "192.168.1.5", "example.com", "127.0.0.1.example.com"])("HOST=%s does", (host) => {
		expect(problems({ HOST: host })).toEqual([expect.stringMatching(/^HOST: .*; set POSTERN_TOKEN/)]);
		expect(problems({ HOST: host, POSTERN_TOKEN: "token" })).toEqual([]);
	});
});

describe("providers", () => {
	test("none: the simulator", () => {
		const configuration = good({});
		expect(Object.keys(configuration.gateway.providers)).toEqual(["sim"]);
		expect(configuration.simulated).toBe(true);
	});

	test("those of the environment", () => {
		const configuration = good({ OPENAI_API_KEY: "sk-environment", OLLAMA_BASE_URL: "http://localhost:11434" });
		expect(Object.keys(configuration.gateway.providers).sort()).toEqual(["ollama", "openai"]);
		expect(configuration.simulated).toBe(false);
		expect(configuration.secrets).toContain("sk-environment");
	});

	test("clouds whose key and place are set are there", () => {
		const clouds = { AZURE_OPENAI_API_KEY: "key-1", AZURE_OPENAI_ENDPOINT: "https://acme.openai.azure.com", AWS_BEARER_TOKEN_BEDROCK: "key-2", AWS_REGION: "eu-central-1" };
		expect(Object.keys(good(clouds).gateway.providers).sort()).toEqual(["azure", "bedrock"]);
	});

	test("those of the file, by preset, by name and by address", () => {
		const { gateway, secrets } = good(
			{ GROQ_SPARE: "gsk-spare" },
			{
				providers: {
					openai: { apiKey: "sk-file" },
					spare: { preset: "groq", apiKeyEnv: "GROQ_SPARE" },
					mine: { baseUrl: "http://10.0.0.5:9000", headers: { "X-Team": "blue" }, models: ["house-1"] },
					play: { preset: "simulator" },
				},
			},
		);
		expect(gateway.providers["openai"]).toMatchObject({ dialect: "openai-chat", baseUrl: "https://api.openai.com/v1" });
		expect(gateway.providers["openai"]?.headers).toMatchObject({ authorization: "Bearer sk-file" });
		expect(gateway.providers["spare"]).toMatchObject({ baseUrl: "https://api.groq.com/openai/v1", secrets: ["gsk-spare"] });
		expect(gateway.providers["mine"]).toMatchObject({ baseUrl: "http://10.0.0.5:9000/v1", models: ["house-1"], headers: { "x-team": "blue" } });
		expect(gateway.providers["play"]?.send).toBeTypeOf("function");
		expect([...secrets].sort()).toEqual(["gsk-spare", "sk-file"]);
	});

	test("the environment wins over the file for the same provider, field by field", () => {
		const { gateway } = good(
			{ OPENAI_API_KEY: "sk-environment", ANTHROPIC_BASE_URL: "http://localhost:9001" },
			{ providers: { openai: { apiKey: "sk-file", models: ["only-this"] }, anthropic: { apiKey: "sk-ant-file", baseUrl: "https://file.example" } } },
		);
		expect(gateway.providers["openai"]).toMatchObject({ models: ["only-this"], headers: { authorization: "Bearer sk-environment" } });
		expect(gateway.providers["anthropic"]).toMatchObject({ baseUrl: "http://localhost:9001/v1", headers: { "x-api-key": "sk-ant-file" } });
	});

	test("the environment does not touch a provider of another name", () => {
		const { gateway } = good({ OPENAI_API_KEY: "sk-environment" }, { providers: { second: { preset: "openai", apiKey: "sk-second" } } });
		expect(gateway.providers["second"]?.headers).toMatchObject({ authorization: "Bearer sk-second" });
		expect(Object.keys(gateway.providers).sort()).toEqual(["openai", "second"]);
	});
});

describe("tools and limits: the environment's list stands in for the file's", () => {
	const file = { tools: { allowed: ["Read"], disallowed: ["Bash"] }, limits: { streaming: 9, nonStreaming: 8, surfaces: { openai: { streaming: 2 } } } };

	test("from the file", () => {
		expect(good({}, file).gateway).toMatchObject(file);
	});

	test("from both", () => {
		const { gateway } = good({ POSTERN_ALLOWED_TOOLS: '["Glob"]', POSTERN_MAX_STREAMING: "0" }, file);
		expect(gateway.tools).toEqual({ allowed: ["Glob"], disallowed: ["Bash"] });
		expect(gateway.limits).toEqual({ ...file.limits, streaming: 0 });
	});
});

test("everything else of the file reaches the gateway as it stands", () => {
	const file = {
		routes: { fast: ["sim/echo", "sim/slow"] },
		defaultModel: "fast",
		surfaces: ["meta", { id: "openai", prefix: "/openai" }],
		clocks: { idleMs: 5_000 },
		retry: { attemptsPerTarget: 1 },
		bodyLimitBytes: 1_000,
	};
	expect(good({}, file).gateway).toMatchObject(file);
});

describe("problems of the file", () => {
	const token = { POSTERN_TOKEN: "token" };
	test.each<[string, unknown, RegExp]>([
		["bad syntax", '{"routes": {},}', /^postern\.json:1:15: is not valid JSON here; write a name in double quotes, or remove the "," before$/],
		["not an object", [], /^postern\.json: expected object, received array; write an object of settings$/],
		["a misspelt setting", { provider: {} }, /^provider: is not a known setting; did you mean providers\?$/],
		["an unknown setting", { colour: "blue" }, /^colour: is not a known setting; known here: providers, routes, /],
		["a misspelt setting inside", { limits: { streming: 3 } }, /^limits\.streming: is not a known setting; did you mean streaming\?$/],
		["a misspelt field of a provider", { providers: { openai: { apikey: "sk" } } }, /^providers\.openai\.apikey: is not a known setting; did you mean apiKey\?$/],
		["a wrong type", { bodyLimitBytes: "10" }, /^bodyLimitBytes: expected number, received string; write a whole number above 0$/],
		["a negative limit", { limits: { streaming: -1 } }, /^limits\.streaming: .*; write a whole number, 0 to refuse all$/],
		["a surface that is none", { surfaces: ["meta", "operatr"] }, /^surfaces\[1\]: .*; write the name of a surface or /],
		["a prefix without a slash", { surfaces: [{ id: "openai", prefix: "ai" }] }, /^surfaces\[0\](\.prefix)?: /],
		["a preset that is none", { providers: { x: { preset: "opnai" } } }, /^providers\.x\.preset: .*; write one of openai, anthropic, /],
		["a provider's bad name", { providers: { "Open AI": { preset: "openai" } } }, /^providers\.Open AI: is not a usable name; /],
		["a provider that says nothing", { providers: { mine: {} } }, /^providers\.mine: says neither what it is nor where; give preset or baseUrl$/],
		["a server without an address", { providers: { mine: { preset: "openai-compatible" } } }, /^providers\.mine: has no address; give baseUrl$/],
		["a bad address", { providers: { mine: { baseUrl: "localhost:80" } } }, /^providers\.mine\.baseUrl: must begin with http/],
		["a key twice", { providers: { openai: { apiKey: "a", apiKeyEnv: "B" } } }, /^providers\.openai: has both apiKey and apiKeyEnv; keep one of them$/],
		["a variable that is not set", { providers: { openai: { apiKeyEnv: "NOT_SET" } } }, /^providers\.openai\.apiKeyEnv: the variable NOT_SET is not set; /],
		["a route to nowhere", { routes: { fast: ["sim/echo", "opnai/gpt"] } }, /^routes\.fast\[1\]: names a provider that is not there: opnai; /],
		["a route to no model", { routes: { fast: ["sim"] } }, /^routes\.fast\[0\]: is not provider\/model; /],
		["an empty route", { routes: { fast: [] } }, /^routes\.fast: .*; write a list of targets/],
		["a default model to nowhere", { defaultModel: "fast" }, /^defaultModel: is not provider\/model; /],
	])("%s", (_name, file, expected) => {
		expect(problems(token, file)).toEqual([expect.stringMatching(expected)]);
	});

	test("all at once, also with those of the environment", () => {
		const found = problems({ PORT: "x" }, { colour: 1, limits: { streaming: "many" } });
		expect(found.map((line) => line.split(":")[0])).toEqual(["PORT", "limits.streaming", "colour"]);
	});

	test("a bad address in the environment names its variable", () => {
		expect(problems({ OPENAI_API_KEY: "sk", OPENAI_BASE_URL: "not an address" })).toEqual([expect.stringMatching(/^OPENAI_BASE_URL: is not a URL; /)]);
	});

	test("no problem quotes a key", () => {
		const found = problems({}, { providers: { openai: { apiKey: "sk-secret", apiKeyEnv: "X" }, b: { apiKey: "sk-secret" }, c: { apikey: "sk-secret" } } });
		expect(found).not.toEqual([]);
		expect(found.join("\n")).not.toContain("sk-secret");
	});
});
