import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import type { Operation } from "../../../src/contract/operation.ts";
import { operations } from "../../../src/contract/operations/index.ts";
import { openApiDocument } from "../../../src/http/docs/openapi-document.ts";
import { createOpenApiText } from "../../../src/http/docs/openapi-text.ts";

const version = "1.2.3";
const table: Readonly<Record<string, Operation>> = operations;
const document = openApiDocument({ operations, version });
const operationsOf = (path: string) => {
	const item = document.paths?.[path];
	if (item === undefined) throw new Error(`${path} is not in the document; there are ${Object.keys(document.paths ?? {}).join(" ")}`);
	return item;
};

describe("the OpenAPI document", () => {
	test("holds every operation of the table, by its id or as an alternative told apart by a header", () => {
		const described = Object.values(document.paths ?? {}).flatMap((item) =>
			[item.get, item.post, item.put, item.patch, item.delete].flatMap((operation) => (operation === undefined ? [] : [operation])),
		);
		const ids = described.map(({ operationId }) => operationId);
		const missing = Object.keys(table).filter((id) => !ids.includes(id) && !table[id]?.isUnlisted);
		expect(missing.every((id) => table[id]?.whenHeader !== undefined)).toBe(true);
		expect(new Set(ids).size).toBe(ids.length);
		for (const id of missing) {
			const { summary = "", whenHeader = "" } = table[id] ?? {};
			const mention = described.find(({ description = "" }) => description.includes(whenHeader) && description.includes(summary.slice(1)));
			expect(mention, `${id} is not mentioned`).toBeDefined();
		}
	});

	test("describes a body, its example and both forms of the answer", () => {
		const { post } = operationsOf("/v1/chat/completions");
		expect(post?.requestBody).toMatchObject({ required: true, content: { "application/json": { example: { model: "sim/echo" } } } });
		expect(Object.keys(post?.responses?.["200"]?.content ?? {})).toEqual(["application/json", "text/event-stream"]);
	});

	test("gives each named event its own schema", () => {
		const schema = operationsOf("/stream").post?.responses?.["200"]?.content?.["text/event-stream"]?.schema;
		const titles = schema.anyOf.map((event: { title: string }) => event.title);
		expect(titles).toEqual(["session", "warning", "text", "result", "error", "done"]);
	});

	test("groups errors by status, in the body of the surface", () => {
		const text = operationsOf("/generate-text").post?.responses;
		expect(text?.["401"]?.description).toContain("`UNAUTHORIZED`");
		expect(text?.["401"]?.description).toContain("`INVALID_TOKEN`");
		expect(text?.["429"]?.headers).toHaveProperty("retry-after");
		expect(text?.["400"]?.content?.["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Error" });
		const anthropic = operationsOf("/v1/messages").post?.responses?.["400"]?.content?.["application/json"]?.schema;
		expect(anthropic).not.toEqual({ $ref: "#/components/schemas/Error" });
	});

	test("merges operations that a header tells apart", () => {
		const { get } = operationsOf("/v1/models");
		expect(get?.operationId).toBe("listModels");
		expect(get?.tags).toEqual(["openai", "anthropic"]);
		expect(get?.parameters).toMatchObject([{ in: "header", name: "anthropic-version" }]);
		expect(get?.responses?.["200"]?.content?.["application/json"]?.schema).toHaveProperty("anyOf");
		expect(get?.security).toEqual([{ bearer: [] }, { apiKey: [] }]);
	});

	test("demands the header where nothing else is mounted at the path", () => {
		const alone = openApiDocument({ operations, version, surfaces: ["anthropic"] });
		expect(alone.paths?.["/v1/models"]?.get).toMatchObject({ operationId: "listAnthropicModels", parameters: [{ required: true }] });
	});

	test("names path parameters, also those that take the rest of the path", () => {
		expect(operationsOf("/v1/models/{model}").get?.parameters).toContainEqual(
			expect.objectContaining({ in: "path", name: "model", required: true }),
		);
	});

	test("knows what is mounted, and where", () => {
		const part = openApiDocument({ operations, version, basePath: "/ai", surfaces: [{ id: "text", prefix: "/text" }, "meta"] });
		expect(Object.keys(part.paths ?? {})).toEqual(expect.arrayContaining(["/text/generate-text", "/health"]));
		expect(part.paths).not.toHaveProperty("/v1/messages");
		expect(part.servers).toMatchObject([{ url: "/ai" }]);
		expect(part.tags?.map(({ name }) => name)).toEqual(["text", "meta"]);
	});

	test("lets everybody read what is public, and nobody else's", () => {
		expect(operationsOf("/health").get?.security).toEqual([]);
		expect(operationsOf("/v1/prompt").post?.security).toEqual([{ bearer: [] }]);
		expect(operationsOf("/health").get?.responses).toHaveProperty("503");
	});

	test("says the same as JSON and as YAML", async () => {
		const text = createOpenApiText({ operations, version });
		expect(parse(await text.yaml())).toEqual(JSON.parse(await text.json()));
		expect(JSON.parse(await text.json())).toEqual(document);
	});
});

test("Redocly finds nothing wrong with the document", async () => {
	const folder = await mkdtemp(join(tmpdir(), "postern-openapi-"));
	try {
		await writeFile(join(folder, "openapi.yaml"), await createOpenApiText({ operations, version }).yaml());
		const redocly = fileURLToPath(new URL("../../../../../node_modules/.bin/redocly", import.meta.url));
		const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
		const args = ["lint", "openapi.yaml", "--extends=recommended", "--format=json"];
		const { stdout } = await promisify(execFile)(redocly, args, { cwd: folder, env });
		const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; message: string; location: unknown }[] };
		// What is public and takes no input has no answer of the 4XX kind, and what sends the browser elsewhere none of the 2XX kind.
		expect(problems.filter(({ ruleId }) => !["operation-4xx-response", "operation-2xx-response"].includes(ruleId))).toEqual([]);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});
