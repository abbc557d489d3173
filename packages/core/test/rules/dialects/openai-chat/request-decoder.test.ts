import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { chatCompletionRequest } from "../../../../src/contract/wire/openai-chat.ts";
import { decodeBody } from "./helpers.ts";

const hi = { role: "user", content: "Hi" };
function decode(fields: JsonObject) {
	const decoded = decodeBody({ model: "m", messages: [hi], ...fields });
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
	return decoded.value;
}
const issuesOf = (fields: JsonObject) => {
	const decoded = decodeBody({ model: "m", messages: [hi], ...fields });
	return decoded.ok ? [] : decoded.problem;
};

describe("the schema", () => {
	it.each<[JsonObject, string]>([
		[{ messages: [] }, "messages"],
		[{ messages: [{ role: "boss", content: "x" }] }, "messages.0.role"],
		[{ messages: [{ role: "user" }] }, "messages.0.content"],
		[{ messages: [{ role: "user", content: 5 }] }, "messages.0.content"],
		[{ messages: [{ role: "tool", content: "x" }] }, "messages.0.tool_call_id"],
		[{ temperature: "warm" }, "temperature"],
		[{ max_tokens: 0 }, "max_tokens"],
		[{ tools: {} }, "tools"],
		[{ model: "" }, "model"],
		[{ stream: "yes" }, "stream"],
	])("refuses %j at %s", (fields, path) => {
		const parsed = chatCompletionRequest.safeParse({ model: "m", messages: [hi], ...fields });
		expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
	});
	it("takes null for every optional field (CLIProxyAPI 2e91e99e0, envoy #1839)", () => {
		const optional = Object.keys(chatCompletionRequest.shape).filter((key) => key !== "model" && key !== "messages");
		expect(decode(Object.fromEntries(optional.map((key) => [key, null])))).toEqual({
			model: "m",
			stream: false,
			includeUsage: false,
			prompt: { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }], settings: {} },
		});
	});
});

describe("settings and extras", () => {
	it.each<[JsonObject, JsonObject]>([
		[{ max_tokens: 5 }, { maxOutputTokens: 5 }],
		[{ max_tokens: 5, max_completion_tokens: 6 }, { maxOutputTokens: 6 }],
		[{ stop: "a" }, { stopSequences: ["a"] }],
		[{ stop: [] }, {}],
		[{ reasoning_effort: "low" }, { reasoning: { effort: "low" } }],
		[{ temperature: 0.7 }, { temperature: 0.7 }],
	])("%j becomes %j", (fields, settings) => {
		expect(decode(fields).prompt).toEqual({ messages: expect.anything(), settings });
	});
	it("keeps what has no canonical form for providers of this dialect", () => {
		const fields = { logprobs: true, top_logprobs: 2, modalities: ["text"], audio: null, stream_options: { include_usage: true, include_obfuscation: false }, response_format: { type: "grammar", grammar: "g" } };
		expect(decode({ ...fields, stream: true })).toMatchObject({
			stream: true,
			includeUsage: true,
			prompt: {
				extras: { dialect: "openai-chat", fields: { logprobs: true, top_logprobs: 2, modalities: ["text"], stream_options: { include_obfuscation: false }, response_format: fields.response_format } },
			},
		});
	});
	it.each<[JsonObject, string]>([
		[{ n: 2 }, "n"],
		[{ functions: [{ name: "f" }] }, "functions"],
		[{ function_call: "auto" }, "function_call"],
		[{ messages: [{ role: "function", name: "f", content: "x" }] }, "messages[0].role"],
		[{ messages: [{ role: "assistant", content: null, function_call: { name: "f", arguments: "" } }] }, "messages[0].function_call"],
		[{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages[0].content[0]"],
		[{ messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "messages[0].content[0]"],
		[{ messages: [{ role: "system", content: [{ type: "image_url", image_url: { url: "https://a.example" } }] }] }, "messages[0].content[0].type"],
		[{ messages: [{ role: "assistant", tool_calls: [{ id: "a", type: "function" }] }] }, "messages[0].tool_calls[0].function"],
		[{ tools: [{ type: "function" }] }, "tools[0].function.name"],
		[{ tool_choice: { type: "function", function: { name: "nope" } } }, "tool_choice"],
		[{ tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "nope" } }] } } }, "tool_choice.allowed_tools.tools[0]"],
	])("says what is wrong with %j", (fields, path) => {
		expect(issuesOf(fields)).toEqual([{ path, message: expect.stringMatching(/\w/) }]);
	});
	it("takes n of 1", () => {
		expect(decode({ n: 1 }).prompt).not.toHaveProperty("extras");
	});
});

describe("messages", () => {
	const messagesOf = (messages: readonly JsonObject[]) => decode({ messages }).prompt.messages;
	const callsOf = (...ids: readonly string[]) => ({ role: "assistant", content: null, tool_calls: ids.map((id) => ({ id, type: "function", function: { name: "f", arguments: "{}" } })) });
	const result = (id: string) => ({ role: "tool", tool_call_id: id, content: id });
	const outline = (messages: readonly JsonObject[]) =>
		messagesOf(messages).map((message) => (message.role === "tool" ? message.content.map((part) => part.toolCallId) : message.role));

	it("keeps system and developer messages where they stand", () => {
		expect(messagesOf([{ role: "developer", content: "a" }, hi, { role: "system", content: [{ type: "text", text: "b" }], name: "n" }])).toEqual([
			{ role: "system", content: [{ type: "text", text: "a" }], metadata: { openai: { role: "developer" } } },
			{ role: "user", content: [{ type: "text", text: "Hi" }] },
			{ role: "system", content: [{ type: "text", text: "b" }], metadata: { openai: { name: "n" } } },
		]);
	});

	it.each<[string, readonly JsonObject[], unknown]>([
		["in sequence become one message", [hi, callsOf("a", "b"), result("a"), result("b"), hi], ["user", "assistant", ["a", "b"], "user"]],
		["behind something else move to their turn", [callsOf("a", "b"), result("a"), hi, result("b")], ["assistant", ["a", "b"], "user"]],
		["of two turns stay apart", [callsOf("a"), result("a"), callsOf("b"), result("b")], ["assistant", ["a"], "assistant", ["b"]]],
		["with an id that comes again belong to the newest turn", [callsOf("a"), result("a"), callsOf("a"), result("a")], ["assistant", ["a"], "assistant", ["a"]]],
		["whose call a stored session holds stay where they are", [result("a"), result("b"), hi], [["a", "b"], "user"]],
	])("tool results %s (req_llm #243, adk-rust PR #279)", (_, messages, expected) => {
		expect(outline(messages)).toEqual(expected);
	});

	it.each<[string, JsonObject, unknown]>([
		["an image by URL", { type: "image_url", image_url: { url: "https://a.example/x", detail: "low" } }, { type: "file", mediaType: "image/*", data: { type: "url", url: "https://a.example/x" }, metadata: { openai: { detail: "low" } } }],
		["an image as data", { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }, { type: "file", mediaType: "image/png", data: { type: "base64", base64: "AA==" } }],
		["data with attributes", { type: "image_url", image_url: { url: "data:image/svg+xml;charset=utf-8;BASE64,AA" } }, { type: "file", mediaType: "image/svg+xml", data: { type: "base64", base64: "AA" } }],
		["a data URL that is not base64", { type: "image_url", image_url: { url: "data:text/plain,hi" } }, { type: "file", mediaType: "image/*", data: { type: "url", url: "data:text/plain,hi" } }],
		["a document", { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" } }, { type: "file", mediaType: "application/pdf", filename: "a.pdf", data: { type: "base64", base64: "AA" } }],
		["a stored file", { type: "file", file: { file_id: "file-1" } }, { type: "file", mediaType: "application/octet-stream", data: { type: "id", id: "file-1" } }],
		["audio", { type: "input_audio", input_audio: { data: "AA", format: "mp3" } }, { type: "file", mediaType: "audio/mpeg", data: { type: "base64", base64: "AA" } }],
		["a part that only vendors know", { type: "video_url", video_url: { url: "x" } }, { type: "opaque", dialect: "openai-chat", value: { type: "video_url", video_url: { url: "x" } } }],
		["a text with a cache mark", { type: "text", text: "a", cache_control: { type: "ephemeral" } }, { type: "text", text: "a", metadata: { openai: { cache_control: { type: "ephemeral" } } } }],
	])("reads %s", (_, part, expected) => {
		expect(messagesOf([{ role: "user", content: [part] }])).toEqual([{ role: "user", content: [expected] }]);
	});

	it("reads what an assistant said, in all its fields", () => {
		const audio = { id: "audio_1" };
		const custom = { id: "c", type: "custom", custom: { name: "grep", input: "x" } };
		const call = { id: "a", type: "function", function: { name: "f", arguments: '{"n":0.10}' }, extra_content: { google: { thought_signature: "s" } } };
		expect(messagesOf([{ role: "assistant", content: "so", refusal: "no", reasoning_content: "why", tool_calls: [call, custom], audio, prefix: true }])).toEqual([
			{
				role: "assistant",
				content: [
					{ type: "reasoning", text: "why", metadata: { openai: { field: "reasoning_content" } } },
					{ type: "text", text: "so" },
					{ type: "text", text: "no", refusal: true },
					{ type: "tool-call", toolCallId: "a", toolName: "f", input: '{"n":0.10}', metadata: { openai: { extra_content: { google: { thought_signature: "s" } } } } },
					{ type: "opaque", dialect: "openai-chat", value: { tool_calls: [custom] } },
					{ type: "opaque", dialect: "openai-chat", value: { audio } },
				],
				metadata: { openai: { prefix: true } },
			},
		]);
	});
	it("opens no empty text beside calls", () => {
		expect(messagesOf([{ ...callsOf("a"), content: "" }])).toMatchObject([{ content: [{ type: "tool-call" }] }]);
	});
});

describe("tools", () => {
	it("reads definitions, and keeps a provider's own as it came (agentgateway #2804)", () => {
		const search = { type: "web_search", filters: {} };
		const custom = { type: "custom", custom: { name: "grep" } };
		const made = { type: "function", function: { name: "f", description: "d", parameters: null, strict: null } };
		expect(decode({ tools: [made, search, custom], tool_choice: { type: "custom", custom: { name: "grep" } }, parallel_tool_calls: false }).prompt).toMatchObject({
			tools: [
				{ type: "function", name: "f", description: "d", inputSchema: { type: "object", properties: {} } },
				{ type: "provider", name: "web_search", dialect: "openai-chat", definition: search },
				{ type: "provider", name: "grep", dialect: "openai-chat", definition: custom },
			],
			toolChoice: { type: "tool", toolName: "grep" },
			parallelToolCalls: false,
		});
		expect(decode({ tools: [search], tool_choice: { type: "web_search" } }).prompt.toolChoice).toEqual({ type: "tool", toolName: "web_search" });
	});
});
