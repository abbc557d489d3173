import Anthropic from "@anthropic-ai/sdk";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { GoogleGenAI, Type } from "@google/genai";
import { generateText, streamText, type ToolSet } from "ai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { surfaceIds } from "../../src/index.ts";
import { testGateway, token } from "../gateway/support.ts";
import { bedrockSimulator } from "../matrix/bedrock.ts";

/** The official SDKs before a provider whose wire none of them knows: Converse, its frames and its one form of tools. */
const gateway = testGateway({ providers: { bedrock: bedrockSimulator() }, surfaces: surfaceIds, cooldown: false });
const fetch: typeof globalThis.fetch = (input, init) => gateway.fetch(new Request(input, init));
const origin = "http://gateway.local";
const openai = new OpenAI({ apiKey: token, baseURL: `${origin}/v1`, fetch, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: token, baseURL: origin, fetch, maxRetries: 0 });
const google = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: origin, fetch } });
const aiSdk = createOpenAICompatible({ name: "postern", baseURL: `${origin}/v1`, apiKey: token, fetch });

const text = "What is a postern?";
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const chatTools = [{ type: "function" as const, function: { name: "get_weather", parameters } }];
const aiTools: ToolSet = { get_weather: { inputSchema: z.object({ city: z.string() }) } };

interface Told {
	readonly text: string;
	readonly calls: readonly (readonly [name: string, input: unknown])[];
}

type Ask = (model: string) => Promise<Told>;
const asks: Readonly<Record<string, Ask>> = {
	async "openai chat, whole"(model) {
		const { choices } = await openai.chat.completions.create({ model, tools: chatTools, messages: [{ role: "user", content: text }] });
		return chatTold(choices[0]?.message);
	},
	async "openai chat, streamed"(model) {
		const completion = await openai.chat.completions.stream({ model, tools: chatTools, messages: [{ role: "user", content: text }] }).finalChatCompletion();
		return chatTold(completion.choices[0]?.message);
	},
	async "openai responses, whole"(model) {
		return responseTold(await openai.responses.create({ model, input: text, tools: [{ type: "function", name: "get_weather", parameters, strict: false }] }));
	},
	async "openai responses, streamed"(model) {
		const stream = openai.responses.stream({ model, input: text, tools: [{ type: "function", name: "get_weather", parameters, strict: false }] });
		const response = await stream.finalResponse();
		if (response.status === "failed") throw new Error(response.error?.message);
		return responseTold(response);
	},
	async "anthropic, whole"(model) {
		return messageTold(await anthropic.messages.create(messageRequest(model)));
	},
	async "anthropic, streamed"(model) {
		return messageTold(await anthropic.messages.stream(messageRequest(model)).finalMessage());
	},
	async "google, whole"(model) {
		const answer = await google.models.generateContent(contentRequest(model));
		return { text: answer.text ?? "", calls: (answer.functionCalls ?? []).map(({ name = "", args }) => [name, args]) };
	},
	async "google, streamed"(model) {
		let said = "";
		const calls: (readonly [string, unknown])[] = [];
		for await (const chunk of await google.models.generateContentStream(contentRequest(model))) {
			for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
				if (part.functionCall) calls.push([part.functionCall.name ?? "", part.functionCall.args]);
				else said += part.text ?? "";
			}
		}
		return { text: said, calls };
	},
	async "ai, whole"(model) {
		const answer = await generateText({ model: aiSdk(model), prompt: text, tools: aiTools, maxRetries: 0 });
		return { text: answer.text, calls: answer.toolCalls.map(({ toolName, input }) => [toolName, input]) };
	},
	async "ai, streamed"(model) {
		const errors: unknown[] = [];
		const answer = streamText({ model: aiSdk(model), prompt: text, tools: aiTools, maxRetries: 0, onError: ({ error }) => void errors.push(error) });
		const calls = await answer.toolCalls;
		if (errors.length > 0) throw errors[0];
		return { text: await answer.text, calls: calls.map(({ toolName, input }) => [toolName, input]) };
	},
};

describe.each(Object.entries(asks))("%s", (_, ask) => {
	test("an answer", async () => {
		const told = await ask("bedrock/echo");
		expect(told.text).toMatch(/You said: What is a postern\?$/);
		expect(told.calls).toEqual([]);
	});

	test("a tool call", async () => {
		expect((await ask("bedrock/tools")).calls).toEqual([["get_weather", { city: "simulated" }]]);
	});

	test.each(["rate-limited-60", "bad-request", "context-length"])("%s is an error", async (model) => {
		await expect(ask(`bedrock/${model}`)).rejects.toThrow();
	});

	test("an end that came too early is no answer", async () => {
		await expect(ask("bedrock/cut")).rejects.toThrow();
	});
});

function chatTold(message: OpenAI.ChatCompletionMessage | undefined): Told {
	const calls = (message?.tool_calls ?? []).flatMap((call) => (call.type === "function" ? [[call.function.name, JSON.parse(call.function.arguments)] as const] : []));
	return { text: message?.content ?? "", calls };
}

function responseTold({ output_text, output }: OpenAI.Responses.Response): Told {
	return { text: output_text, calls: output.flatMap((item) => (item.type === "function_call" ? [[item.name, JSON.parse(item.arguments)] as const] : [])) };
}

function messageRequest(model: string): Anthropic.MessageCreateParamsNonStreaming {
	return { model, max_tokens: 500, messages: [{ role: "user", content: text }], tools: [{ name: "get_weather", input_schema: { ...parameters, type: "object" } }] };
}

function messageTold({ content }: Anthropic.Message): Told {
	return {
		text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
		calls: content.flatMap((block) => (block.type === "tool_use" ? [[block.name, block.input] as const] : [])),
	};
}

function contentRequest(model: string) {
	const declaration = { name: "get_weather", parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ["city"] } };
	return { model, contents: text, config: { tools: [{ functionDeclarations: [declaration] }] } };
}
