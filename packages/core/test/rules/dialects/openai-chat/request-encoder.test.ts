import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { FunctionTool, Message, Prompt, Settings, ToolDefinition, UserPart } from "../../../../src/contract/prompt.ts";
import type { Quirks } from "../../../../src/rules/dialects/dialect.ts";
import { prompted } from "./helpers.ts";

const user = (...content: readonly UserPart[]): Message => ({ role: "user", content });
const tool = (name: string): FunctionTool => ({ type: "function", name, inputSchema: { type: "object" } });
const messagesOf = (messages: readonly Message[], quirks?: Quirks) => prompted({ messages }, quirks).body.messages;
const fields = (warnings: readonly { field?: string }[]) => warnings.map((warning) => warning.field);

describe("the output limit", () => {
	it("goes into the one field that the vendor knows (CLIProxyAPI 3230e3702, Bifrost #6457)", () => {
		const limits = (quirks: Quirks) => {
			const { max_tokens, max_completion_tokens } = prompted({ settings: { maxOutputTokens: 5 } }, quirks).body;
			return { max_tokens, max_completion_tokens };
		};
		expect(limits({})).toEqual({ max_completion_tokens: 5 });
		expect(limits({ maxTokensField: "max_tokens" })).toEqual({ max_tokens: 5 });
	});
});

describe("settings", () => {
	it.each<[Settings, JsonObject, Quirks?]>([
		[{ maxOutputTokens: 5 }, { max_completion_tokens: 5 }],
		[{ maxOutputTokens: 5 }, { max_tokens: 5 }, { maxTokensField: "max_tokens" }],
		[{ temperature: 0.7, topP: 0.1 }, { temperature: 0.7, top_p: 0.1 }],
		[{ stopSequences: ["a", "b"] }, { stop: ["a", "b"] }],
		[{ stopSequences: [] }, {}],
		[{ seed: 1, presencePenalty: 1, frequencyPenalty: -1, user: "u" }, { seed: 1, presence_penalty: 1, frequency_penalty: -1, user: "u" }],
		[{ reasoning: { effort: "xhigh", budgetTokens: 1 } }, { reasoning_effort: "xhigh" }],
		[{ reasoning: { mode: "adaptive" } }, {}],
	])("%j becomes %j", (settings, expected, quirks) => {
		const { body, warnings } = prompted({ settings }, quirks);
		const { model: _, messages: __, ...rest } = body;
		expect(rest).toEqual(expected);
		expect(warnings).toEqual([]);
	});

	it.each<[Settings, JsonObject, string, Quirks?]>([
		[{ topK: 5 }, {}, "settings.topK"],
		[{ seed: 5 }, {}, "settings.seed", { unsupported: ["seed"] }],
		[{ reasoning: { mode: "disabled" } }, {}, "settings.reasoning.mode"],
		[{ reasoning: { budgetTokens: 1024 } }, { reasoning_effort: "low" }, "settings.reasoning.budgetTokens"],
		[{ reasoning: { budgetTokens: 10_000, mode: "enabled" } }, { reasoning_effort: "medium" }, "settings.reasoning.budgetTokens"],
		[{ reasoning: { budgetTokens: 60_000 } }, { reasoning_effort: "high" }, "settings.reasoning.budgetTokens"],
	])("%j becomes %j with a warning for %s (vercel/ai #16687)", (settings, expected, field, quirks) => {
		const { body, warnings } = prompted({ settings }, quirks);
		const { model: _, messages: __, ...rest } = body;
		expect(rest).toEqual(expected);
		expect(fields(warnings)).toEqual([field]);
	});

	it("always asks for the usage of a stream, unless the vendor refuses that (quotio #460)", () => {
		expect(prompted({}, {}, true).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
		expect(prompted({}, { streamUsage: false }, true).body).not.toHaveProperty("stream_options");
		expect(prompted({}).body).not.toHaveProperty("stream");
	});
});

describe("extras", () => {
	it("go back to their own dialect, but never over what is canonical, nor bring tools in", () => {
		const extras = {
			dialect: "openai-chat",
			fields: { logprobs: true, model: "evil", messages: [], stream: true, tools: [{}], functions: [{}], n: 5, max_tokens: 1, stream_options: { include_obfuscation: false, include_usage: false } },
		} as const;
		expect(prompted({ extras }, {}, true).body).toEqual({
			logprobs: true,
			model: "gpt-4o",
			messages: [{ role: "user", content: "Hi" }],
			stream: true,
			stream_options: { include_obfuscation: false, include_usage: true },
		});
		expect(prompted({ extras }).body).toEqual({ logprobs: true, model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] });
	});
	it("of another dialect are a warning each", () => {
		const { body, warnings } = prompted({ extras: { dialect: "anthropic-messages", fields: { container: "c", service_tier: "auto" } } });
		expect(body).toEqual({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] });
		expect(fields(warnings)).toEqual(["container", "service_tier"]);
	});
});

describe("messages", () => {
	it("keeps system and developer messages in their order, and says system where the vendor knows no developer", () => {
		const developer: Message = { role: "system", content: [{ type: "text", text: "b" }], metadata: { openai: { role: "developer", name: "n" } } };
		const messages = [{ role: "system", content: [{ type: "text", text: "a" }] } as const, user({ type: "text", text: "x" }), developer];
		expect(messagesOf(messages)).toEqual([{ role: "system", content: "a" }, { role: "user", content: "x" }, { role: "developer", content: "b", name: "n" }]);
		expect(messagesOf(messages, { developerRole: false })).toMatchObject([{ role: "system" }, { role: "user" }, { role: "system", content: "b" }]);
	});

	it.each<[string, UserPart, JsonObject]>([
		["an image by URL, with its detail", { type: "file", mediaType: "image/*", data: { type: "url", url: "https://a.example/x" }, metadata: { openai: { detail: "low" } } }, { type: "image_url", image_url: { url: "https://a.example/x", detail: "low" } }],
		["an image", { type: "file", mediaType: "image/webp", data: { type: "base64", base64: "AA" } }, { type: "image_url", image_url: { url: "data:image/webp;base64,AA" } }],
		["a document", { type: "file", mediaType: "application/pdf", filename: "a.pdf", data: { type: "base64", base64: "AA" } }, { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AA" } }],
		["a document without a name", { type: "file", mediaType: "application/pdf", data: { type: "base64", base64: "AA" } }, { type: "file", file: { filename: "file", file_data: "data:application/pdf;base64,AA" } }],
		["a stored file", { type: "file", mediaType: "application/octet-stream", data: { type: "id", id: "file-1" } }, { type: "file", file: { file_id: "file-1" } }],
		["audio", { type: "file", mediaType: "audio/x-wav", data: { type: "base64", base64: "AA" } }, { type: "input_audio", input_audio: { data: "AA", format: "wav" } }],
		["a part of its own", { type: "opaque", dialect: "openai-chat", value: { type: "video_url", video_url: {} } }, { type: "video_url", video_url: {} }],
	])("sends %s (Bifrost #4402)", (_, part, expected) => {
		const { body, warnings } = prompted({ messages: [user(part)] });
		expect(body.messages).toEqual([{ role: "user", content: [expected] }]);
		expect(warnings).toEqual([]);
	});

	it.each<[string, UserPart, string]>([
		["a document by URL", { type: "file", mediaType: "application/pdf", data: { type: "url", url: "https://a.example" } }, ""],
		["another dialect's part", { type: "opaque", dialect: "anthropic-messages", value: {} }, ""],
		["a document of plain text", { type: "file", mediaType: "text/plain", data: { type: "text", text: "words" } }, "words"],
	])("warns of %s", (_, part, content) => {
		const { body, warnings } = prompted({ messages: [user(part)] });
		expect(body.messages).toEqual([{ role: "user", content }]);
		expect(warnings).toMatchObject([{ code: "unsupported-part", field: "messages[0].content[0]" }]);
	});

	it("sends reasoning_details back as they came, also without words", () => {
		const reasoning_details = [{ type: "reasoning.encrypted", data: "AA", index: 0 }];
		const part = (text: string): Message => ({ role: "assistant", content: [{ type: "reasoning", text, metadata: { openai: { field: "reasoning", reasoning_details } } }] });
		expect(messagesOf([part("why")])).toMatchObject([{ role: "assistant", reasoning: "why", reasoning_details }]);
		expect(messagesOf([part("")])).toEqual([{ role: "assistant", content: "", reasoning_details }]);
	});

	it("sends reasoning back where it came from, and another vendor's never as text (LiteLLM #26916, mnfst/llm-gateway #2721)", () => {
		const reasoning = (metadata: Record<string, JsonObject>): Message => ({
			role: "assistant",
			content: [{ type: "reasoning", text: "secret thought", metadata }, { type: "text", text: "so" }],
		});
		expect(messagesOf([reasoning({ openai: { field: "reasoning_content" } })])).toEqual([{ role: "assistant", content: "so", reasoning_content: "secret thought" }]);
		expect(messagesOf([reasoning({ openai: { field: "reasoning" } })])).toEqual([{ role: "assistant", content: "so", reasoning: "secret thought" }]);
		expect(messagesOf([reasoning({ openai: { field: "thinking" } })])).toMatchObject([
			{ content: [{ type: "thinking", thinking: [{ type: "text", text: "secret thought" }] }, { type: "text", text: "so" }] },
		]);
		for (const metadata of [{ anthropic: { signature: "s" } }, { openai: { field: "role" } }]) {
			const { body, warnings } = prompted({ messages: [reasoning(metadata)] });
			expect(body.messages).toEqual([{ role: "assistant", content: "so" }]);
			expect(fields(warnings)).toEqual(["messages[0].content[0]"]);
		}
		const only: Message = { role: "assistant", content: [{ type: "reasoning", text: "", metadata: { anthropic: { redactedData: "x" } } }] };
		expect(messagesOf([only])).toEqual([{ role: "assistant", content: "" }]);
	});

	it("sends calls and their results, numbers as they were written", () => {
		const messages: readonly Message[] = [
			{ role: "assistant", content: [{ type: "tool-call", toolCallId: "a", toolName: "f", input: '{"n":0.10}', metadata: { openai: { extra_content: { google: 1 } } } }, { type: "tool-call", toolCallId: "b", toolName: "g", input: "{}" }] },
			{ role: "tool", content: [{ type: "tool-result", toolCallId: "a", output: { type: "text", text: "1" } }, { type: "tool-result", toolCallId: "b", output: { type: "parts", parts: [{ type: "text", text: "2" }] } }] },
		];
		expect(messagesOf(messages)).toEqual([
			{
				role: "assistant",
				content: null,
				tool_calls: [
					{ id: "a", type: "function", function: { name: "f", arguments: '{"n":0.10}' }, extra_content: { google: 1 } },
					{ id: "b", type: "function", function: { name: "g", arguments: "{}" } },
				],
			},
			{ role: "tool", tool_call_id: "a", content: "1" },
			{ role: "tool", tool_call_id: "b", content: "2" },
		]);
	});

	it("sends images inside tool results where the model can see them, with a warning (vercel/ai #17681)", () => {
		const image: UserPart = { type: "file", mediaType: "image/png", data: { type: "base64", base64: "AA" } };
		const result = (toolCallId: string, parts: readonly UserPart[]) => ({ type: "tool-result", toolCallId, output: { type: "parts", parts } }) as const;
		const { body, warnings } = prompted({ messages: [{ role: "tool", content: [result("a", [{ type: "text", text: "shot" }, image]), result("b", [])] }] });
		expect(body.messages).toEqual([
			{ role: "tool", tool_call_id: "a", content: "shot" },
			{ role: "tool", tool_call_id: "b", content: "" },
			{ role: "user", content: [{ type: "text", text: "Files that tool call a returned:" }, { type: "image_url", image_url: { url: "data:image/png;base64,AA" } }] },
		]);
		expect(fields(warnings)).toEqual(["messages[0].content[0].output"]);
	});

	it("warns that a failed tool cannot be called failed, and drops what another provider ran itself", () => {
		const failed: Message = { role: "tool", content: [{ type: "tool-result", toolCallId: "a", isError: true, output: { type: "text", text: "boom" } }] };
		const ran: Message = {
			role: "assistant",
			content: [
				{ type: "tool-call", toolCallId: "s", toolName: "web_search", input: "{}", providerExecuted: true },
				{ type: "tool-result", toolCallId: "s", output: { type: "text", text: "x" }, providerExecuted: true },
				{ type: "text", text: "found" },
			],
		};
		const { body, warnings } = prompted({ messages: [ran, failed] });
		expect(body.messages).toEqual([{ role: "assistant", content: "found" }, { role: "tool", tool_call_id: "a", content: "boom" }]);
		expect(fields(warnings)).toEqual(["messages[0].content[0]", "messages[0].content[1]", "messages[1].content[0].isError"]);
	});
});

describe("tools", () => {
	const custom: ToolDefinition = { type: "provider", name: "grep", dialect: "openai-chat", definition: { type: "custom", custom: { name: "grep" } } };
	const foreign: ToolDefinition = { type: "provider", name: "web_search", dialect: "anthropic-messages", definition: { type: "web_search_20250305" } };

	it.each<[string, Partial<Prompt>, JsonObject]>([
		["none", { toolChoice: { type: "none" } }, { tool_choice: "none" }],
		["a forced one", { toolChoice: { type: "tool", toolName: "b" } }, { tool_choice: { type: "function", function: { name: "b" } } }],
		["a forced custom one", { toolChoice: { type: "tool", toolName: "grep" } }, { tool_choice: { type: "custom", custom: { name: "grep" } } }],
		["some (vercel/ai #18998)", { toolChoice: { type: "allowed", mode: "auto", toolNames: ["a", "grep"] } }, { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "a" } }, { type: "custom", custom: { name: "grep" } }] } } }],
		["one at a time (Portkey PR #1477)", { parallelToolCalls: false }, { parallel_tool_calls: false }],
	])("chooses %s", (_, prompt, expected) => {
		const { body, warnings } = prompted({ tools: [tool("a"), tool("b"), custom], ...prompt });
		const { tools, model: __, messages: ___, ...rest } = body;
		expect(rest).toEqual(expected);
		expect(tools).toEqual([
			{ type: "function", function: { name: "a", parameters: { type: "object" } } },
			{ type: "function", function: { name: "b", parameters: { type: "object" } } },
			custom.definition,
		]);
		expect(warnings).toEqual([]);
	});

	it("warns of a tool that another provider runs, and of a choice that falls with it (envoy #2467)", () => {
		const { body, warnings } = prompted({ tools: [foreign, tool("a")], toolChoice: { type: "tool", toolName: "web_search" } });
		expect(body).toMatchObject({ tools: [{ function: { name: "a" } }] });
		expect(body).not.toHaveProperty("tool_choice");
		expect(fields(warnings)).toEqual(["tools.web_search", "toolChoice"]);
	});

	it("sends no choice where there are no tools: OpenAI would refuse it", () => {
		expect(prompted({ toolChoice: { type: "auto" }, parallelToolCalls: false })).toEqual({ body: { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] }, warnings: [] });
	});

	it("drops what the vendor refuses", () => {
		const { body, warnings } = prompted({ tools: [tool("a")], parallelToolCalls: true, toolChoice: { type: "auto" } }, { unsupported: ["parallelToolCalls", "toolChoice"] });
		expect(Object.keys(body).sort()).toEqual(["messages", "model", "tools"]);
		expect(fields(warnings).sort()).toEqual(["parallelToolCalls", "toolChoice"]);
	});
});

describe("structured output", () => {
	const schema = { type: "object", properties: { a: { type: "string" } } };
	it("is a JSON schema where the vendor knows it", () => {
		const { body } = prompted({ output: { type: "json-schema", schema, strict: true } });
		expect(body.response_format).toEqual({ type: "json_schema", json_schema: { name: "answer", schema, strict: true } });
	});
	it.each<["json-object" | "none", unknown]>([
		["json-object", { type: "json_object" }],
		["none", undefined],
	])("is left out with a warning where the vendor knows %s only: the prompt has to ask for it (vercel/ai #17919)", (structuredOutput, format) => {
		const messages: readonly Message[] = [{ role: "system", content: [{ type: "text", text: "s" }] }, user({ type: "text", text: "x" })];
		const { body, warnings } = prompted({ messages, output: { type: "json-schema", schema } }, { structuredOutput });
		expect(body.response_format).toEqual(format);
		expect(body.messages).toMatchObject([{ content: "s" }, { role: "user" }]);
		expect(warnings).toMatchObject([{ code: "unsupported-setting", field: "output" }]);
	});
});
