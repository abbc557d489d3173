import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { Message, Prompt } from "../../../../src/contract/prompt.ts";
import { openaiChat } from "../../../../src/rules/dialects/openai-chat/index.ts";
import { pack } from "../../../../src/rules/dialects/foreign-state.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";
import { decodeBody, prompted, promptOf } from "./helpers.ts";

const messagesOf = (input: unknown, rest: JsonObject = {}): readonly Message[] => promptOf({ input: input as JsonObject[string], ...rest }).messages;
const issuesOf = (body: JsonObject) => {
	const decoded = decodeBody(body);
	return decoded.ok ? [] : decoded.problem.map(({ path }) => path);
};
const sent = (prompt: Partial<Prompt>, options = {}) => prompted(prompt, options);
const user: Message = { role: "user", content: [{ type: "text", text: "Hi" }] };

describe("input", () => {
	it("is a string, or items without type or id, with null for absent (CLIProxyAPI 2e91e99e0, envoy #1839/#1879, hebo #206/#208)", () => {
		expect(messagesOf("Hi")).toEqual([user]);
		expect(messagesOf([{ role: "user", content: "Hi" }])).toEqual([user]);
		expect(messagesOf([{ type: null, id: null, status: null, role: "user", content: [{ type: "input_text", text: "Hi" }] }])).toEqual([user]);
		expect(promptOf({ input: "Hi", temperature: null, tools: null, tool_choice: null, text: null, reasoning: null, store: null, include: null })).toEqual({ messages: [user], settings: {} });
	});

	it("joins what the model said in a row, and puts all results right behind it", () => {
		const [assistant, results, next] = messagesOf([
			{ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "think" }], encrypted_content: "e" },
			{ role: "assistant", content: "I look" },
			{ type: "function_call", id: "fc_1", call_id: "a", name: "f", arguments: '{"n":1.10}', status: "completed" },
			{ type: "function_call", call_id: "b", name: "g", arguments: "" },
			{ type: "function_call_output", call_id: "a", output: "1" },
			{ role: "user", content: "Hi" },
			{ type: "function_call_output", call_id: "b", output: [{ type: "input_image", image_url: "https://x.example/a.png" }] },
		]);
		expect(assistant?.content).toEqual([
			{ type: "reasoning", text: "think", metadata: { responses: { encrypted_content: "e" } } },
			{ type: "text", text: "I look" },
			{ type: "tool-call", toolCallId: "a", toolName: "f", input: '{"n":1.10}' },
			{ type: "tool-call", toolCallId: "b", toolName: "g", input: "{}" },
		]);
		expect(results).toMatchObject({ role: "tool", content: [{ toolCallId: "a" }, { toolCallId: "b", output: { type: "parts", parts: [{ type: "file" }] } }] });
		expect(next).toEqual(user);
	});

	it("keeps items of tools that a provider runs, in their order and for that provider alone", () => {
		const call = { type: "mcp_approval_request", id: "mcpr_1", name: "f", arguments: "{}", server_label: "s" };
		const response = { type: "mcp_approval_response", approval_request_id: "mcpr_1", approve: true };
		const prompt = promptOf({ input: [call, response] as unknown as JsonObject[string] });
		expect(prompt.messages.map(({ role }) => role)).toEqual(["assistant", "user"]);
		expect(sent(prompt).body.input).toEqual([call, response]);
		const { warnings } = openaiChat.provider.encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		expect(warnings.map(({ code }) => code)).toContain("unsupported-part");
	});

	it.each<[string, JsonObject, string]>([
		["an item_reference", { input: [{ type: "item_reference", id: "rs_1" }] }, "input[0]"],
		["an id alone (vercel/ai #12869)", { input: [{ id: "rs_1" }] }, "input[0]"],
		["a call without a name", { input: [{ type: "function_call", call_id: "a", arguments: "" }] }, "input[0].name"],
		["a message without content", { input: [{ role: "user" }] }, "input[0].content"],
		["an image without address", { input: [{ role: "user", content: [{ type: "input_image" }] }] }, "input[0].content[0]"],
		["an image in instructions", { input: [{ role: "system", content: [{ type: "input_image", image_url: "u" }] }] }, "input[0].content[0].type"],
		["a tool without a name", { input: "x", tools: [{ type: "function" }] }, "tools[0].name"],
		["background", { input: "x", background: true }, "background"],
		["both histories", { input: "x", previous_response_id: "a", conversation: "b" }, "previous_response_id"],
		["nothing at all", {}, "input"],
	])("refuses %s by its place", (_, body, path) => expect(issuesOf(body)).toContain(path));

	it("takes images and files by data URL, address and id", () => {
		const [message] = messagesOf([
			{
				role: "user",
				content: [
					{ type: "input_image", detail: "high", image_url: "data:image/webp;base64,AAAA" },
					{ type: "input_image", file_id: "file-1" },
					{ type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
					{ type: "input_file", file_url: "https://x.example/b.pdf?x=1" },
					{ type: "input_file", file_id: "file-2" },
				],
			},
		]);
		expect(message?.content).toEqual([
			{ type: "file", mediaType: "image/webp", data: { type: "base64", base64: "AAAA" }, metadata: { openai: { detail: "high" } } },
			{ type: "file", mediaType: "image/*", data: { type: "id", id: "file-1" } },
			{ type: "file", mediaType: "application/pdf", data: { type: "base64", base64: "BBBB" }, filename: "a.pdf" },
			{ type: "file", mediaType: "application/pdf", data: { type: "url", url: "https://x.example/b.pdf?x=1" } },
			{ type: "file", mediaType: "application/octet-stream", data: { type: "id", id: "file-2" } },
		]);
	});
});

describe("reasoning", () => {
	const asked = (encrypted_content?: string, summary: JsonObject[] = []) =>
		promptOf({ input: [{ type: "reasoning", id: "rs_1", summary, ...(encrypted_content === undefined ? {} : { encrypted_content }) }, { role: "user", content: "Hi" }] });

	it("goes back with its encrypted state and without an id, and the provider stores nothing (vercel/ai #12869, Bifrost #5410, agentscope #2420)", () => {
		const { body } = sent(asked("e", [{ type: "summary_text", text: "a" }, { type: "summary_text", text: "b" }]), { model: "gpt-5.5" });
		expect(body).toMatchObject({ store: false, include: ["reasoning.encrypted_content"] });
		expect(body.input).toEqual([
			{ type: "reasoning", summary: [{ type: "summary_text", text: "a" }, { type: "summary_text", text: "b" }], encrypted_content: "e" },
			{ type: "message", role: "user", content: "Hi" },
		]);
	});

	it("without a state is left out with a warning: never an id alone, never visible text (mnfst/llm-gateway #2721, LiteLLM #26916)", () => {
		const { body, warnings } = sent(asked(undefined, [{ type: "summary_text", text: "secret thought" }]));
		expect(body.input).toEqual([{ type: "message", role: "user", content: "Hi" }]);
		expect(warnings).toMatchObject([{ code: "unsupported-part" }]);
	});

	it("of another vendor comes back whole by the same field, and is not sent to OpenAI", () => {
		const prompt = asked(pack({ anthropic: { signature: "sig" } }), [{ type: "summary_text", text: "thought" }]);
		expect(prompt.messages[0]?.content).toEqual([{ type: "reasoning", text: "thought", metadata: { anthropic: { signature: "sig" } } }]);
		const { body } = anthropicMessages.provider.encodeRequest(prompt, { model: "claude-opus-4-8", stream: false, quirks: {} });
		expect(JSON.stringify(body.messages)).toContain('"signature":"sig"');
		expect(JSON.stringify(sent(prompt).body)).not.toContain("postern:");
	});

	it.each([["gpt-5.5", true], ["o3-mini", true], ["openai/gpt-6-luna", true], ["gpt-4.1", false], ["gpt-5-chat-latest", false], ["llama-3.3-70b", false]] as const)(
		"asks %s for its state: %s",
		(model, isAsked) => expect(sent({}, { model }).body.include).toEqual(isAsked ? ["reasoning.encrypted_content"] : undefined),
	);

	it.each([
		[{ effort: "high" }, { effort: "high" }],
		[{ effort: "low", metadata: { responses: { summary: "auto" } } }, { summary: "auto", effort: "low" }],
		[{ budgetTokens: 8000 }, { effort: "medium" }],
		[{ mode: "disabled" }, undefined],
	])("effort and budgets: %j (vercel/ai #16687)", (reasoning, expected) => expect(sent({ settings: { reasoning } }).body.reasoning).toEqual(expected));
});

describe("tools", () => {
	const custom = { type: "custom", name: "patch", description: "Changes files", format: { type: "grammar", syntax: "lark", definition: "start: WORD" } };

	it("of free text are functions to every other provider, and themselves here (vercel/ai #15193, CLIProxyAPI ea37d13a9)", () => {
		const prompt = promptOf({
			input: [
				{ type: "custom_tool_call", call_id: "a", name: "patch", input: 'say "hi"\n', namespace: "ns" },
				{ type: "custom_tool_call_output", call_id: "a", output: "done" },
			],
			tools: [custom],
			tool_choice: { type: "custom", name: "patch" },
		});
		const own = sent(prompt).body;
		expect(own.tools).toEqual([custom]);
		expect(own.tool_choice).toEqual({ type: "custom", name: "patch" });
		expect(own.input).toEqual([
			{ type: "custom_tool_call", call_id: "a", name: "patch", input: 'say "hi"\n', namespace: "ns" },
			{ type: "custom_tool_call_output", call_id: "a", output: "done" },
		]);
		const chat = openaiChat.provider.encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		expect(chat.warnings).toEqual([]);
		expect(chat.body).toMatchObject({
			tools: [{ type: "function", function: { name: "patch", parameters: { required: ["input"], properties: { input: { description: expect.stringContaining("start: WORD") } } } } }],
			tool_choice: { type: "function", function: { name: "patch" } },
			messages: [{ tool_calls: [{ function: { arguments: '{"input":"say \\"hi\\"\\n"}' } }] }, { role: "tool", content: "done" }],
		});
	});

	it("that the provider runs pass as they came, and are a warning elsewhere (envoy #2467, agentgateway #2804, Bifrost #693)", () => {
		const hosted = [
			{ type: "web_search", filters: { allowed_domains: ["a.example"] } },
			{ type: "file_search", vector_store_ids: ["vs_1"] },
			{ type: "code_interpreter", container: { type: "auto" } },
			{ type: "mcp", server_label: "docs", server_url: "https://mcp.example", require_approval: "never" },
			{ type: "image_generation" },
			{ type: "computer_use_preview", display_width: 1, display_height: 1, environment: "browser" },
		];
		const prompt = promptOf({ input: "x", tools: hosted });
		expect(sent(prompt)).toMatchObject({ body: { tools: hosted }, warnings: [] });
		expect(prompt.tools?.map(({ name }) => name)).toEqual(["web_search", "file_search", "code_interpreter", "mcp__docs", "image_generation", "computer_use_preview"]);
		for (const { provider } of [openaiChat, anthropicMessages]) {
			const { warnings } = provider.encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
			expect(warnings.filter(({ code }) => code === "unsupported-tool").length).toBeGreaterThan(0);
		}
	});

	it.each<[JsonObject[string]]>([
		["none"],
		["required"],
		[{ type: "function", name: "f" }],
		[{ type: "web_search" }],
		[{ type: "mcp", server_label: "docs" }],
		[{ type: "mcp", server_label: "docs", name: "search" }],
		[{ type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "f" }, { type: "mcp", server_label: "docs" }] }],
	])("are chosen by %j, there and back (Portkey PR #1477, Bifrost PR #7348, vercel/ai #18998)", (tool_choice) => {
		const tools = [{ type: "function", name: "f", parameters: { type: "object" } }, { type: "web_search" }, { type: "mcp", server_label: "docs" }];
		const { body, warnings } = sent(promptOf({ input: "x", tools, tool_choice, parallel_tool_calls: false }));
		expect(body).toMatchObject({ tool_choice, parallel_tool_calls: false });
		expect(warnings).toEqual([]);
	});

	it("are strict only where that was asked for, or left to a provider that is so by itself", () => {
		const strictOf = (prompt: Partial<Prompt>) => (sent(prompt).body.tools as JsonObject[]).map(({ strict }) => strict);
		const tool = { type: "function", name: "f", parameters: { type: "object" } };
		expect(strictOf(promptOf({ input: "x", tools: [tool, { ...tool, strict: null }, { ...tool, strict: true }] }))).toEqual([undefined, undefined, true]);
		expect(strictOf({ tools: [{ type: "function", name: "f", inputSchema: { type: "object" } }] })).toEqual([false]);
	});
});

describe("a request", () => {
	it("has text.format for response_format, beside the verbosity (CLIProxyAPI 2e91e99e0)", () => {
		const format = { type: "json_schema", name: "n", schema: { type: "object" }, strict: true };
		const prompt = promptOf({ input: "x", text: { format, verbosity: "low" } });
		expect(prompt.output).toEqual({ type: "json-schema", name: "n", schema: { type: "object" }, strict: true });
		expect(sent(prompt).body.text).toEqual({ verbosity: "low", format });
		expect(openaiChat.provider.encodeRequest(prompt, { model: "m", stream: false, quirks: {} }).body.response_format).toMatchObject({ type: "json_schema" });
	});

	it("keeps instructions apart from system messages", () => {
		const prompt = promptOf({ instructions: "Be brief", input: [{ role: "developer", content: "Use tools" }, { role: "user", content: "Hi" }] });
		expect(sent(prompt).body).toMatchObject({ instructions: "Be brief", input: [{ role: "developer", content: "Use tools" }, { role: "user" }] });
		const chat = openaiChat.provider.encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		expect(chat.body.messages).toEqual([{ role: "system", content: "Be brief" }, { role: "developer", content: "Use tools" }, { role: "user", content: "Hi" }]);
	});

	it("warns of every setting that the dialect has no word for", () => {
		const { body, warnings } = sent({ settings: { topK: 1, stopSequences: ["x"], seed: 1, presencePenalty: 1, frequencyPenalty: 1, temperature: 0.7 } });
		expect(warnings.map(({ field }) => field)).toEqual(["settings.topK", "settings.stopSequences", "settings.seed", "settings.presencePenalty", "settings.frequencyPenalty"]);
		expect(body.temperature).toBe(0.7);
	});

	it("sends on what only this dialect knows, and never what the gateway answers for", () => {
		const fields = { service_tier: "flex", truncation: "auto", max_tool_calls: 3, include: ["file_search_call.results"] };
		const own = { store: true, metadata: { a: "b" }, previous_response_id: "resp_1", stream_options: { include_obfuscation: false } };
		const { body } = sent(promptOf({ input: "x", ...fields, ...own }));
		expect(body).toEqual({ ...fields, model: "gpt-4.1", input: [{ type: "message", role: "user", content: "x" }], store: false });
		const chat = openaiChat.provider.encodeRequest(promptOf({ input: "x", ...fields, ...own }), { model: "m", stream: false, quirks: {} });
		expect(chat.warnings.map(({ field }) => field).sort()).toEqual(["include", "max_tool_calls", "service_tier", "truncation"]);
	});
});
