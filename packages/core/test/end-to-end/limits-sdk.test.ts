import Anthropic from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { createGateway, type Gateway, memoryStore, simulator, type Store, surfaceIds } from "@postern/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LimitRules } from "../../src/contract/tenancy.ts";
import { rejection } from "./rejection.ts";

const token = "pst-operator-token";
const prompt = "What is a postern, and who keeps it?";
const messages = [{ role: "user" as const, content: prompt }];
let store: Store;
let gateway: Gateway;
let names = 0;

beforeAll(() => {
	store = memoryStore();
	gateway = createGateway({ providers: { sim: simulator() }, models: { sim: { echo: { prices: { input: 1, output: 2 } } } }, token, store, surfaces: surfaceIds });
});
afterAll(() => gateway.close());

/** A virtual key, of a project with limits in an organisation with limits. */
async function keyWith(rules: { readonly organisation?: LimitRules; readonly project?: LimitRules; readonly key?: LimitRules }): Promise<string> {
	names += 1;
	const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
	const post = async (path: string, body: object) =>
		(await (await gateway.fetch(new Request(`http://gateway.local${path}`, { method: "POST", headers, body: JSON.stringify(body) }))).json()) as Record<string, string>;
	const organisationId = `org_${names}`;
	const made = await post("/v1/projects", { name: "Limited", organisationId });
	const project = (await store.tenancy.listProjects([organisationId]))[0];
	if (project === undefined || made.apiKey === undefined) throw new Error("There is no project");
	if (rules.organisation !== undefined) await store.tenancy.updateOrganisation(organisationId, { limits: rules.organisation });
	if (rules.project !== undefined) await store.tenancy.updateProject(project.id, { limits: rules.project });
	if (rules.key === undefined) return made.apiKey;
	const own = await post(`/v1/projects/${project.id}/keys`, { name: "Limited", limits: rules.key });
	return own.apiKey ?? own.key ?? "";
}

const web: typeof globalThis.fetch = (input, init) => gateway.fetch(new Request(input, init));
const openaiWith = (apiKey: string) => new OpenAI({ apiKey, baseURL: "http://gateway.local/v1", fetch: web, maxRetries: 0 });
const anthropicWith = (apiKey: string) => new Anthropic({ apiKey, baseURL: "http://gateway.local", fetch: web, maxRetries: 0 });
const googleWith = (apiKey: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: "http://gateway.local", fetch: web } });

describe.each(["organisation", "project", "key"] as const)("a limit of the %s", (level) => {
	test("is a RateLimitError to OpenAI's SDK, with the headers that say when", async () => {
		const client = openaiWith(await keyWith({ [level]: { requestsPerMinute: 1 } }));
		const { response } = await client.chat.completions.create({ model: "sim/echo", messages }).withResponse();
		expect(response.headers.get("ratelimit-policy")).toBe(`"${level}-requests";q=1;w=60`);
		const error = await rejection(client.chat.completions.create({ model: "sim/echo", messages, stream: true }));
		expect(error).toBeInstanceOf(OpenAI.RateLimitError);
		expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "rate_limit_error" });
		if (error instanceof OpenAI.RateLimitError) expect(Number(error.headers.get("retry-after"))).toBeGreaterThanOrEqual(60);
	});

	test("is a RateLimitError to Anthropic's SDK", async () => {
		const client = anthropicWith(await keyWith({ [level]: { requestsPerMinute: 0 } }));
		const error = await rejection(client.messages.create({ model: "sim/echo", max_tokens: 50, messages }));
		expect(error).toBeInstanceOf(Anthropic.RateLimitError);
		expect(error).toMatchObject({ status: 429, error: { type: "error", error: { type: "rate_limit_error" } } });
	});

	test("is RESOURCE_EXHAUSTED to Google's SDK", async () => {
		const client = googleWith(await keyWith({ [level]: { requestsPerMinute: 0 } }));
		const error = await rejection(client.models.generateContent({ model: "sim/echo", contents: prompt }));
		expect(error).toBeInstanceOf(ApiError);
		expect(error).toMatchObject({ status: 429, message: expect.stringContaining("RESOURCE_EXHAUSTED") });
	});
});

describe("a budget", () => {
	const project: LimitRules = { budgets: [{ period: "month", microUsd: 8 }] };

	test("is insufficient_quota to OpenAI's SDK, and not tried again by itself", async () => {
		let asked = 0;
		const counting: typeof web = (input, init) => {
			asked += 1;
			return web(input, init);
		};
		const client = new OpenAI({ apiKey: await keyWith({ project }), baseURL: "http://gateway.local/v1", fetch: counting, maxRetries: 3 });
		const error = await rejection(client.chat.completions.create({ model: "sim/echo", messages }));
		expect(error).toBeInstanceOf(OpenAI.APIError);
		expect(error).toMatchObject({ status: 402, code: "insufficient_quota", type: "insufficient_quota" });
		expect(asked).toBe(1);
		expect(await rejection(client.embeddings.create({ model: "sim/echo", input: prompt }))).toMatchObject({ status: 402, code: "insufficient_quota" });
	});

	test("is a billing_error to Anthropic's SDK", async () => {
		const client = anthropicWith(await keyWith({ project }));
		const error = await rejection(client.messages.create({ model: "sim/echo", max_tokens: 50, messages }));
		expect(error).toBeInstanceOf(Anthropic.APIError);
		expect(error).toMatchObject({ status: 402, error: { error: { type: "billing_error" } } });
	});

	test("is RESOURCE_EXHAUSTED to Google's SDK", async () => {
		const client = googleWith(await keyWith({ project }));
		expect(await rejection(client.models.generateContent({ model: "sim/echo", contents: prompt }))).toMatchObject({ status: 402, message: expect.stringContaining("RESOURCE_EXHAUSTED") });
	});
});
