import { describe, expect, test } from "vitest";
import type { EmbeddingRequest } from "../../../../src/contract/embedding.ts";
import type { Json } from "../../../../src/contract/json.ts";
import { embeddingRequest } from "../../../../src/contract/wire/openai-embeddings.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../../../src/rules/dialects/openai-responses/index.ts";
import { embedding } from "../../../../src/rules/dialects/openai-chat/embedding.ts";
import { decodeEmbeddingRequest, encodeEmbeddingAnswer } from "../../../../src/rules/dialects/openai-chat/embedding-caller.ts";
import type { Quirks } from "../../../../src/rules/dialects/dialect.ts";

const text = (value: string) => ({ type: "text", text: value }) as const;
const asked: EmbeddingRequest = { inputs: [text("a"), text("b")], format: "float" };
const decodeBody = (body: object) => decodeEmbeddingRequest(embeddingRequest.parse({ model: "m", ...body }));
const encode = (request: Partial<EmbeddingRequest> = {}, quirks: Quirks = {}) => embedding.encodeRequest({ ...asked, ...request }, { model: "m", quirks });

describe("a caller's request", () => {
	test.each([
		["a text", { input: "Hi" }, { inputs: [text("Hi")], format: "float" }],
		["texts", { input: ["a", "b"] }, asked],
		["one input as tokens", { input: [1, 2] }, { inputs: [{ type: "tokens", tokens: [1, 2] }], format: "float" }],
		["several as tokens", { input: [[1], [2, 3]] }, { inputs: [{ type: "tokens", tokens: [1] }, { type: "tokens", tokens: [2, 3] }], format: "float" }],
		["a form", { input: ["a", "b"], encoding_format: "base64" }, { ...asked, format: "base64" }],
		["null for absent", { input: ["a", "b"], encoding_format: null, dimensions: null, user: null }, asked],
		["all that there is", { input: ["a", "b"], dimensions: 8, user: "u" }, { ...asked, dimensions: 8, user: "u" }],
		["a vendor's own fields", { input: ["a", "b"], input_type: "query" }, { ...asked, extras: { dialect: "openai-chat", fields: { input_type: "query" } } }],
		["a space", { input: " " }, { inputs: [text(" ")], format: "float" }],
	])("with %s is read", (_, body, request) => {
		expect(decodeBody(body)).toEqual({ ok: true, value: request });
	});

	test.each([
		["an empty text", { input: "" }, ["input"]],
		["no texts", { input: [] }, ["input"]],
		["empty texts among others", { input: ["a", "", "b", ""] }, ["input[1]", "input[3]"]],
		["no tokens", { input: [[1], []] }, ["input[1]"]],
		["too many texts", { input: Array.from({ length: 2049 }, () => "a") }, ["input"]],
	])("with %s is refused by name", (_, body, paths) => {
		const decoded = decodeBody(body);
		expect(decoded.ok ? [] : decoded.problem.map(({ path }) => path)).toEqual(paths);
	});

	test.each([[{ input: [1, "a"] }], [{ input: [[1, "a"]] }], [{ input: [-1] }], [{ input: [1.5] }], [{ input: 5 }], [{}], [{ input: "a", dimensions: 0 }], [{ input: "a", encoding_format: "int8" }]])(
		"%j is none",
		(body) => expect(embeddingRequest.safeParse({ model: "m", ...body }).success).toBe(false),
	);
});

describe("asking a provider", () => {
	test("is the same by every one of OpenAI's APIs", () => {
		expect(openaiResponses.provider.embedding).toBe(openaiChat.provider.embedding);
		expect(embedding.path({ model: "m", quirks: {} })).toBe("/embeddings");
		expect(embedding.path({ model: "a/b", quirks: { modelInPath: true } })).toBe("/deployments/a%2Fb/embeddings");
	});

	test.each<[string, Partial<EmbeddingRequest>, Quirks, object]>([
		["texts", {}, {}, { input: ["a", "b"], encoding_format: "float" }],
		["tokens", { inputs: [{ type: "tokens", tokens: [1, 2] }] }, {}, { input: [[1, 2]], encoding_format: "float" }],
		["numbers for base64 where the vendor may not know it", { format: "base64" }, {}, { input: ["a", "b"], encoding_format: "float" }],
		["base64 where it does", { format: "base64" }, { base64Embeddings: true }, { input: ["a", "b"], encoding_format: "base64" }],
		["numbers where the caller wants them", {}, { base64Embeddings: true }, { input: ["a", "b"], encoding_format: "float" }],
		["settings", { dimensions: 8, user: "u" }, {}, { input: ["a", "b"], encoding_format: "float", dimensions: 8, user: "u" }],
		[
			"the vendor's own fields, without a back door",
			{ extras: { dialect: "openai-chat", fields: { input_type: "query", model: "other", encoding_format: "int8" } } },
			{},
			{ input: ["a", "b"], encoding_format: "float", input_type: "query" },
		],
	])("for %s", (_, request, quirks, body) => {
		expect(encode(request, quirks)).toEqual({ body: { model: "m", ...body }, warnings: [] });
	});

	test("warns of what it leaves out", () => {
		const google = { google: { taskType: "CLUSTERING", title: "T" } };
		const { body, warnings } = encode(
			{ inputs: [{ ...text("a"), metadata: google }, { ...text("b"), metadata: google }], user: "u", extras: { dialect: "gemini", fields: { labels: {} } } },
			{ unsupported: ["user"] },
		);
		expect(body).toEqual({ model: "m", input: ["a", "b"], encoding_format: "float" });
		expect(warnings.map(({ field }) => field).sort()).toEqual(["labels", "taskType", "title", "user"]);
	});

	test("refuses what is no text", () => {
		expect(embedding.refuse?.({ ...asked, inputs: [{ type: "opaque", dialect: "gemini", value: {} }] })).toMatchObject({ path: "content" });
		expect(embedding.refuse?.(asked)).toBeUndefined();
	});
});

describe("a provider's answer", () => {
	const item = (index: unknown, embedding: unknown) => ({ object: "embedding", index, embedding });
	const decode = (body: unknown, request = asked) => embedding.decodeAnswer(body as Json, request);

	test.each<[string, object, object]>([
		["in order", { data: [item(0, [1]), item(1, [2])] }, { vectors: [[1], [2]], usage: {} }],
		["out of order", { data: [item(1, [2]), item(0, [1])] }, { vectors: [[1], [2]], usage: {} }],
		["with the same index everywhere", { data: [item(0, [1]), item(0, [2])] }, { vectors: [[1], [2]], usage: {} }],
		["without indexes", { data: [{ embedding: [1] }, { embedding: [2] }] }, { vectors: [[1], [2]], usage: {} }],
		["as base64 that nobody asked for", { data: [item(0, "AACAPw=="), item(1, "AAAAQA==")] }, { vectors: [[1], [2]], usage: {} }],
		["with all around it", { object: "list", model: "m-1", data: [item(0, [1]), item(1, [2])], usage: { prompt_tokens: 3, total_tokens: 3 } }, { vectors: [[1], [2]], usage: { inputTokens: 3 }, model: "m-1" }],
		["with a total alone", { data: [item(0, [1]), item(1, [2])], usage: { total_tokens: 4 } }, { vectors: [[1], [2]], usage: { inputTokens: 4 } }],
	])("%s", (_, body, answer) => {
		expect(decode(body)).toEqual({ ok: true, value: answer });
	});

	test("in either form serves a caller who wants base64", () => {
		const wanted = { ...asked, format: "base64" } as const;
		expect(decode({ data: [item(0, "AACAPw=="), item(1, [2])] }, wanted)).toEqual({ ok: true, value: { vectors: ["AACAPw==", [2]], usage: {} } });
	});

	test.each([
		["nothing", { data: [] }],
		["too little", { data: [item(0, [1])] }],
		["too much", { data: [item(0, [1]), item(1, [2]), item(2, [3])] }],
		["no data", {}],
		["no object", "hello"],
		["an empty vector", { data: [item(0, []), item(1, [])] }],
		["words", { data: [item(0, "hello"), item(1, "you")] }],
		["words among numbers", { data: [item(0, ["x"]), item(1, [2])] }],
	])("with %s is a failure of the provider", (_, body) => {
		expect(decode(body)).toMatchObject({ ok: false, problem: { kind: "protocol", blame: "upstream" } });
	});

	test("may be an error inside a 200", () => {
		expect(decode({ error: { message: "slow down", type: "requests", code: "rate_limit_exceeded" } })).toMatchObject({ ok: false, problem: { kind: "rate-limited" } });
	});
});

describe("an answer for a caller", () => {
	const answer = { vectors: [[1], [0.5]], usage: { inputTokens: 2 } };
	test("holds numbers", () => {
		expect(encodeEmbeddingAnswer(answer, asked, "alias")).toEqual({
			object: "list",
			data: [{ object: "embedding", index: 0, embedding: [1] }, { object: "embedding", index: 1, embedding: [0.5] }],
			model: "alias",
			usage: { prompt_tokens: 2, total_tokens: 2 },
		});
	});
	test("holds base64 where that was asked for, and the provider's own name of the model", () => {
		expect(encodeEmbeddingAnswer({ ...answer, vectors: [[1], "AAAAPw=="], model: "m-1" }, { ...asked, format: "base64" }, "alias")).toMatchObject({
			data: [{ embedding: "AACAPw==" }, { embedding: "AAAAPw==" }],
			model: "m-1",
		});
	});
});
