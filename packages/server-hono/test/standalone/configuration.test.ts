import { identifyLocalCaller } from "../../src/standalone/local-callers.ts";
import { describe, expect, test } from "vitest";
import type { Provider } from "@postern/core";
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

/** The credentials of a provider, one or more. */
function credentialsOf({ gateway }: StandaloneConfiguration, name: string): readonly Provider[] {
	return [gateway.providers[name] ?? []].flat();
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
		const configuration = good(
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
		const { gateway, secrets } = configuration;
		expect(gateway.providers["openai"]).toMatchObject({
			dialect: "openai-chat",
			baseUrl: "https://api.openai.com/v1",
			headers: { authorization: "Bearer sk-file" },
		});
		expect(gateway.providers["spare"]).toMatchObject({ baseUrl: "https://api.groq.com/openai/v1", secrets: ["gsk-spare"] });
		expect(gateway.providers["mine"]).toMatchObject({ baseUrl: "http://10.0.0.5:9000/v1", models: ["house-1"], headers: { "x-team": "blue" } });
		expect(credentialsOf(configuration, "play")[0]?.send).toBeTypeOf("function");
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
		expect(gateway.providers["second"]).toMatchObject({ headers: { authorization: "Bearer sk-second" } });
		expect(Object.keys(gateway.providers).sort()).toEqual(["openai", "second"]);
	});
});

describe("several credentials", () => {
	const keysOf = (configuration: StandaloneConfiguration, name: string) => credentialsOf(configuration, name).map(({ secrets }) => secrets[0]);

	test("numbered variables stand beside the first, in the order of their numbers, with or without gaps", () => {
		const env = { OPENAI_API_KEY: "sk-1", OPENAI_API_KEY_10: "sk-10", OPENAI_API_KEY_2: "sk-2", OPENAI_API_KEY_4: "sk-4", OPENAI_API_KEY_5: " " };
		const configuration = good({ ...env, OPENAI_API_KEY_OLD: "sk-old", OPENAI_API_KEY_6: "sk-2" });
		expect(keysOf(configuration, "openai")).toEqual(["sk-1", "sk-2", "sk-4", "sk-10"]);
		expect(configuration.secrets).toEqual(expect.arrayContaining(["sk-1", "sk-2", "sk-4", "sk-10"]));
		expect(keysOf(good({ GROQ_API_KEY_2: "gsk-2" }), "groq")).toEqual(["gsk-2"]);
	});

	test("lists of the file, as keys or as names of variables", () => {
		const providers = { one: { preset: "openai", apiKey: ["sk-1", "sk-2", "sk-1"], models: ["m"] }, two: { preset: "groq", apiKeyEnv: ["A", "B"] } };
		const configuration = good({ A: "gsk-a", B: "gsk-b" }, { providers });
		expect(keysOf(configuration, "one")).toEqual(["sk-1", "sk-2"]);
		expect(credentialsOf(configuration, "one").map(({ models }) => models)).toEqual([["m"], ["m"]]);
		expect(keysOf(configuration, "two")).toEqual(["gsk-a", "gsk-b"]);
		expect(configuration.secrets).toEqual(expect.arrayContaining(["sk-1", "sk-2", "gsk-a", "gsk-b"]));
	});

	test("those of the environment stand in for those of the file", () => {
		const configuration = good({ OPENAI_API_KEY_2: "sk-environment" }, { providers: { openai: { apiKey: ["sk-1", "sk-2"], models: ["m"] } } });
		expect(keysOf(configuration, "openai")).toEqual(["sk-environment"]);
		expect(credentialsOf(configuration, "openai")[0]?.models).toEqual(["m"]);
	});
});

describe("what the kinds of providers take", () => {
	test.each<[string, object, object, Record<string, string>?]>([
		["openai by responses", { preset: "openai", apiKey: "k", api: "responses", organization: "org-1" }, { dialect: "openai-responses", headers: { "openai-organization": "org-1" } }],
		["a server of unknown make by responses", { baseUrl: "http://x:1", api: "responses" }, { dialect: "openai-responses" }],
		["quirks", { baseUrl: "http://x:1", quirks: { structuredOutput: "none" } }, { quirks: { structuredOutput: "none", maxTokensField: "max_tokens" } }],
		["anthropic", { preset: "anthropic", apiKey: "k", headers: { "X-Team": "blue" }, beta: ["one"] }, { headers: { "x-team": "blue", "anthropic-beta": "one" } }],
		["gemini", { preset: "gemini", apiKey: "k", headers: { "X-Team": "blue" } }, { headers: { "x-team": "blue" } }],
		["azure", { preset: "azure", apiKey: "k", resource: "acme", api: "responses" }, { dialect: "openai-responses", baseUrl: "https://acme.openai.azure.com/openai/v1" }],
		["azure by date", { preset: "azure", apiKey: "k", resource: "acme", apiVersion: "2024-10-21", deployment: "d" }, { query: "api-version=2024-10-21", defaultModel: "d" }],
		["bedrock by its key", { preset: "bedrock", apiKey: "k", region: "eu-west-1" }, { baseUrl: "https://bedrock-runtime.eu-west-1.amazonaws.com", secrets: ["k"] }],
		["bedrock where the machine runs", { preset: "bedrock", apiKey: "k" }, { baseUrl: "https://bedrock-runtime.us-east-2.amazonaws.com" }, { AWS_REGION: "us-east-2" }],
		["bedrock elsewhere", { preset: "bedrock", apiKey: "k", region: "eu-west-1" }, { baseUrl: /eu-west-1/ }, { AWS_REGION: "us-east-2" }],
		["bedrock, signed", { preset: "bedrock", region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "s" } }, { prepare: expect.any(Function), secrets: ["s"] }],
		[
			"bedrock, signed by the environment's keys",
			{ preset: "bedrock", region: "eu-west-1", credentials: "environment", requestFields: { performanceConfig: { latency: "optimized" } } },
			{ prepare: expect.any(Function), secrets: ["s", "t"], quirks: { requestFields: { performanceConfig: { latency: "optimized" } } } },
			{ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s", AWS_SESSION_TOKEN: "t" },
		],
		[
			"claude-code",
			{ preset: "claude-code", executable: process.execPath, cwd: import.meta.dirname, tools: ["Read"], settingSources: ["user"], args: ["--max-turns", "5"], wholeMs: 1000, maxProcesses: 2 },
			{ dialect: "claude-code", defaultModel: "default", quirks: { requestFields: { tools: ["Read"], settingSources: ["user"], args: ["--max-turns", "5"] } } },
		],
	])("%s", (_name, entry, expected, env = {}) => {
		const [provider] = credentialsOf(good(env, { providers: { it: entry } }), "it");
		const { baseUrl, ...rest } = expected as { baseUrl?: string | RegExp };
		expect(provider).toMatchObject(rest);
		if (baseUrl !== undefined) expect(provider?.baseUrl).toMatch(baseUrl);
		expect(provider?.unavailable).toBeUndefined();
	});

	test("the clouds' own variables fill in what the file leaves out", () => {
		const env = { AZURE_OPENAI_API_KEY: "az-1", AZURE_OPENAI_API_KEY_2: "az-2", AZURE_OPENAI_ENDPOINT: "https://moved.openai.azure.com", AWS_BEARER_TOKEN_BEDROCK: "br-1" };
		const configuration = good(env, { providers: { azure: { resource: "acme", models: ["d"] }, bedrock: { region: "eu-west-1" } } });
		expect(credentialsOf(configuration, "azure")).toMatchObject([
			{ baseUrl: "https://moved.openai.azure.com/openai/v1", secrets: ["az-1"], models: ["d"] },
			{ secrets: ["az-2"] },
		]);
		expect(credentialsOf(configuration, "bedrock")).toMatchObject([{ secrets: ["br-1"] }]);
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
		routes: { fast: ["sim/echo", "sim/slow"], shared: { targets: [{ target: "sim/echo", weight: 3 }, "sim/slow"], strategy: "weighted", sticky: false } },
		defaultModel: "fast",
		models: { sim: { echo: { sameAs: "openai/gpt-4o", prices: { input: 1, output: 2, tiers: [{ aboveInputTokens: 1000, input: 2, output: 4 }] } } } },
		surfaces: ["meta", { id: "openai", prefix: "/openai" }],
		clocks: { idleMs: 5_000, answerMs: 60_000 },
		retry: { attemptsPerTarget: 1, budgetRatio: 0.1, budgetPerSecond: 0, concurrentRetries: 5 },
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
		["a misspelt fact of a model", { models: { sim: { echo: { contextwindow: 5 } } } }, /^models\.sim\.echo\.contextwindow: is not a known setting; did you mean contextWindow\?$/],
		["a price that is none", { models: { sim: { echo: { prices: { input: -1, output: 0 } } } } }, /^models\.sim\.echo\.prices\.input: .*; write US dollars per million tokens$/],
		["facts of a model that nobody knows", { models: { sim: { echo: { sameAs: "openai/gpt-99" } } } }, /^models: models\.sim\["echo"\]\.sameAs: no model openai\/gpt-99 is known; /],
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
		["keys twice", { providers: { openai: { apiKey: ["a"], apiKeyEnv: ["B"] } } }, /^providers\.openai: has both apiKey and apiKeyEnv; keep one of them$/],
		["no keys", { providers: { openai: { apiKey: [] } } }, /^providers\.openai\.apiKey: expected array to have >=1 items; write a text, or a list of them for several credentials$/],
		["one of several variables that is not set", { providers: { x: { preset: "groq", apiKeyEnv: ["POSTERN_TOKEN", "NOT_SET"] } } }, /^providers\.x\.apiKeyEnv\[1\]: the variable NOT_SET is not set; set it, or remove the provider$/],
		["a setting of another kind", { providers: { openai: { region: "eu-west-1" } } }, /^providers\.openai\.region: cannot be set for openai; remove it$/],
		["anything for the simulator", { providers: { play: { preset: "simulator", models: ["echo"] } } }, /^providers\.play\.models: cannot be set for simulator; remove it$/],
		["an api that is none", { providers: { openai: { api: "completions" } } }, /^providers\.openai\.api: .*; write chat or responses$/],
		["a header that is none", { providers: { openai: { apiKey: "k", headers: { "bad name": "v" } } } }, /^providers\.openai\.headers: "bad name" is not a header name; correct it$/],
		["azure without a place", { providers: { azure: { apiKey: "k" } } }, /^providers\.azure\.resource: is missing; pass resource or baseUrl$/],
		["azure by date and by responses", { providers: { azure: { apiKey: "k", resource: "a", apiVersion: "2024-10-21", api: "responses" } } }, /^providers\.azure\.api: responses needs the v1 API; leave apiVersion out$/],
		["bedrock without a region", { providers: { bedrock: { apiKey: "k" } } }, /^providers\.bedrock: has no region; give region, or set AWS_REGION$/],
		["bedrock with a bad region", { providers: { bedrock: { apiKey: "k", region: "Frankfurt" } } }, /^providers\.bedrock\.region: must be the name of an AWS region/],
		["bedrock with two kinds of keys", { providers: { bedrock: { apiKey: "k", region: "r-1", credentials: "environment" } } }, /^providers\.bedrock: has both apiKey and credentials; keep one of them$/],
		["bedrock with an empty key", { providers: { bedrock: { region: "r-1", credentials: { accessKeyId: " ", secretAccessKey: "s" } } } }, /^providers\.bedrock\.credentials\.accessKeyId: is empty or has characters/],
		["bedrock with half a key", { providers: { bedrock: { region: "r-1", credentials: { accessKeyId: "a" } } } }, /^providers\.bedrock\.credentials: .*; write "environment" for AWS_ACCESS_KEY_ID and its like, or /],
		["claude-code in no folder", { providers: { "claude-code": { cwd: "/no/where" } } }, /^providers\.claude-code\.cwd: is not a folder; create \/no\/where, or name another$/],
		["claude-code with no such settings", { providers: { "claude-code": { settingSources: ["all"] } } }, /^providers\.claude-code\.settingSources\[0\]: /],
		["a variable that is not set", { providers: { openai: { apiKeyEnv: "NOT_SET" } } }, /^providers\.openai\.apiKeyEnv: the variable NOT_SET is not set; /],
		["a route to nowhere", { routes: { fast: ["sim/echo", "opnai/gpt"] } }, /^routes\.fast\[1\]: there is no provider "opnai"; use one of sim, or configure it$/],
		["a route to no model", { routes: { fast: ["sim"] } }, /^routes\.fast\[0\]: "sim" is not provider\/model; /],
		["an empty route", { routes: { fast: [] } }, /^routes\.fast: has no targets; write a list of targets/],
		["a route of another shape", { routes: { fast: "sim/echo" } }, /^routes\.fast: is neither a list of targets nor an object; write a list/],
		["a strategy that is none", { routes: { fast: { targets: ["sim/echo"], strategy: "best" } } }, /^routes\.fast\.strategy: "best" is not known; write one of priority, /],
		["a weight that is none", { routes: { fast: [{ target: "sim/echo", weight: -1 }] } }, /^routes\.fast\[0\]\.weight: -1 is no weight; write a number above 0/],
		["a default model to nowhere", { defaultModel: "fast" }, /^defaultModel: "fast" is not provider\/model; /],
	])("%s", (_name, file, expected) => {
		expect(problems(token, file)).toEqual([expect.stringMatching(expected)]);
	});

	test.each([
		["a route", '{"routes": {"__proto__": ["sim/echo"]}}', "routes.__proto__"],
		["a provider", '{"providers": {"__proto__": {"preset": "simulator"}}}', "providers.__proto__"],
		["a provider's models", '{"models": {"__proto__": {"echo": {"sameAs": "openai/gpt-4o"}}}}', "models.__proto__"],
		["a model", '{"models": {"sim": {"__proto__": {"sameAs": "openai/gpt-4o"}}}}', "models.sim.__proto__"],
		["a setting, written otherwise", '{"surfaces": ["openai", {"id": "text", "\\u005f_proto__": 1}]}', "surfaces[1].__proto__"],
	])("a name that would vanish: %s", (_, file, where) => {
		const result = configurationFromEnvironment(token, file);
		expect(result.ok ? [] : result.problems).toEqual([{ where, what: expect.stringMatching(/name/), remedy: expect.any(String) }]);
	});

	test("all at once, also with those of the environment", () => {
		const found = problems({ PORT: "x" }, { colour: 1, limits: { streaming: "many" } });
		expect(found.map((line) => line.split(":")[0])).toEqual(["PORT", "limits.streaming", "colour"]);
	});

	test("a bad address in the environment names its variable", () => {
		expect(problems({ OPENAI_API_KEY: "sk", OPENAI_BASE_URL: "not an address" })).toEqual([expect.stringMatching(/^OPENAI_BASE_URL: is not a URL; /)]);
	});

	test("keys that the environment lacks are told one by one", () => {
		const found = problems({ AWS_ACCESS_KEY_ID: "a" }, { providers: { bedrock: { region: "eu-west-1", credentials: "environment" } } });
		expect(found).toEqual(["providers.bedrock.credentials: the variable AWS_SECRET_ACCESS_KEY is not set; set it, or remove the provider"]);
	});

	test("no problem quotes a key", () => {
		const found = problems({}, { providers: { openai: { apiKey: "sk-secret", apiKeyEnv: "X" }, b: { apiKey: "sk-secret" }, c: { apikey: "sk-secret" } } });
		expect(found).not.toEqual([]);
		expect(found.join("\n")).not.toContain("sk-secret");
	});
});

describe("the cache", () => {
	test.each([false, { ttlSeconds: 60, toolCalls: true, maxEntries: 5, semantic: { model: "sim/echo", threshold: 0.9 } }])("%j", (cache) => {
		expect(good({}, { cache }).gateway.cache).toEqual(cache);
	});

	test("in a file, with the file's bounds", () => {
		const cache = { path: "answers.db", ttlSeconds: 60, maxBytes: 5, maxEntryBytes: 4 };
		const { gateway, cacheFile } = good({}, { cache });
		expect([gateway.cache, cacheFile]).toEqual([{ ttlSeconds: 60 }, { path: "answers.db", maxBytes: 5, maxEntryBytes: 4 }]);
		expect(good({ POSTERN_CACHE_PATH: "other.db" }, { cache }).cacheFile?.path).toBe("other.db");
		expect(good({ POSTERN_CACHE_PATH: "other.db" }).cacheFile).toEqual({ path: "other.db" });
		expect(good({}, { cache: { ttlSeconds: 60 } }).cacheFile).toBe(undefined);
	});

	test("in a file and not at all, or counted as in memory", () => {
		expect(problems({ POSTERN_CACHE_PATH: "answers.db" }, { cache: false })).toEqual([expect.stringMatching(/^POSTERN_CACHE_PATH: .*cache: false/)]);
		expect(problems({}, { cache: { path: "answers.db", maxEntries: 5 } })).toEqual([expect.stringMatching(/^cache\.maxEntries: .*maxBytes/)]);
	});

	test.each<[unknown, RegExp]>([
		[true, /^cache: /],
		[{ path: 5 }, /^cache\.path: /],
		["on", /^cache: /],
		[{ ttlSeconds: 0 }, /^cache\.ttlSeconds: /],
		[{ ttl: 5 }, /^cache\.ttl: is not a known setting/],
		[{ semantic: {} }, /^cache\.semantic\.model: /],
		[{ semantic: { model: "sim/echo", threshold: 2 } }, /^cache\.semantic\.threshold: .*1/],
	])("%j is wrong, and where", (cache, expected) => {
		expect(problems({}, { cache })).toEqual([expect.stringMatching(expected)]);
	});

	test("of a route", () => {
		expect(problems({}, { routes: { fast: { targets: ["sim/echo"], cache: { ttlSeconds: -1 } } } })).toEqual([expect.stringMatching(/^routes\.fast\.cache\.ttlSeconds: /)]);
		expect(good({}, { routes: { fast: { targets: ["sim/echo"], cache: { ttlSeconds: 5 } } } }).gateway.routes).toEqual({ fast: { targets: ["sim/echo"], cache: { ttlSeconds: 5 } } });
	});
});
