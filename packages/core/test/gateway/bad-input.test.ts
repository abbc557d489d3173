import { afterAll, describe, expect, it } from "vitest";
import { ask, testGateway } from "./support.ts";

const gateway = testGateway({ bodyLimitBytes: 2000 });
afterAll(() => gateway.close());

const chat = { model: "sim/echo", messages: [{ role: "user", content: "Hi" }] };
const message = { ...chat, max_tokens: 100 };
const deep = `{"prompt":"x","system":${"[".repeat(400)}${"]".repeat(400)}}`;

/** Each bad request with its status, its code in Postern's own error body, and what the message must name. */
const bad: [string, string, Parameters<typeof ask>[2], number, string, string][] = [
	["no JSON", "/v1/prompt", { body: "{nope" }, 400, "VALIDATION_ERROR", "not valid JSON"],
	["an empty body", "/v1/prompt", { body: "" }, 400, "VALIDATION_ERROR", "empty"],
	["JSON that is no object", "/v1/prompt", { body: "[]" }, 400, "VALIDATION_ERROR", "object"],
	["bytes that are not UTF-8", "/v1/prompt", { body: new Uint8Array([0x7b, 0xff, 0x7d]) }, 400, "VALIDATION_ERROR", "UTF-8"],
	["deep nesting", "/v1/prompt", { body: deep }, 400, "VALIDATION_ERROR", "deep"],
	["a wrong type", "/v1/prompt", { body: { prompt: 3 } }, 400, "VALIDATION_ERROR", "prompt"],
	["a missing field", "/generate-text", { body: {} }, 400, "VALIDATION_ERROR", "prompt"],
	["a misspelt field", "/generate-text", { body: { prompt: "x", maxToken: 3 } }, 400, "VALIDATION_ERROR", "maxToken"],
	["a number out of range", "/generate-text", { body: { prompt: "x", maxTokens: -1 } }, 400, "VALIDATION_ERROR", "maxTokens"],
	["a wrong type deep inside", "/generate-text", { body: { prompt: "x", allowedTools: ["a", 1] } }, 400, "VALIDATION_ERROR", "allowedTools[1]"],
	["no schema", "/generate-object", { body: { prompt: "x" } }, 400, "VALIDATION_ERROR", "schema"],
	["a schema that says nothing", "/generate-object", { body: { prompt: "x", schema: { foo: 1 } } }, 400, "VALIDATION_ERROR", "schema"],
	["a schema of an unknown type", "/stream-object", { body: { prompt: "x", schema: { type: "strin" } } }, 400, "VALIDATION_ERROR", "schema.type"],
	["a body over the limit", "/v1/prompt", { body: { prompt: "x".repeat(3000) } }, 413, "PAYLOAD_TOO_LARGE", "2000"],
	["a form", "/v1/prompt", { body: "prompt=x", headers: { "content-type": "application/x-www-form-urlencoded" } }, 415, "UNSUPPORTED_MEDIA_TYPE", "application/json"],
	["a compressed body", "/v1/prompt", { body: { prompt: "x" }, headers: { "content-encoding": "gzip" } }, 415, "UNSUPPORTED_MEDIA_TYPE", "content-encoding"],
	["an unknown model", "/v1/prompt", { body: { prompt: "x", model: "nope" } }, 404, "MODEL_NOT_FOUND", "nope"],
	["an unknown provider", "/v1/prompt", { body: { prompt: "x", provider: "nope", model: "x" } }, 400, "VALIDATION_ERROR", "nope"],
	["a simulator's unknown model", "/v1/prompt", { body: { prompt: "x", model: "sim/nope" } }, 404, "MODEL_NOT_FOUND", ""],
	["an unknown session", "/generate-text", { body: { prompt: "x", sessionId: "ses_none" } }, 404, "SESSION_NOT_FOUND", "session"],
	["no tools left", "/generate-text", { body: { prompt: "x", allowedTools: [] } }, 400, "NO_TOOLS_AVAILABLE", "No valid tools available"],
	["an unknown path", "/v1/nothing", { body: {} }, 404, "NOT_FOUND", "/v1/nothing"],
	["a wrong method", "/v1/prompt", {}, 405, "METHOD_NOT_ALLOWED", "POST"],
];

describe("bad input in Postern's own form", () => {
	it.each(bad)("%s", async (_, path, options, status, code, named) => {
		const { status: got, json, headers } = await ask(gateway, path, options);
		expect(got).toBe(status);
		expect(headers.get("x-postern-error")).toBe(code);
		expect(json).toMatchObject({ code, error: expect.stringContaining(named), requestId: headers.get("x-request-id") });
		expect(JSON.stringify(json)).not.toMatch(/\bat .*\.ts|node:internal|Error:/);
	});

	it("names every wrong field at once", async () => {
		const { json } = await ask(gateway, "/generate-text", { body: { prompt: 1, model: 2, extra: 3 } });
		expect((json.issues as { path: string }[]).map(({ path }) => path).sort()).toEqual(["extra", "model", "prompt"]);
	});

	it("tells the methods that a path knows", async () => {
		expect((await ask(gateway, "/v1/prompt")).headers.get("allow")).toBe("POST");
		expect((await ask(gateway, "/health", { method: "DELETE" })).headers.get("allow")).toBe("GET");
	});
});

describe("bad input in OpenAI's form", () => {
	it.each([
		["no JSON", "{nope", 400, "invalid_request_error", undefined],
		["no messages", { model: "sim/echo" }, 400, "invalid_request_error", "messages"],
		["a role that there is not", { ...chat, messages: [{ role: "pope", content: "x" }] }, 400, "invalid_request_error", "messages"],
		["a wrong type", { ...chat, temperature: "hot" }, 400, "invalid_request_error", "temperature"],
		["more than one answer", { ...chat, n: 2 }, 400, "invalid_request_error", "n"],
		["an unknown model", { ...chat, model: "nope" }, 404, "invalid_request_error", "model"],
	] as const)("%s", async (_, body, status, type, param) => {
		const { status: got, json } = await ask(gateway, "/v1/chat/completions", { body });
		expect(got).toBe(status);
		expect(json).toMatchObject({ error: { type, message: expect.any(String) } });
		if (param !== undefined) expect((json.error as { param: string | null }).param).toContain(param);
	});
});

describe("bad input in Anthropic's form", () => {
	it.each([
		["no JSON", "{nope", 400, "invalid_request_error", ""],
		["no max_tokens", chat, 400, "invalid_request_error", "max_tokens"],
		["a wrong type", { ...message, temperature: "hot" }, 400, "invalid_request_error", "temperature"],
		["a role that there is not", { ...message, messages: [{ role: "pope", content: "x" }] }, 400, "invalid_request_error", "role"],
		["a wrong block, by its exact place", { ...message, messages: [{ role: "user", content: [{ type: "text", text: 1 }] }] }, 400, "invalid_request_error", "messages[0].content[0].text"],
		["an unknown model", { ...message, model: "nope" }, 404, "not_found_error", "nope"],
	] as const)("%s", async (_, body, status, type, named) => {
		const { status: got, json } = await ask(gateway, "/v1/messages", { body });
		expect(got).toBe(status);
		expect(json).toMatchObject({ type: "error", error: { type, message: expect.stringContaining(named) } });
	});
});

describe("hostile JSON", () => {
	it.each([
		'{"prompt":"x","__proto__":{"model":"nope"}}',
		'{"prompt":"x","constructor":{"prototype":{"polluted":1}}}',
		'{"prompt":"\\ud800"}',
		'{"prompt":"x","temperature":1e400}',
		'{"prompt":"x","maxTokens":99999999999999999999}',
	])("%s ends in an answer or a 400", async (body) => {
		const { status } = await ask(gateway, "/v1/prompt", { body });
		expect([200, 400]).toContain(status);
		expect(({} as { polluted?: number }).polluted).toBeUndefined();
	});
});

describe("text that looks like protocol", () => {
	const odd = ["[DONE]", "a\nb", "a\r\nb", "\r", "data: x\n\n", "\ud83d\ude00 \ud800 lone", "event: error", "</script>", "\u2028\u0000"];
	it.each(odd)("%j comes back as it went in, whole and streamed, on every surface", async (text) => {
		const whole = await ask(gateway, "/v1/prompt", { body: { prompt: text } });
		expect(whole.json.text).toMatch(/You said: /);
		expect((whole.json.text as string).endsWith(text)).toBe(true);

		const named = await ask(gateway, "/stream", { body: { prompt: text } });
		const joined = named.text.split("\n\n").filter((block) => block.startsWith("event: text\n")).map((block) => JSON.parse(block.slice("event: text\ndata: ".length)).text).join("");
		expect(joined).toBe(whole.json.text);

		const chunks = await ask(gateway, "/v1/chat/completions", { body: { ...chat, stream: true, messages: [{ role: "user", content: text }] } });
		const content = chunks.text.split("\n\n").filter((block) => block.startsWith("data: {")).map((block) => JSON.parse(block.slice(6)).choices[0]?.delta.content ?? "").join("");
		expect(content).toBe(whole.json.text);

		const blocks = await ask(gateway, "/v1/messages", { body: { ...message, stream: true, messages: [{ role: "user", content: text }] } });
		const deltas = blocks.text.split("\n\n").filter((block) => block.startsWith("event: content_block_delta\n")).map((block) => JSON.parse(block.slice(block.indexOf("data: ") + 6)).delta.text).join("");
		expect(deltas).toBe(whole.json.text);
	});
});
