import { afterAll, describe, expect, test } from "vitest";
import { type GatewayOptions, gemini, memoryStore, openai, openaiCompatible, type Provider, simulator, type UsageRecord } from "../../src/index.ts";
import { decodeVector } from "../../src/rules/embeddings/vectors.ts";
import { scriptedSend } from "../../src/testing/scripted-send.ts";
import { ask, type Asked, testGateway } from "./support.ts";

const path = "/v1/embeddings";
const texts = (count: number) => Array.from({ length: count }, (_, index) => `text ${index}`);

interface Item {
	readonly object: string;
	readonly index: number;
	readonly embedding: unknown;
}
const itemsOf = ({ json }: Asked) => json.data as readonly Item[];
const errorOf = ({ json }: Asked) => json.error as { readonly message: string; readonly param: string | null; readonly code: string };

describe("before the simulator", () => {
	const gateway = testGateway({ surfaces: ["openai", "gemini"] });
	afterAll(() => gateway.close());

	test("numbers come in OpenAI's form", async () => {
		const asked = await ask(gateway, path, { body: { model: "sim/echo", input: ["Hello there", "Hello"] } });
		expect(asked.status).toBe(200);
		expect(asked.json).toMatchObject({ object: "list", model: "echo", usage: { prompt_tokens: 5, total_tokens: 5 } });
		expect(itemsOf(asked)).toMatchObject([{ object: "embedding", index: 0 }, { object: "embedding", index: 1 }]);
		for (const { embedding } of itemsOf(asked)) expect(embedding).toHaveLength(256);
	});

	test("base64 holds the very same numbers", async () => {
		const body = { model: "sim/echo", input: "Hello there", dimensions: 12 };
		const [numbers] = itemsOf(await ask(gateway, path, { body }));
		const [text] = itemsOf(await ask(gateway, path, { body: { ...body, encoding_format: "base64" } }));
		expect(numbers?.embedding).toHaveLength(12);
		expect(decodeVector(text?.embedding as string)).toEqual(numbers?.embedding);
	});

	test.each([
		["one input as tokens", [1, 2, 3], 1, 3],
		["several as tokens", [[1, 2, 3], [4]], 2, 4],
		["as many as there may be", texts(2048), 2048, 5144],
	])("%s", async (_, input, vectors, tokens) => {
		const asked = await ask(gateway, path, { body: { model: "sim/echo", input, dimensions: 4 } });
		expect(itemsOf(asked)).toHaveLength(vectors);
		expect(asked.json).toMatchObject({ usage: { prompt_tokens: tokens } });
	});

	test.each<[string, object, string]>([
		["no model", { model: undefined }, "model"],
		["no input", { input: undefined }, "input"],
		["an empty text", { input: "" }, "input"],
		["no texts", { input: [] }, "input"],
		["an empty text among others", { input: ["a", ""] }, "input[1]"],
		["an empty array of tokens", { input: [[1], []] }, "input[1]"],
		["too many texts", { input: texts(2049) }, "input"],
		["a number", { input: 5 }, "input"],
		["texts and tokens mixed", { input: ["a", 1] }, "input[1]"],
		["negative tokens", { input: [-1] }, "input[0]"],
		["no dimensions", { dimensions: 0 }, "dimensions"],
		["half a dimension", { dimensions: 1.5 }, "dimensions"],
		["an unknown form", { encoding_format: "int8" }, "encoding_format"],
		["a user who is no text", { user: 5 }, "user"],
	])("%s is refused by name", async (_, changed, param) => {
		const asked = await ask(gateway, path, { body: { model: "sim/echo", input: "Hello", ...changed } });
		expect(asked.status).toBe(400);
		expect(errorOf(asked)).toMatchObject({ type: "invalid_request_error", param });
		// Once, not in the message and among the issues.
		expect(errorOf(asked).message.split(`${param}: `)).toHaveLength(2);
	});

	test.each([
		["sim/nobody", 404],
		["sim/rate-limited-60", 429],
		["sim/overloaded", 503],
		["sim/unauthorized", 502],
		["sim/context-length", 400],
		["sim/cut", 502],
		["sim/garbage", 502],
		["sim/empty", 502],
	])("%s is an honest %i", async (model, status) => {
		// A gateway of its own: what fails rests.
		const gateway = testGateway();
		const asked = await ask(gateway, path, { body: { model, input: "Hello" } });
		expect(asked.status).toBe(status);
		expect(errorOf(asked).message).not.toBe("");
		if (status === 429) expect(asked.headers.get("retry-after")).toBe("60");
		await gateway.close();
	});

	test("a failure that passes is tried again", async () => {
		expect((await ask(gateway, path, { body: { model: "sim/flaky", input: "Hello" } })).status).toBe(200);
	});
});

describe("the ledger", () => {
	async function recordOf(options: Partial<GatewayOptions>, body: object, path = "/v1/embeddings"): Promise<UsageRecord | undefined> {
		const store = memoryStore();
		const gateway = testGateway({ store, surfaces: ["openai", "gemini"], ...options });
		await ask(gateway, path, { body });
		const records = await store.listUsage();
		expect(records).toHaveLength(1);
		await gateway.close();
		return records[0];
	}

	test("has one record of what was told", async () => {
		const record = await recordOf({}, { model: "sim/echo", input: "Hello there" });
		expect(record).toMatchObject({ surface: "openai", operation: "createEmbedding", provider: "sim", model: "echo", streamed: false, attempts: 1, outcome: "ok", status: 200, usage: { inputTokens: 3 } });
		expect(record).not.toHaveProperty("isEstimated");
	});

	test("says where the usage is a guess", async () => {
		const providers = { google: simulator({ dialect: "gemini" }) };
		expect(await recordOf({ providers }, { model: "google/echo", input: "Hello there" })).toMatchObject({ outcome: "ok", usage: { inputTokens: 3 }, isEstimated: true });
		const batch = { requests: [{ content: { parts: [{ text: "Hello there" }] } }] };
		expect(await recordOf({ providers }, batch, "/v1beta/models/google/echo:batchEmbedContents")).toMatchObject({ surface: "gemini", operation: "batchEmbedContents", isEstimated: true });
	});

	test("has one of a failure too", async () => {
		expect(await recordOf({}, { model: "sim/overloaded", input: "Hello" })).toMatchObject({ outcome: "failed", status: 503, errorCode: "PROVIDER_OVERLOADED", attempts: 3 });
	});
});

describe("providers that cannot", () => {
	const providers = { claude: simulator({ dialect: "anthropic-messages" }), google: simulator({ dialect: "gemini" }), sim: simulator() };
	const gateway = testGateway({ providers, routes: { mixed: ["claude/echo", "google/echo"], hopeless: ["claude/echo"] }, surfaces: ["openai", "gemini"] });
	afterAll(() => gateway.close());

	test.each(["claude/echo", "hopeless"])("%s is refused with who can", async (model) => {
		const asked = await ask(gateway, path, { body: { model, input: "Hello" } });
		expect(asked.status).toBe(400);
		expect(errorOf(asked)).toMatchObject({ param: "model", message: expect.stringMatching(/claude makes no embeddings.*google, sim/) });
	});

	test("are left out of a route", async () => {
		expect((await ask(gateway, path, { body: { model: "mixed", input: "Hello" } })).status).toBe(200);
		expect(providers.claude.active()).toBe(0);
	});

	test("Gemini takes no tokens", async () => {
		const asked = await ask(gateway, path, { body: { model: "google/echo", input: [1, 2] } });
		expect(asked.status).toBe(400);
		expect(errorOf(asked)).toMatchObject({ param: "input", message: expect.stringContaining("Gemini takes no token ids") });
	});

	test("OpenAI takes no images", async () => {
		const content = { parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] };
		expect((await ask(gateway, "/v1beta/models/sim/echo:embedContent", { body: { content } })).json).toMatchObject({ error: { code: 400, message: expect.stringContaining("content") } });
		expect((await ask(gateway, "/v1beta/models/google/echo:embedContent", { body: { content } })).status).toBe(200);
	});
});

describe("before Gemini", () => {
	const gateway = testGateway({ providers: { google: simulator({ dialect: "gemini" }) }, surfaces: ["openai", "gemini"] });
	afterAll(() => gateway.close());

	test("more than one batch takes comes in order all the same", async () => {
		const input = texts(250);
		const asked = await ask(gateway, path, { body: { model: "google/echo", input, dimensions: 16 } });
		const alone = await ask(gateway, path, { body: { model: "google/echo", input: input[217], dimensions: 16 } });
		expect(itemsOf(asked).map(({ index }) => index)).toEqual(input.map((_, index) => index));
		expect(itemsOf(asked)[217]?.embedding).toEqual(itemsOf(alone)[0]?.embedding);
	});

	test("a guess at the usage and what was left out are told in headers", async () => {
		const { headers, json } = await ask(gateway, path, { body: { model: "google/echo", input: "Hello there", user: "u", input_type: "query" } });
		expect(json).toMatchObject({ usage: { prompt_tokens: 3, total_tokens: 3 } });
		expect(headers.get("x-postern-estimated")).toBe("true");
		expect(headers.get("x-postern-warnings")).toBe("unsupported-setting user, unsupported-setting input_type");
	});

	test("base64 is made by the gateway", async () => {
		const [item] = itemsOf(await ask(gateway, path, { body: { model: "google/echo", input: "Hello", encoding_format: "base64", dimensions: 8 } }));
		expect(decodeVector(item?.embedding as string)).toHaveLength(8);
	});
});

describe("Google's callers", () => {
	const gateway = testGateway({ surfaces: ["gemini"] });
	afterAll(() => gateway.close());
	const content = { parts: [{ text: "Hello there" }] };
	const model = "/v1beta/models/sim/echo";

	test("have one vector, or several", async () => {
		const one = await ask(gateway, `${model}:embedContent`, { body: { content, outputDimensionality: 8 } });
		expect(one.json).toEqual({ embedding: { values: expect.any(Array) }, usageMetadata: { promptTokenCount: 3 } });
		const batch = await ask(gateway, `${model}:batchEmbedContents`, { body: { requests: [{ content, outputDimensionality: 8 }, { content, outputDimensionality: 8 }] } });
		const { values } = one.json.embedding as { readonly values: readonly number[] };
		expect(batch.json).toEqual({ embeddings: [{ values }, { values }], usageMetadata: { promptTokenCount: 6 } });
	});

	test.each<[string, object, string]>([
		["no content", { requests: [{}] }, "requests[0].content"],
		["no requests", { requests: [] }, "requests"],
		["an empty text", { requests: [{ content }, { content: { parts: [{ text: "" }] } }] }, "requests[1].content"],
		["several lengths", { requests: [{ content }, { content, outputDimensionality: 8 }] }, "requests[1].outputDimensionality"],
	])("%s is refused by name", async (_, body, field) => {
		const { status, json } = await ask(gateway, `${model}:batchEmbedContents`, { body });
		expect(status).toBe(400);
		expect(json).toMatchObject({ error: { status: "INVALID_ARGUMENT", details: expect.arrayContaining([expect.objectContaining({ fieldViolations: [expect.objectContaining({ field })] })]) } });
	});
});

describe("failing well", () => {
	const vectors = (count: number, first = 0) => JSON.stringify({ embeddings: Array.from({ length: count }, (_, index) => ({ values: [first + index] })), usageMetadata: { promptTokenCount: count } });
	const provider = (send: NonNullable<Provider["send"]>, own: Provider = gemini({ apiKey: "sk-1" })): Provider => ({ ...own, send });
	const sizeOf = (body: unknown) => (body as { readonly requests: readonly unknown[] }).requests.length;

	test("a retry asks only for what is missing", async () => {
		const sizes: number[] = [];
		let isFirst = true;
		const google = provider(async ({ body = "" }) => {
			const { requests } = JSON.parse(body) as { readonly requests: readonly { readonly content: { readonly parts: readonly { readonly text: string }[] } }[] };
			const numbers = requests.map(({ content }) => Number(content.parts[0]?.text.slice(5)));
			sizes.push(numbers.length);
			const fails = isFirst && numbers.includes(150);
			if (fails) isFirst = false;
			const text = fails ? "{}" : JSON.stringify({ embeddings: numbers.map((number) => ({ values: [number] })) });
			const { send } = scriptedSend({ status: fails ? 500 : 200, chunks: [text] });
			return send({ method: "POST", url: "", headers: {}, body, signal: new AbortController().signal, connectTimeoutMs: 0 });
		});
		const gateway = testGateway({ providers: { google }, surfaces: ["openai"] });
		const asked = await ask(gateway, path, { body: { model: "google/m", input: texts(250) } });
		expect(itemsOf(asked).map(({ embedding }) => embedding)).toEqual(texts(250).map((_, index) => [index]));
		expect(sizes).toEqual([100, 100, 50, 100]);
		await gateway.close();
	});

	test("a fallback begins anew, so that no answer mixes two models", async () => {
		const first = scriptedSend({ chunks: [vectors(100)] }, { status: 401, chunks: ["{}"] });
		const second = scriptedSend({ chunks: [vectors(100, 1000)] }, { chunks: [vectors(50, 1100)] });
		const store = memoryStore();
		const gateway = testGateway({ store, providers: { one: provider(first.send), two: provider(second.send) }, routes: { both: ["one/m", "two/m"] }, surfaces: ["openai"] });
		const asked = await ask(gateway, path, { body: { model: "both", input: texts(150) } });
		expect(itemsOf(asked).map(({ embedding }) => embedding)).toEqual(texts(150).map((_, index) => [1000 + index]));
		expect(second.requests.map(({ body }) => sizeOf(body))).toEqual([100, 50]);
		// What the first model was asked for has been spent as well.
		expect(await store.listUsage()).toMatchObject([{ route: "both", provider: "two", attempts: 2, outcome: "ok", usage: { inputTokens: 250 } }]);
		await gateway.close();
	});

	test("another credential of the same provider goes on where the first one stopped", async () => {
		const limited = { status: 429, headers: { "retry-after": "60" }, chunks: ["{}"] };
		const { send, requests } = scriptedSend({ chunks: [vectors(100)] }, limited, { chunks: [vectors(50, 100)] });
		const keys = ["sk-1", "sk-2"].map((apiKey) => provider(send, gemini({ apiKey })));
		const gateway = testGateway({ providers: { google: keys }, surfaces: ["openai"] });
		const asked = await ask(gateway, path, { body: { model: "google/m", input: texts(150) } });
		expect(itemsOf(asked).map(({ embedding }) => embedding)).toEqual(texts(150).map((_, index) => [index]));
		expect(requests.map(({ body }) => sizeOf(body))).toEqual([100, 50, 50]);
		expect(requests[1]?.headers["x-goog-api-key"]).not.toBe(requests[2]?.headers["x-goog-api-key"]);
		await gateway.close();
	});

	test("what was spent before a failure is in the ledger", async () => {
		const store = memoryStore();
		const { send } = scriptedSend({ chunks: [vectors(100)] }, { status: 400, chunks: ["{}"] });
		const gateway = testGateway({ store, providers: { google: provider(send) }, surfaces: ["openai"] });
		expect((await ask(gateway, path, { body: { model: "google/m", input: texts(150) } })).status).toBe(400);
		expect(await store.listUsage()).toMatchObject([{ outcome: "failed", status: 400, attempts: 1, usage: { inputTokens: 100 } }]);
		await gateway.close();
	});

	test("another target than the named one is never asked", async () => {
		const one = scriptedSend({ status: 500, chunks: ["{}"] });
		const two = scriptedSend({ chunks: [vectors(1)] });
		const gateway = testGateway({ providers: { one: provider(one.send), two: provider(two.send) }, surfaces: ["openai"] });
		expect((await ask(gateway, path, { body: { model: "one/m", input: "Hello" } })).status).toBe(502);
		expect(two.requests).toEqual([]);
		await gateway.close();
	});

	test("a route may ask the cheapest first", async () => {
		const { send, requests } = scriptedSend({ chunks: ['{"data":[{"embedding":[1]}]}'] });
		const gateway = testGateway({
			providers: { openai: provider(send, openai({ apiKey: "sk-1" })) },
			routes: { cheap: { strategy: "cheapest", targets: ["openai/text-embedding-3-large", "openai/text-embedding-3-small"] } },
			surfaces: ["openai"],
		});
		await ask(gateway, path, { body: { model: "cheap", input: "Hello" } });
		expect(requests.map(({ body }) => body)).toMatchObject([{ model: "text-embedding-3-small" }]);
		await gateway.close();
	});

	test("fewer vectors than texts are a failure of the provider, not an answer", async () => {
		const empty = scriptedSend({ chunks: ['{"object":"list","data":[],"model":"m"}'] });
		const server = provider(empty.send, openaiCompatible({ baseUrl: "http://server/v1" }));
		const gateway = testGateway({ providers: { server }, surfaces: ["openai"] });
		const asked = await ask(gateway, path, { body: { model: "server/m", input: "Hello" } });
		expect(asked.status).toBe(502);
		expect(errorOf(asked).message).toContain("0 vectors for 1 inputs");
		await gateway.close();
	});

	test("vectors of another length than was asked for are told", async () => {
		const server = provider(scriptedSend({ chunks: ['{"data":[{"embedding":[1,2,3]}]}'] }).send, openaiCompatible({ baseUrl: "http://server/v1" }));
		const gateway = testGateway({ providers: { server }, surfaces: ["openai"] });
		const { headers } = await ask(gateway, path, { body: { model: "server/m", input: "Hello", dimensions: 2 } });
		expect(headers.get("x-postern-warnings")).toBe("changed-setting dimensions");
		await gateway.close();
	});

	test("a vendor with a limit of its own is asked in parts", async () => {
		const answers = texts(5).map((_, index) => ({ chunks: [`{"data":[{"embedding":[${index}]}]}`] }));
		const [first = { chunks: [] }, ...rest] = answers;
		const scripted = scriptedSend(first, ...rest);
		const server = provider(scripted.send, openaiCompatible({ baseUrl: "http://server/v1", quirks: { maxEmbeddingInputs: 1 } }));
		const gateway = testGateway({ providers: { server }, surfaces: ["openai"] });
		expect(itemsOf(await ask(gateway, path, { body: { model: "server/m", input: texts(5) } }))).toHaveLength(5);
		expect(scripted.requests.map(({ body }) => (body as { readonly input: unknown }).input)).toEqual(texts(5).map((text) => [text]));
		await gateway.close();
	});

	test("a caller who hangs up is in the ledger, and everything upstream is let go", async () => {
		const store = memoryStore();
		const slow = simulator();
		const gateway = testGateway({
			store,
			providers: { slow: { ...slow, quirks: { maxEmbeddingInputs: 1 } } },
			limits: { surfaces: { openai: { nonStreaming: 1 } } },
		});
		const controller = new AbortController();
		const pending = ask(gateway, path, { body: { model: "slow/never-starts", input: texts(3) }, signal: controller.signal }).catch(() => undefined);
		await expect.poll(slow.active).toBe(3);
		controller.abort();
		await pending;
		await expect.poll(slow.active).toBe(0);
		await expect.poll(() => store.listUsage()).toMatchObject([{ operation: "createEmbedding", outcome: "cancelled", status: 499, errorCode: "CANCELLED" }]);
		// The slot has come back.
		await expect.poll(async () => (await ask(gateway, path, { body: { model: "slow/echo", input: "Hello" } })).status).toBe(200);
		await gateway.close();
	});

	test("no slot is no answer", async () => {
		const gateway = testGateway({ limits: { surfaces: { openai: { nonStreaming: 0 } } } });
		const asked = await ask(gateway, path, { body: { model: "sim/echo", input: "Hello" } });
		expect(asked.status).toBe(429);
		expect(asked.headers.get("retry-after")).toBe("5");
		await gateway.close();
	});

	test("the whole exchange has a deadline", async () => {
		const store = memoryStore();
		const gateway = testGateway({ store, clocks: { totalMs: 50 } });
		expect((await ask(gateway, path, { body: { model: "sim/never-starts", input: "Hello" } })).status).toBe(504);
		expect(await store.listUsage()).toMatchObject([{ outcome: "failed", status: 504, errorCode: "TIMEOUT_ERROR" }]);
		await gateway.close();
	});
});
