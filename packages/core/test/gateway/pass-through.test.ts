import { describe, expect, it } from "vitest";
import { anthropic, gemini, memoryStore, openaiCompatible } from "../../src/index.ts";
import { type ScriptedAnswer, scriptedSend } from "../../src/testing/index.ts";
import { ask, testGateway } from "./support.ts";

const chatBody = { model: "p/m", messages: [{ role: "user", content: "Hi" }] };
const wholeChat = '{ "id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","new_field":[1.50]},"finish_reason":"stop"}], "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},"x_vendor":{"a":1e2}}';
const frame = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const streamedChat = [
	frame({ id: "c", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }], x_vendor: 1 }),
	frame({ id: "c", choices: [{ index: 0, delta: { x_new: true }, finish_reason: null }] }),
	frame({ id: "c", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
	frame({ id: "c", choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
	"data: [DONE]\n\n",
].join("");

function gatewayFor(answer: ScriptedAnswer, dialect: "openai" | "anthropic", tools = {}) {
	const store = memoryStore();
	const base = dialect === "openai" ? openaiCompatible({ baseUrl: "http://p/v1" }) : anthropic({ apiKey: "sk-ant-secret" });
	const { send } = scriptedSend(answer);
	return { store, gateway: testGateway({ providers: { p: { ...base, send } }, store, tools }) };
}

describe("where the caller's dialect is the provider's", () => {
	it("a whole answer passes to the letter, and is in the ledger", async () => {
		const { store, gateway } = gatewayFor({ chunks: [wholeChat] }, "openai");
		expect((await ask(gateway, "/v1/chat/completions", { body: chatBody })).text).toBe(wholeChat);
		expect(await store.listUsage()).toMatchObject([{ outcome: "ok", usage: { inputTokens: 1, outputTokens: 1 } }]);
	});

	it("a stream passes to the letter, and is in the ledger", async () => {
		const { store, gateway } = gatewayFor({ chunks: [streamedChat.slice(0, 50), streamedChat.slice(50)] }, "openai");
		const body = { ...chatBody, stream: true, stream_options: { include_usage: true } };
		expect((await ask(gateway, "/v1/chat/completions", { body })).text).toBe(streamedChat);
		expect(await store.listUsage()).toMatchObject([{ outcome: "ok", usage: { inputTokens: 1, outputTokens: 1 } }]);
	});

	it("the usage is asked for always, and hidden from who did not ask", async () => {
		const { store, gateway } = gatewayFor({ chunks: [streamedChat] }, "openai");
		const { text } = await ask(gateway, "/v1/chat/completions", { body: { ...chatBody, stream: true } });
		expect(text).not.toContain("usage");
		expect(text).toContain("x_vendor");
		expect(await store.listUsage()).toMatchObject([{ usage: { inputTokens: 1 } }]);
	});

	it("an error is still the gateway's own, and our key stays here", async () => {
		const overloaded = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"sk-ant-secret is too busy"}}\n\n';
		const { gateway } = gatewayFor({ chunks: [overloaded] }, "anthropic");
		const { status, text } = await ask(gateway, "/v1/messages", { body: { ...chatBody, max_tokens: 5, stream: true } });
		expect(status).toBe(503);
		expect(text).not.toContain("secret");
	});

	it("another caller's dialect gets none of it", async () => {
		const { gateway } = gatewayFor({ chunks: [wholeChat] }, "openai");
		const { text, json } = await ask(gateway, "/v1/messages", { body: { ...chatBody, max_tokens: 5 } });
		expect(json).toMatchObject({ type: "message", content: [{ type: "text", text: "Hi" }] });
		expect(text).not.toContain("x_vendor");
	});

	it("a tool policy has to look into it: forbidden calls do not pass", async () => {
		const call = frame({ id: "c", choices: [{ index: 0, delta: { tool_calls: [{ index: 0, id: "1", type: "function", function: { name: "Bash", arguments: "{}" } }] }, finish_reason: null }] });
		const { gateway } = gatewayFor({ chunks: [streamedChat.slice(0, streamedChat.indexOf("\n\n") + 2), call] }, "openai", { disallowed: ["Bash"] });
		const { text } = await ask(gateway, "/v1/chat/completions", { body: { ...chatBody, stream: true } });
		expect(text).not.toContain('"Bash"');
		expect(text).toContain("not allowed");
	});
});

describe("where both speak Gemini", () => {
	const path = "/v1beta/models/p/gemini-9";
	const body = {
		contents: [{ role: "user", parts: [{ text: "Hi", partOfTomorrow: { a: 1 } }], contentOfTomorrow: true }],
		generationConfig: { temperature: 0.5, settingOfTomorrow: [1] },
		fieldOfTomorrow: { b: 2 },
	};
	const first = '{"candidates":[{"content":{"parts":[{"text":"Hi","new":[1.50]}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":1,"totalTokenCount":1},"modelVersion":"gemini-9"}';
	const last = '{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":3},"x":1e2}';
	const stream = `data: ${first}\r\n\r\ndata: ${last}\r\n\r\n`;
	const whole = '{ "candidates":[{"content":{"parts":[{"text":"Hi","new":[1.50]}],"role":"model"},"finishReason":"STOP","index":0,"x":1e2}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":3}}';

	function gatewayForGemini(...chunks: readonly string[]) {
		const store = memoryStore();
		const { send, requests } = scriptedSend({ chunks });
		return { store, requests, gateway: testGateway({ providers: { p: { ...gemini({ apiKey: "AIza-secret-secret" }), send } }, store, surfaces: ["gemini"] }) };
	}
	const usage = [{ outcome: "ok", usage: { inputTokens: 1, outputTokens: 2 } }];

	it("a whole answer passes to the letter, and is in the ledger", async () => {
		const { store, gateway } = gatewayForGemini(whole);
		expect((await ask(gateway, `${path}:generateContent`, { body })).text).toBe(whole);
		expect(await store.listUsage()).toMatchObject(usage);
	});

	it("a stream of events passes to the letter, and is in the ledger", async () => {
		const { store, gateway } = gatewayForGemini(stream.slice(0, 60), stream.slice(60));
		expect((await ask(gateway, `${path}:streamGenerateContent?alt=sse`, { body })).text).toBe(stream);
		expect(await store.listUsage()).toMatchObject(usage);
	});

	it("a stream as one array holds the provider's chunks to the letter", async () => {
		const { store, gateway } = gatewayForGemini(stream.slice(0, 60), stream.slice(60));
		expect((await ask(gateway, `${path}:streamGenerateContent`, { body })).text).toBe(`[${first},\n${last}]`);
		expect(await store.listUsage()).toMatchObject(usage);
	});

	it("unknown fields of the request arrive", async () => {
		const { requests, gateway } = gatewayForGemini(whole);
		await ask(gateway, `${path}:generateContent`, { body });
		expect(requests[0]?.body).toEqual(body);
	});

	it.each([["?alt=sse"], [""]])("an error (%j) is the gateway's own, and our key stays here", async (query) => {
		const error = 'data: {"error":{"code":503,"status":"UNAVAILABLE","message":"AIza-secret-secret is too busy"}}\r\n\r\n';
		const { gateway } = gatewayForGemini(`data: ${first}\r\n\r\n`, error);
		const { status, text } = await ask(gateway, `${path}:streamGenerateContent${query}`, { body });
		expect(status).toBe(200);
		expect(text).toContain(first);
		expect(text).not.toContain("secret");
		expect(query === "" ? JSON.parse(text).at(-1) : JSON.parse(text.trim().split("data: ").at(-1) ?? "")).toMatchObject({ error: { status: "UNAVAILABLE" } });
	});
});
