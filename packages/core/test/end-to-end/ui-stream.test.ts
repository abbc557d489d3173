import { AbstractChat, APICallError, DefaultChatTransport, isToolUIPart, lastAssistantMessageIsCompleteWithToolCalls, readUIMessageStream, type UIMessage } from "ai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uiMessageChunk } from "../../src/contract/wire/ui-messages.ts";
import { type Door, doorKinds, openDoor, patient, pngBase64, providerNames } from "./door.ts";
import { rejection } from "./rejection.ts";
import { parseSse } from "./surfaces.ts";

const question = "What is a postern?";
const tools = {
	get_weather: {
		description: "The weather of a city",
		inputSchema: { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } }, required: ["city", "days"] },
	},
	get_time: {},
};

/** What `useChat` is made of, without a page around it. */
class Chat extends AbstractChat<UIMessage> {
	constructor(init: Omit<ConstructorParameters<typeof AbstractChat<UIMessage>>[0], "state">) {
		super({
			...init,
			state: {
				status: "ready",
				error: undefined,
				messages: [],
				pushMessage(message) {
					this.messages = [...this.messages, message];
				},
				popMessage() {
					this.messages = this.messages.slice(0, -1);
				},
				replaceMessage(index, message) {
					this.messages = this.messages.with(index, message);
				},
				snapshot: structuredClone,
			},
		});
	}
}

describe.each(doorKinds)("useChat's stream, %s", (kind) => {
	let door: Door;
	beforeAll(async () => {
		door = await openDoor(kind);
	});
	afterAll(() => door.close());

	const transport = (body: object, token = door.token) =>
		new DefaultChatTransport({ api: `${door.origin}/v1/chat/ui`, headers: { authorization: `Bearer ${token}` }, body, fetch: door.fetch });
	function chatWith(body: object): Chat {
		const chat: Chat = new Chat({
			transport: transport(body),
			sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithToolCalls,
			onToolCall: ({ toolCall }) => {
				// Not awaited: outputs wait for the end of the stream that the call stands in.
				void chat.addToolOutput({ tool: toolCall.toolName, toolCallId: toolCall.toolCallId, output: { said: `result of ${toolCall.toolName}` } });
			},
		});
		return chat;
	}
	const textOf = (message: UIMessage | undefined) => message?.parts.map((part) => (part.type === "text" ? part.text : "")).join("") ?? "";

	describe.each(providerNames)("before the provider %s", (provider) => {
		test("a conversation, with the request, the model and the usage in its metadata", async () => {
			const chat = chatWith({ model: `${provider}/echo`, system: "Be brief" });
			await chat.sendMessage({ text: question });
			expect(chat.error).toBeUndefined();
			expect(chat.status).toBe("ready");
			expect(textOf(chat.messages[1])).toMatch(/You said: What is a postern\?$/);
			expect(chat.messages[1]).toMatchObject({
				id: expect.stringMatching(/^msg_/),
				role: "assistant",
				metadata: {
					requestId: expect.stringMatching(/^req_/),
					model: `${provider}/echo`,
					usage: { inputTokens: expect.any(Number), outputTokens: 14, totalTokens: expect.any(Number) },
				},
			});
			await chat.sendMessage({ text: "And now?" });
			expect(textOf(chat.messages[3])).toMatch(/You said: And now\?$/);
			expect(JSON.stringify(door.vendors.requests.at(-1)?.body)).toContain(question);
		});

		test.each(["[DONE]", "a\r\nb\rc", "data: x\n\n"])("the text %j comes back as it went in", async (text) => {
			const chat = chatWith({ model: `${provider}/echo` });
			await chat.sendMessage({ text });
			expect(textOf(chat.messages[1]).endsWith(`You said: ${text}`)).toBe(true);
		});

		test("tools run at the client, parallel and without arguments, and the same message goes on", async () => {
			const chat = chatWith({ model: `${provider}/tools`, tools });
			await chat.sendMessage({ text: question });
			await expect.poll(() => textOf(chat.messages.at(-1)), patient).toContain("returned");
			await expect.poll(() => chat.status, patient).toBe("ready");
			expect(chat.messages).toHaveLength(2);
			const made = chat.messages[1]?.parts.filter(isToolUIPart) ?? [];
			expect(made.map(({ type, state, input }) => [type, state, input])).toEqual([
				["tool-get_weather", "output-available", { city: "simulated", days: 1 }],
				["tool-get_time", "output-available", {}],
			]);
			for (const { toolCallId, type } of made) {
				const output = JSON.stringify(JSON.stringify({ said: `result of ${type.slice(5)}` }));
				expect(textOf(chat.messages[1])).toContain(`${toolCallId} returned ${output}`);
			}
		});

		test("an image reaches the vendor", async () => {
			const chat = chatWith({ model: `${provider}/echo` });
			const files = [{ type: "file" as const, mediaType: "image/png", url: `data:image/png;base64,${pngBase64}` }];
			await chat.sendMessage({ text: "What is this?", files });
			expect(textOf(chat.messages[1])).toContain("(with image/png): What is this?");
			expect(JSON.stringify(door.vendors.requests.at(-1)?.body)).toContain(pngBase64);
		});

		test.each([
			["bad-request", 400],
			["no-such-model", 404],
			["rate-limited-30", 429],
			["error-500", 502],
			["overloaded", 503],
		] as const)("%s before the first word is a status of its own", async (model, statusCode) => {
			const messages: UIMessage[] = [{ id: "1", role: "user", parts: [{ type: "text", text: question }] }];
			const error = await rejection(transport({ model: `${provider}/${model}` }).sendMessages({ chatId: "c", messages, trigger: "submit-message", messageId: undefined, abortSignal: undefined }));
			expect(error).toBeInstanceOf(APICallError);
			expect(error).toMatchObject({ statusCode });
			expect(JSON.parse((error as APICallError).responseBody ?? "")).toMatchObject({ error: expect.any(String), code: expect.any(String), requestId: expect.any(String) });
		});

		test.each(["error-after-start", "cut", "early-end"])("%s behind the first word is the chat's error, and the words stay", async (model) => {
			const chat = chatWith({ model: `${provider}/${model}` });
			await chat.sendMessage({ text: question });
			expect(chat.status).toBe("error");
			expect(chat.error?.message).toBeTruthy();
			expect(textOf(chat.messages[1])).toBe("The simulator says this much and then it");
		});

		test("to stop cancels the upstream", async () => {
			const before = door.vendors.disconnects();
			const chat = chatWith({ model: `${provider}/stall` });
			const sent = chat.sendMessage({ text: question });
			await expect.poll(() => textOf(chat.messages[1]), patient).not.toBe("");
			await chat.stop();
			await sent;
			await expect.poll(() => door.vendors.disconnects() - before, patient).toBe(1);
			await expect.poll(door.vendors.active, patient).toBe(0);
		});
	});

	test.each([
		["anthropic", "anthropic"],
		["gemini", "google"],
		["responses", "responses"],
	])("reasoning goes round with its state at %s", async (provider, vendor) => {
		const chat = chatWith({ model: `${provider}/reasoning`, reasoningEffort: "low", maxTokens: 5000 });
		await chat.sendMessage({ text: question });
		const thoughts = chat.messages[1]?.parts.filter((part) => part.type === "reasoning") ?? [];
		expect(thoughts).toMatchObject([{ text: expect.stringContaining("The user says"), state: "done", providerMetadata: { [vendor]: expect.any(Object) } }]);
		await chat.sendMessage({ text: "And now?" });
		expect(chat.error).toBeUndefined();
		expect(textOf(chat.messages[3])).toContain("1 of my thoughts came back");
	});

	test("every part stands in the contract, and nothing more is in it", async () => {
		for (const [model, end] of [["reasoning", "[DONE]"], ["tools", "[DONE]"], ["length", "[DONE]"], ["error-after-start", "error"]] as const) {
			const response = await post({ model: `anthropic/${model}`, tools, messages: [{ role: "user", parts: [{ type: "text", text: question }] }] });
			expect(response.headers.get("x-vercel-ai-ui-message-stream")).toBe("v1");
			const data = parseSse(await response.text()).map((event) => event.data);
			const parts = data.filter((text) => text !== "[DONE]").map((text) => uiMessageChunk.parse(JSON.parse(text)));
			expect(parts[0]?.type).toBe("start");
			if (end === "error") {
				expect(parts.at(-1)).toEqual({ type: "error", errorText: expect.any(String) });
				expect(data).not.toContain("[DONE]");
				expect(parts.map(({ type }) => type)).not.toContain("finish");
			} else {
				expect(data.at(-1)).toBe("[DONE]");
				expect(parts.at(-1)?.type).toBe("finish");
			}
		}
	});

	test("the stream reads as messages, ever more of one", async () => {
		const messages: UIMessage[] = [{ id: "1", role: "user", parts: [{ type: "text", text: question }] }];
		const stream = await transport({ model: "openai/echo" }).sendMessages({ chatId: "c", messages, trigger: "submit-message", messageId: undefined, abortSignal: undefined });
		const lengths: number[] = [];
		for await (const message of readUIMessageStream({ stream })) lengths.push(textOf(message).length);
		expect(lengths).toEqual(lengths.toSorted((first, second) => first - second));
		expect(new Set(lengths).size).toBeGreaterThan(2);
	});

	test("a wrong token is 401, a wrong part is told by its place", async () => {
		const messages = [{ role: "user", parts: [{ type: "file", mediaType: "image/png", url: "blob:x" }] }];
		expect((await post({ messages }, "wrong")).status).toBe(401);
		const response = await post({ model: "openai/echo", messages });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path: "messages[0].parts[0].url", message: "must be an http, https or data URL" }] });
	});

	function post(body: object, token = door.token): Promise<Response> {
		const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
		return door.fetch(`${door.origin}/v1/chat/ui`, { method: "POST", headers, body: JSON.stringify(body) });
	}
});
