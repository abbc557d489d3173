import { afterAll, describe, expect, test } from "vitest";
import { ask, eventsOf, testGateway, token } from "./support.ts";

const gateway = testGateway({ surfaces: ["meta", "gemini"], routes: { fast: ["sim/echo"] } });
afterAll(() => gateway.close());

const path = "/v1beta/models/sim/echo";
const body = { contents: [{ role: "user", parts: [{ text: "Hello" }] }] };
const anonymous = { authorization: undefined };

describe("the token", () => {
	test.each([
		["x-goog-api-key", "", { "x-goog-api-key": token }],
		["?key=", `?key=${token}`, {}],
		["Authorization", "", { authorization: `Bearer ${token}` }],
	])("by %s lets in", async (_, query, headers) => {
		expect((await ask(gateway, `${path}:generateContent${query}`, { body, headers: { ...anonymous, ...headers } })).status).toBe(200);
	});

	test.each([
		["none", "", {}],
		["a wrong one in the header", "", { "x-goog-api-key": "wrong" }],
		["a wrong one in the query", "?key=wrong", {}],
		["the header of another family", "", { "x-api-key": token }],
	])("%s is refused in Google's shape", async (_, query, headers) => {
		const { status, json } = await ask(gateway, `${path}:generateContent${query}`, { body, headers: { ...anonymous, ...headers } });
		expect(status).toBe(401);
		expect(json).toMatchObject({ error: { code: 401, status: "UNAUTHENTICATED", message: expect.any(String) } });
	});

	test("in the query is in no log", async () => {
		const seen: unknown[] = [];
		const observed = testGateway({ surfaces: ["gemini"], runtime: { observe: (event) => seen.push(event) } });
		await ask(observed, `${path}:generateContent?key=${token}`, { body, headers: anonymous });
		expect(seen).toContainEqual(expect.objectContaining({ type: "request-end", path: `${path}:generateContent`, status: 200 }));
		expect(JSON.stringify(seen)).not.toContain(token);
		await observed.close();
	});

	test("is taken from the query on no other surface", async () => {
		const other = testGateway();
		expect((await ask(other, `/v1/models?key=${token}`, { headers: anonymous })).status).toBe(401);
		await other.close();
	});
});

describe("the address", () => {
	test.each([path, "/v1beta/models/sim%2Fecho", "/v1beta/models/fast"])("%s names a model or a route", async (model) => {
		const { status, json } = await ask(gateway, `${model}:generateContent`, { body });
		expect(status).toBe(200);
		expect(json).toMatchObject({ candidates: [{ finishReason: "STOP" }], modelVersion: "echo" });
	});

	test("takes its colon encoded too", async () => {
		expect((await ask(gateway, `${path}%3AgenerateContent`, { body })).status).toBe(200);
	});

	test.each([`${path}:predict`, path, "/v1beta/models"])("knows no POST %s", async (unknown) => {
		expect([404, 405]).toContain((await ask(gateway, unknown, { body })).status);
	});

	test("of an unknown model is 404", async () => {
		expect((await ask(gateway, "/v1beta/models/nobody/x:generateContent", { body })).json).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } });
		expect((await ask(gateway, "/v1beta/models/nobody/x")).json).toMatchObject({ error: { code: 404, status: "NOT_FOUND" } });
	});

	test("is not there unless it is asked for", async () => {
		const usual = testGateway();
		expect((await ask(usual, `${path}:generateContent`, { body })).status).toBe(404);
		await usual.close();
	});
});

describe("a stream", () => {
	test("is events with alt=sse", async () => {
		const { headers, text } = await ask(gateway, `${path}:streamGenerateContent?alt=sse`, { body });
		expect(headers.get("content-type")).toMatch(/^text\/event-stream/);
		const chunks = eventsOf(text).map(({ data }) => data);
		expect(chunks.length).toBeGreaterThan(3);
		expect(chunks.at(-1)).toMatchObject({ candidates: [{ finishReason: "STOP" }], usageMetadata: { totalTokenCount: expect.any(Number) } });
	});

	test("is the same chunks as one JSON array without it", async () => {
		const events = await ask(gateway, `${path}:streamGenerateContent?alt=sse`, { body });
		const { headers, text } = await ask(gateway, `${path}:streamGenerateContent`, { body });
		expect(headers.get("content-type")).toMatch(/^application\/json/);
		const parts = (chunks: unknown) => JSON.stringify(chunks).match(/"text":"[^"]*"/g);
		expect(parts(JSON.parse(text))).toEqual(parts(eventsOf(events.text).map(({ data }) => data)));
	});

	test.each(["?alt=sse", ""])("that breaks (%j) ends with the error, in Google's shape", async (query) => {
		const { status, text } = await ask(gateway, `/v1beta/models/sim/error-after-start:streamGenerateContent${query}`, { body });
		expect(status).toBe(200);
		const chunks = query === "" ? JSON.parse(text) : eventsOf(text).map(({ data }) => data);
		expect(chunks.at(-1)).toMatchObject({ error: { code: 502, status: "UNAVAILABLE" } });
	});

	test.each(["?alt=sse", ""])("that never began (%j) is an honest status", async (query) => {
		const { status, json } = await ask(gateway, `/v1beta/models/sim/overloaded:streamGenerateContent${query}`, { body });
		expect(status).toBe(503);
		expect(json).toMatchObject({ error: { code: 503, status: "UNAVAILABLE" } });
	});
});

describe("counting", () => {
	test.each([[body], [{ generateContentRequest: { model: "models/sim/echo", ...body } }]])("takes %j", async (asked) => {
		const { json, headers } = await ask(gateway, `${path}:countTokens`, { body: asked });
		expect(json).toEqual({ totalTokens: 2 });
		expect(headers.get("x-postern-estimated")).toBe("true");
	});

	test("of nothing names the field", async () => {
		expect((await ask(gateway, `${path}:countTokens`, { body: {} })).json).toMatchObject({ error: { status: "INVALID_ARGUMENT", message: expect.stringContaining("contents") } });
	});
});

test("the list is paged", async () => {
	const first = (await ask(gateway, "/v1beta/models?pageSize=2")).json;
	expect(first).toMatchObject({ models: [{ name: "models/fast" }, { name: "models/sim/echo" }], nextPageToken: "2" });
	expect((await ask(gateway, "/v1beta/models?pageSize=2&pageToken=2")).json).toMatchObject({ models: [{ name: expect.stringContaining("models/sim/") }, {}] });
});

test("whoever sends a wrong body is told the field in details that Google's clients read", async () => {
	const { status, json } = await ask(gateway, `${path}:generateContent`, { body: { contents: [{ parts: [{ text: 5 }] }] } });
	expect(status).toBe(400);
	expect(json).toMatchObject({ error: { status: "INVALID_ARGUMENT", details: expect.arrayContaining([expect.objectContaining({ fieldViolations: [expect.objectContaining({ field: "contents[0].parts[0].text" })] })]) } });
});
