import { describe, expect, it } from "vitest";
import { ask, eventsOf, testGateway } from "../../gateway/support.ts";
import { fakeClaude, valuesOf } from "./fake.ts";

const claude = fakeClaude();
const gateway = testGateway({ providers: { claude: claude.provider() } });
const last = () => claude.started().at(-1);

describe("Claude Code behind the surfaces", () => {
	it("answers a prompt whole", async () => {
		const { status, json } = await ask(gateway, "/v1/prompt", { body: { prompt: "Hello" } });
		expect(status).toBe(200);
		expect(json).toMatchObject({ text: "Hello", tokensIn: 15, tokensOut: 7, provider: "claude", model: "default" });
		expect(valuesOf(last()?.args ?? [], "--output-format")).toEqual(["json"]);
		expect(last()?.args).not.toContain("--model");
	});

	it("streams a prompt", async () => {
		const { text } = await ask(gateway, "/v1/stream", { body: { prompt: "Hello, how are you?" } });
		expect(text.replaceAll("\n\ndata: ", "")).toBe("data: Hello, how are you?[DONE]\n\n");
		expect(last()?.args).toEqual(expect.arrayContaining(["--verbose", "--include-partial-messages"]));
	});

	it("tells a caller of Anthropic's dialect what it thought, and hides the tools that it ran itself", async () => {
		const body = { max_tokens: 10, stream: true, messages: [{ role: "user", content: "Hi" }] };
		const thought = await ask(gateway, "/v1/messages", { body: { ...body, model: "claude/think" } });
		const blocks = eventsOf(thought.text).filter(({ event }) => event === "content_block_start");
		expect(blocks.map(({ data }) => (data as { content_block: { type: string } }).content_block.type)).toEqual(["thinking", "text"]);
		const chat = await ask(gateway, "/v1/chat/completions", { body: { model: "claude/bash", messages: [{ role: "user", content: "Look" }], stream: true } });
		expect(chat.text).toContain('"content":"Let me l"');
		expect(chat.text).toContain('"content":"Looked"');
		expect(chat.text).not.toContain("tool_calls");
		expect(chat.text).toContain('"finish_reason":"stop"');
	});

	it("gives an object by the schema of its own, and by the prompt where it is streamed", async () => {
		const schema = { type: "object", properties: { answer: { type: "integer" } }, required: ["answer"] };
		const whole = await ask(gateway, "/generate-object", { body: { prompt: "What?", schema } });
		expect(whole.json).toMatchObject({ object: { answer: 42 } });
		expect(valuesOf(last()?.args ?? [], "--json-schema")).toEqual([JSON.stringify(schema)]);
		const streamed = await ask(gateway, "/stream-object", { body: { prompt: '{"answer":7}', schema } });
		expect(eventsOf(streamed.text).find(({ event }) => event === "object")?.data).toEqual({ object: { answer: 7 } });
		expect(last()?.args).not.toContain("--json-schema");
		expect(valuesOf(last()?.args ?? [], "--system-prompt")?.[0]).toContain('"answer"');
	});

	it("takes images, streamed and whole", async () => {
		const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
		const messages = [{ role: "user", content: [image, { type: "text", text: "What is it?" }] }];
		const whole = await ask(gateway, "/v1/messages", { body: { model: "claude/sonnet", max_tokens: 10, messages } });
		expect(whole.json["content"]).toEqual([{ type: "text", text: "What is it? (+1 files)" }]);
		expect(valuesOf(last()?.args ?? [], "--model")).toEqual(["sonnet"]);
		const streamed = await ask(gateway, "/v1/messages", { body: { model: "claude/sonnet", max_tokens: 10, messages, stream: true } });
		expect(streamed.text).toContain("it? (+1 ");
	});

	it.each([
		["one that looks like a flag", "--dangerously-skip-permissions"],
		["one that looks like several", "-p --model x\n- [ ] a task"],
		["one that looks like a command", "/init the folder"],
		["one that names a file", "What is in @/etc/passwd ?"],
		["one of a megabyte", `Read this: ${"é".repeat(500_000)}`],
	])("takes a prompt as it is: %s", async (_, prompt) => {
		const body = { model: "claude/default", messages: [{ role: "user", content: prompt }] };
		const { status, json } = await ask(gateway, "/v1/chat/completions", { body });
		expect(status).toBe(200);
		expect(json).toMatchObject({ choices: [{ message: { content: prompt.startsWith("/") ? `\n${prompt}` : prompt } }] });
	});
});

describe("a session", () => {
	const say = async (prompt: string, sessionId?: unknown) => {
		const { status, json } = await ask(gateway, "/generate-text", { body: { prompt, ...(sessionId === undefined ? {} : { sessionId }) } });
		expect(status).toBe(200);
		return json;
	};

	it("is taken up again with the newest words alone, whole and streamed", async () => {
		const { sessionId } = await say("One");
		const second = await say("Two", sessionId);
		expect(second["text"]).toBe("One | One | Two");
		expect(last()?.input).toBe("Two");
		expect(last()?.args).toEqual(expect.arrayContaining(["--resume", "--fork-session"]));
		const third = await ask(gateway, "/stream", { body: { prompt: "Three", sessionId } });
		const text = eventsOf(third.text).flatMap(({ event, data }) => (event === "text" ? [(data as { text: string }).text] : []));
		expect(text.join("")).toBe("One | One | Two | One | One | Two | Three");
		expect(last()?.input).toBe("Three");
	});

	it("that Claude Code has forgotten is told again, whole and streamed", async () => {
		const { sessionId } = await say("One");
		const before = claude.started().length;
		claude.forget();
		expect((await say("Two", sessionId))["text"]).toContain("<user>\nOne\n</user>");
		expect(claude.started().length - before).toBe(2);
		claude.forget();
		const streamed = await ask(gateway, "/stream", { body: { prompt: "Three", sessionId } });
		expect(streamed.text).toContain("event: result");
		expect(last()?.input).toContain("<user>\nTwo\n</user>");
		expect(last()?.args).not.toContain("--resume");
	});

	it("has two ways to go on that never hear of each other", async () => {
		const first = await ask(gateway, "/v1/responses", { body: { model: "claude/default", input: "One" } });
		const goOn = (input: string) => ask(gateway, "/v1/responses", { body: { model: "claude/default", input, previous_response_id: first.json["id"] } });
		const answers = [await goOn("Left"), await goOn("Right")].map(({ text }) => text);
		expect(answers[0]).toContain("One | One | Left");
		expect(answers[1]).toContain("One | One | Right");
	});
});

describe("a failure", () => {
	it.each([
		["unauthorized", 502, "PROVIDER_ERROR"],
		["limited", 429, "RATE_LIMITED"],
		["overloaded", 503, "PROVIDER_OVERLOADED"],
		["max-turns", 400, "INVALID_REQUEST"],
		["crash", 502, "PROVIDER_ERROR"],
		["huge", 502, "PROVIDER_ERROR"],
	])("%s has its status before the first words, whole and streamed", async (model, status, code) => {
		for (const path of model === "huge" ? ["/stream"] : ["/generate-text", "/stream"]) {
			const once = testGateway({ providers: { claude: claude.provider() }, retry: { attemptsPerTarget: 1 } });
			const { status: told, json } = await ask(once, path, { body: { prompt: "Hi", model: `claude/${model}` } });
			expect([path, told, json["code"]]).toEqual([path, status, code]);
			expect(JSON.stringify(json)).not.toMatch(/secret|root/);
		}
	});

	it.each(["cut", "exit"])("%s after the first words ends the stream with an error", async (model) => {
		const { status, text } = await ask(gateway, "/stream", { body: { prompt: "Hi", model: `claude/${model}` } });
		expect(status).toBe(200);
		expect(eventsOf(text).map(({ event }) => event)).toEqual(["session", "text", "error", "done"]);
		expect(text).toContain("Claude Code ended without an answer");
	});

	it("of what is printed beside the protocol is none, and is not shown", async () => {
		const { text } = await ask(gateway, "/v1/stream", { body: { prompt: "Hi", model: "claude/noisy" } });
		expect(text).toBe("data: Hi\n\ndata: [DONE]\n\n");
	});

	it("of streaming gives the message whole", async () => {
		const { text } = await ask(gateway, "/v1/stream", { body: { prompt: "Hi", model: "claude/quiet" } });
		expect(text).toBe("data: Whole\n\ndata: [DONE]\n\n");
	});

	it("to find the program makes the provider unavailable, with the remedy", async () => {
		const absent = testGateway({ providers: { claude: claude.provider({ executable: "claude-that-is-not-there" }) } });
		const { status, json } = await ask(absent, "/v1/prompt", { body: { prompt: "Hi", model: "claude/default" } });
		expect([status, json["code"]]).toEqual([503, "PROVIDER_NOT_CONFIGURED"]);
		expect(json["error"]).toContain("npm install --global @anthropic-ai/claude-code");
	});

	it("leads to the next target of a route", async () => {
		const routed = testGateway({ providers: { claude: claude.provider() }, routes: { safe: ["claude/limited", "claude/echo"] }, retry: { attemptsPerTarget: 1 } });
		const { json } = await ask(routed, "/v1/prompt", { body: { prompt: "Hi", model: "safe" } });
		expect(json).toMatchObject({ text: "Hi", model: "echo" });
	});
});
