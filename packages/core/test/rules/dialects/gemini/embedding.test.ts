import { describe, expect, test } from "vitest";
import type { EmbeddingRequest } from "../../../../src/contract/embedding.ts";
import type { Json } from "../../../../src/contract/json.ts";
import { batchEmbedContentsRequest, embedContentRequest } from "../../../../src/contract/wire/gemini-embeddings.ts";
import { embedding } from "../../../../src/rules/dialects/gemini/embedding.ts";
import { decodeBatchRequest, decodeEmbedRequest, encodeBatchAnswer, encodeEmbedAnswer } from "../../../../src/rules/dialects/gemini/embedding-caller.ts";

const text = (value: string) => ({ type: "text", text: value }) as const;
const asked: EmbeddingRequest = { inputs: [text("a"), text("b")], format: "float" };
const content = (...texts: string[]) => ({ parts: texts.map((value) => ({ text: value })) });
const image = { parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }, { text: "a dog" }] };
const one = (body: object) => decodeEmbedRequest(embedContentRequest.parse(body));
const batch = (...requests: object[]) => decodeBatchRequest(batchEmbedContentsRequest.parse({ requests }));

describe("a caller's request", () => {
	test.each<[string, object, object]>([
		["a text", { content: content("a") }, { inputs: [text("a")], format: "float" }],
		["a text in parts", { content: { role: "user", ...content("a", "b") } }, { inputs: [text("ab")], format: "float" }],
		["its own name of the model", { model: "models/other", content: content("a") }, { inputs: [text("a")], format: "float" }],
		["null for absent", { content: content("a"), taskType: null, title: null, outputDimensionality: null }, { inputs: [text("a")], format: "float" }],
		[
			"all that there is",
			{ content: content("a"), taskType: "RETRIEVAL_DOCUMENT", title: "T", outputDimensionality: 8, autoTruncate: true },
			{ inputs: [{ ...text("a"), metadata: { google: { taskType: "RETRIEVAL_DOCUMENT", title: "T", autoTruncate: true } } }], format: "float", dimensions: 8 },
		],
		["an image", { content: image, taskType: "CLUSTERING" }, { inputs: [{ type: "opaque", dialect: "gemini", value: image, metadata: { google: { taskType: "CLUSTERING" } } }], format: "float" }],
	])("with %s is read, alone and in a batch", (_, body, request) => {
		expect(one(body)).toEqual({ ok: true, value: request });
		expect(batch(body)).toEqual({ ok: true, value: request });
	});

	test("for several", () => {
		expect(batch({ content: content("a"), title: "A" }, { content: content("b") })).toEqual({
			ok: true,
			value: { ...asked, inputs: [{ ...text("a"), metadata: { google: { title: "A" } } }, text("b")] },
		});
	});

	test.each<[string, object[], string[]]>([
		["an empty text", [{ content: content("") }], ["requests[0].content"]],
		["no parts", [{ content: content("a") }, { content: {} }], ["requests[1].content"]],
		["several lengths", [{ content: content("a"), outputDimensionality: 8 }, { content: content("b") }], ["requests[1].outputDimensionality"]],
		["too many", Array.from({ length: 2049 }, () => ({ content: content("a") })), ["requests"]],
	])("with %s is refused by name", (_, requests, paths) => {
		const decoded = batch(...requests);
		expect(decoded.ok ? [] : decoded.problem.map(({ path }) => path)).toEqual(paths);
	});

	test("of one names the field without a place", () => {
		expect(one({ content: content("") })).toMatchObject({ ok: false, problem: [{ path: "content" }] });
	});
});

describe("asking a provider", () => {
	const options = { model: "gemini-embedding-001", quirks: {} };
	const model = "models/gemini-embedding-001";

	test("is one batch, however few the inputs", () => {
		expect(embedding.path(options)).toBe("/models/gemini-embedding-001:batchEmbedContents");
		expect(embedding.encodeRequest({ ...asked, inputs: [text("a")], dimensions: 8 }, options)).toEqual({
			body: { requests: [{ model, content: content("a"), outputDimensionality: 8 }] },
			warnings: [],
		});
	});

	test("brings what a caller of the same dialect said", () => {
		const body = { content: image, taskType: "CLUSTERING", title: "T", outputDimensionality: 8 };
		const decoded = batch(body, { ...body, content: content("a") });
		expect(decoded.ok && embedding.encodeRequest(decoded.value, options)).toEqual({
			body: { requests: [{ model, ...body }, { model, ...body, content: content("a") }] },
			warnings: [],
		});
	});

	test("warns of what it leaves out", () => {
		const { body, warnings } = embedding.encodeRequest({ ...asked, user: "u", extras: { dialect: "openai-chat", fields: { input_type: "query" } } }, options);
		expect(body).toEqual({ requests: [{ model, content: content("a") }, { model, content: content("b") }] });
		expect(warnings.map(({ code, field }) => [code, field])).toEqual([["unsupported-setting", "user"], ["unsupported-setting", "input_type"]]);
	});

	test("refuses token ids", () => {
		expect(embedding.refuse?.({ ...asked, inputs: [text("a"), { type: "tokens", tokens: [1] }] })).toMatchObject({ path: "input" });
		expect(embedding.refuse?.(asked)).toBeUndefined();
	});
});

describe("a provider's answer", () => {
	const decode = (body: unknown) => embedding.decodeAnswer(body as Json, asked);

	test.each<[string, object, object]>([
		["without its usage", { embeddings: [{ values: [1] }, { values: [2] }] }, { vectors: [[1], [2]], usage: {} }],
		["with it", { embeddings: [{ values: [1] }, { values: [2] }], usageMetadata: { promptTokenCount: 7 } }, { vectors: [[1], [2]], usage: { inputTokens: 7 } }],
	])("%s", (_, body, answer) => expect(decode(body)).toEqual({ ok: true, value: answer }));

	test.each([[{}], [{ embeddings: [{ values: [1] }] }], [{ embeddings: [{ values: [1] }, {}] }], [{ embeddings: [{ values: [1] }, { values: ["x"] }] }], [5]])("%j is a failure of the provider", (body) => {
		expect(decode(body)).toMatchObject({ ok: false, problem: { kind: "protocol", blame: "upstream" } });
	});

	test("may be an error inside a 200", () => {
		expect(decode({ error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "no" } })).toMatchObject({ ok: false, problem: { kind: "rate-limited" } });
	});
});

test("an answer for a caller has the form of the question", () => {
	const answer = { vectors: [[1, 2]], usage: { inputTokens: 3 } };
	expect(encodeEmbedAnswer(answer)).toEqual({ embedding: { values: [1, 2] }, usageMetadata: { promptTokenCount: 3 } });
	expect(encodeBatchAnswer({ ...answer, usage: {} })).toEqual({ embeddings: [{ values: [1, 2] }] });
});
