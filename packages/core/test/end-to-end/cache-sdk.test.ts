import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, describe, expect, it } from "vitest";
import { createGateway, type Gateway, memoryStore, simulator } from "../../src/index.ts";
import { sqliteCacheStore } from "../../src/node/sqlite/sqlite-cache-store.ts";

const question = "What is the weather in Bern, and <why>?\n\nSay it twice.";
const schema = { type: "object" as const, properties: { city: { type: "string" } } };

/** What the SDK makes of a stream, whole: what was streamed first, and what is streamed again, must come to the same. */
const dialects: Readonly<Record<string, (gateway: Gateway, model: string, headers: Record<string, string>) => Promise<object>>> = {
	async "chat completions"(gateway, model, headers) {
		const tools = [{ type: "function" as const, function: { name: "get_weather", parameters: schema } }];
		const messages = [{ role: "user" as const, content: question }];
		const stream = openai(gateway).chat.completions.stream({ model, messages, ...(model === "sim/tools" ? { tools } : {}), stream_options: { include_usage: true } }, { headers });
		let thoughts = "";
		// A field that the SDK does not know: of its pieces it keeps the last.
		for await (const { choices } of stream) thoughts += (choices[0]?.delta as { readonly reasoning_content?: string } | undefined)?.reasoning_content ?? "";
		return { ...(await stream.finalChatCompletion()), thoughts };
	},
	responses: async (gateway, model, headers) =>
		openai(gateway)
			.responses.stream({ model, input: question, tools: model === "sim/tools" ? [{ type: "function", name: "get_weather", parameters: schema, strict: false }] : [] }, { headers })
			.finalResponse(),
	messages: async (gateway, model, headers) =>
		new Anthropic({ apiKey: "token", baseURL: "http://postern", fetch: fetchOf(gateway), maxRetries: 0 }).messages
			.stream({ model, max_tokens: 2000, messages: [{ role: "user", content: question }], tools: model === "sim/tools" ? [{ name: "get_weather", input_schema: schema }] : [] }, { headers })
			.finalMessage(),
};

function openai(gateway: Gateway): OpenAI {
	return new OpenAI({ apiKey: "token", baseURL: "http://postern/v1", fetch: fetchOf(gateway), maxRetries: 0 });
}

function fetchOf(gateway: Gateway): typeof fetch {
	return (input, init) => gateway.fetch(new Request(input, init));
}

/** Without what is new in every answer. */
function lasting(answer: object): unknown {
	return JSON.parse(JSON.stringify(answer, (name, value: unknown) => (["id", "created", "created_at", "completed_at", "item_id", "_request_id", "reasoning_content"].includes(name) ? undefined : value)));
}

const gateways: Gateway[] = [];
afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));

describe.each(["memory", "sqlite"])("a streamed answer from the cache in %s", (place) => {
	describe.each(Object.entries(dialects))("in %s", (_, stream) => {
		it.each(["sim/echo", "sim/tools", "sim/reasoning"])("%s: says to the SDK what the first one said, to the letter", async (model) => {
			let calls = 0;
			const sim = simulator();
			const counted = { ...sim, send: (...request: Parameters<typeof sim.send>) => (calls++, sim.send(...request)) };
			const cache = place === "sqlite" ? { store: sqliteCacheStore(":memory:") } : {};
			const gateway = createGateway({ providers: { sim: counted }, token: "token", store: memoryStore(), cache });
			gateways.push(gateway);
			const headers = { "x-postern-cache": "tool-calls" };
			const [first, second, third] = [await stream(gateway, model, headers), await stream(gateway, model, headers), await stream(gateway, model, headers)];
			expect(calls).toBe(1);
			expect(lasting(second)).toEqual(lasting(first));
			expect(lasting(third)).toEqual(lasting(first));
			expect(JSON.stringify(lasting(first))).toMatch(model === "sim/tools" ? /get_weather/ : /Say it twice/);
		});
	});
});
