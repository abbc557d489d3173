import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { AssistantPart, Message, Prompt, ToolDefinition, UserPart } from "../../../../src/contract/prompt.ts";
import type { Quirks } from "../../../../src/rules/dialects/dialect.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";

function encode(prompt: Partial<Prompt>, { model = "claude-sonnet-4-5", quirks = {} }: { model?: string; quirks?: Quirks } = {}) {
	const settings = { maxOutputTokens: 8192, ...prompt.settings };
	const whole: Prompt = { messages: [user("Hi")], ...prompt, settings };
	const { body, warnings } = anthropicMessages.provider.encodeRequest(whole, { model, stream: false, quirks });
	return { body, warned: warnings.map(({ code, field }) => `${code} ${field}`), warnings };
}
const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const assistant = (...content: AssistantPart[]): Message => ({ role: "assistant", content });
const call = (toolCallId: string, input = "{}"): AssistantPart => ({ type: "tool-call", toolCallId, toolName: "look", input });
const result = (toolCallId: string, text = "ok") => ({ type: "tool-result", toolCallId, output: { type: "text", text } }) as const;
const tool = (name: string): ToolDefinition => ({ type: "function", name, inputSchema: { type: "object" } });

describe("messages", () => {
	it("system messages in front become `system`, with their cache marks (envoy #2478)", () => {
		const { body } = encode({
			messages: [
				{ role: "system", content: [{ type: "text", text: "a" }] },
				{ role: "system", content: [{ type: "text", text: "b", metadata: { anthropic: { cache_control: { type: "ephemeral" } } } }] },
				user("Hi"),
			],
		});
		expect(body["system"]).toEqual([
			{ type: "text", text: "a" },
			{ type: "text", text: "b", cache_control: { type: "ephemeral" } },
		]);
		expect(body["messages"]).toEqual([{ role: "user", content: "Hi" }]);
	});

	it("one plain system text is a string", () => {
		expect(encode({ messages: [{ role: "system", content: [{ type: "text", text: "a" }] }, user("Hi")] }).body["system"]).toBe("a");
	});

	it("a system message behind the first turn stays in its place as the user's text, with a warning", () => {
		const { body, warned } = encode({ messages: [user("a"), assistant({ type: "text", text: "b" }), { role: "system", content: [{ type: "text", text: "c" }] }] });
		expect(body["messages"]).toEqual([{ role: "user", content: "a" }, { role: "assistant", content: "b" }, { role: "user", content: "c" }]);
		expect(warned).toEqual(["changed-setting messages[2]"]);
	});

	it("a system message that the caller placed in Anthropic's own way stays one", () => {
		const inline: Message = { role: "system", content: [{ type: "text", text: "c" }], metadata: { anthropic: { role: "system" } } };
		const { body, warned } = encode({ messages: [user("a"), inline] });
		expect(body["messages"]).toEqual([{ role: "user", content: "a" }, { role: "system", content: "c" }]);
		expect(warned).toEqual([]);
	});

	it("all results of one turn stand first in one user message right behind it (req_llm #243, claude-code #2697)", () => {
		const { body } = encode({
			messages: [
				user("go"),
				assistant(call("a"), call("b")),
				{ role: "tool", content: [result("a")] },
				user("and?"),
				{ role: "tool", content: [{ ...result("b"), isError: true }] },
			],
		});
		expect((body["messages"] as JsonObject[])[2]).toEqual({
			role: "user",
			content: [
				{ type: "tool_result", tool_use_id: "a", content: "ok" },
				{ type: "tool_result", tool_use_id: "b", content: "ok", is_error: true },
				{ type: "text", text: "and?" },
			],
		});
	});

	it("empty and blank texts are left out, and messages that hold nothing else", () => {
		const { body } = encode({ messages: [user("a"), assistant({ type: "text", text: "" }), user(" \n"), user("b")] });
		expect(body["messages"]).toEqual([{ role: "user", content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] }]);
	});

	it("an answer to continue does not end in white space", () => {
		const { body, warned } = encode({ messages: [user("a"), assistant({ type: "text", text: "The answer is " })] });
		expect((body["messages"] as JsonObject[])[1]).toEqual({ role: "assistant", content: "The answer is" });
		expect(warned).toEqual(["changed-setting messages[1]"]);
	});

	it("tool ids of other vendors are made to fit, alike in call and result", () => {
		const { body } = encode({ messages: [user("go"), assistant(call("functions.look:0")), { role: "tool", content: [result("functions.look:0")] }] });
		const text = JSON.stringify(body);
		expect(text).not.toContain("functions.look:0");
		expect(text.match(/functions_look_0/g)).toHaveLength(2);
	});

	it.each([
		["nothing", "", {}, []],
		["an object", '{"a":1}', { a: 1 }, []],
		["cut off (agentgateway #2776)", '{"a":', { invalid_input: '{"a":' }, ["changed-setting messages[1]"]],
		["not an object", "[1]", { invalid_input: "[1]" }, ["changed-setting messages[1]"]],
	])("a call's input is an object on the wire: %s", (_, text, input, expected) => {
		const { body, warned } = encode({ messages: [user("go"), assistant(call("a", text)), { role: "tool", content: [result("a")] }] });
		expect(JSON.stringify(body)).toContain(JSON.stringify({ type: "tool_use", id: "a", name: "look", input }));
		expect(warned).toEqual(expected);
	});
});

describe("reasoning parts", () => {
	const turns = (...parts: AssistantPart[]) => encode({ messages: [user("go"), assistant(...parts, { type: "text", text: "x" }), user("on")] });

	it("signed and redacted thinking is replayed exactly and in order (hebo #131, vercel/ai #19058)", () => {
		const { body, warned } = turns(
			{ type: "reasoning", text: "hm", metadata: { anthropic: { signature: "sig" } } },
			{ type: "reasoning", text: "", metadata: { anthropic: { redactedData: "enc" } } },
		);
		expect((body["messages"] as JsonObject[])[1]?.["content"]).toEqual([
			{ type: "thinking", thinking: "hm", signature: "sig" },
			{ type: "redacted_thinking", data: "enc" },
			{ type: "text", text: "x" },
		]);
		expect(warned).toEqual([]);
	});

	it.each([
		["none", {}],
		["a blank one", { metadata: { anthropic: { signature: "" } } }],
		["another vendor's", { metadata: { openai: { encrypted_content: "e" } } }],
	])("thinking with no signature of Anthropic is dropped, for a blank one is a 400 (hermes PR #24107): %s", (_, rest) => {
		const { body, warned } = turns({ type: "reasoning", text: "hm", ...rest });
		expect((body["messages"] as JsonObject[])[1]).toEqual({ role: "assistant", content: "x" });
		expect(warned).toEqual(["unsupported-part messages[1]"]);
	});

	it("the same warning is told once, however long the conversation", () => {
		const round: Message[] = [assistant({ type: "reasoning", text: "hm" }, { type: "text", text: "x" }), user("on")];
		expect(encode({ messages: [user("go"), ...round, ...round, ...round] }).warned).toHaveLength(1);
	});
});

describe("files (Bifrost #4402, vercel/ai #17681, #16994, #16655)", () => {
	const png = "iVBORw0KGgoAAAA";
	it.each<[string, UserPart, JsonObject]>([
		["image as base64", { type: "file", mediaType: "image/png", data: { type: "base64", base64: "aa" } }, { type: "image", source: { type: "base64", media_type: "image/png", data: "aa" } }],
		["image of an untold type", { type: "file", mediaType: "image/*", data: { type: "base64", base64: png } }, { type: "image", source: { type: "base64", media_type: "image/png", data: png } }],
		["image by URL", { type: "file", mediaType: "image/*", data: { type: "url", url: "https://x/y.png" } }, { type: "image", source: { type: "url", url: "https://x/y.png" } }],
		["image as data URL", { type: "file", mediaType: "image/*", data: { type: "url", url: "data:image/gif;base64,R0" } }, { type: "image", source: { type: "base64", media_type: "image/gif", data: "R0" } }],
		["image stored at the provider", { type: "file", mediaType: "image/*", data: { type: "id", id: "file_1" } }, { type: "image", source: { type: "file", file_id: "file_1" } }],
		["PDF", { type: "file", mediaType: "application/pdf", filename: "a.pdf", data: { type: "base64", base64: "JV" } }, { type: "document", source: { type: "base64", media_type: "application/pdf", data: "JV" }, title: "a.pdf" }],
		["PDF by URL", { type: "file", mediaType: "application/pdf", data: { type: "url", url: "https://x/y.pdf" } }, { type: "document", source: { type: "url", url: "https://x/y.pdf" } }],
		["text", { type: "file", mediaType: "text/markdown", data: { type: "text", text: "# a" } }, { type: "document", source: { type: "text", media_type: "text/plain", data: "# a" } }],
		["text as base64", { type: "file", mediaType: "application/json", data: { type: "base64", base64: "e30=" } }, { type: "document", source: { type: "text", media_type: "text/plain", data: "{}" } }],
		["document stored at the provider", { type: "file", mediaType: "application/octet-stream", data: { type: "id", id: "file_1" } }, { type: "document", source: { type: "file", file_id: "file_1" } }],
	])("%s", (_, part, block) => {
		const said = encode({ messages: [{ role: "user", content: [part] }] });
		expect(said.body["messages"]).toEqual([{ role: "user", content: [block] }]);
		const inResult = encode({
			messages: [user("go"), assistant(call("a")), { role: "tool", content: [{ ...result("a"), output: { type: "parts", parts: [part] } }] }],
		});
		expect((inResult.body["messages"] as JsonObject[])[2]?.["content"]).toEqual([{ type: "tool_result", tool_use_id: "a", content: [block] }]);
		expect([...said.warned, ...inResult.warned]).toEqual([]);
	});

	it.each<[string, UserPart]>([
		["audio", { type: "file", mediaType: "audio/wav", data: { type: "base64", base64: "aa" } }],
		["an address of another cloud", { type: "file", mediaType: "image/png", data: { type: "url", url: "gs://bucket/a.png" } }],
		["text by URL", { type: "file", mediaType: "text/plain", data: { type: "url", url: "https://x/y.txt" } }],
		["a block of another dialect", { type: "opaque", dialect: "openai-chat", value: { type: "x" } }],
	])("%s is left out with a warning, never in silence", (_, part) => {
		const { body, warned } = encode({ messages: [{ role: "user", content: [part, { type: "text", text: "see" }] }] });
		expect(body["messages"]).toEqual([{ role: "user", content: "see" }]);
		expect(warned).toEqual(["unsupported-part messages[0]"]);
	});
});

describe("tools", () => {
	it("keep their order (Bifrost #2347), their cache marks (envoy #2478) and get an object schema", () => {
		const { body } = encode({
			tools: [
				{ type: "function", name: "z", description: "d", inputSchema: {}, metadata: { anthropic: { cache_control: { type: "ephemeral" } } } },
				tool("a"),
			],
		});
		expect(body["tools"]).toEqual([
			{ cache_control: { type: "ephemeral" }, name: "z", description: "d", input_schema: { type: "object" } },
			{ name: "a", input_schema: { type: "object" } },
		]);
	});

	it("provider-run tools pass in their own dialect and are refused aloud in another (envoy #2467, agentgateway #2804)", () => {
		const definition = { type: "web_search_20250305", name: "web_search" };
		const { body, warned } = encode({
			tools: [
				{ type: "provider", name: "web_search", dialect: "anthropic-messages", definition },
				{ type: "provider", name: "file_search", dialect: "openai-chat", definition: {} },
			],
		});
		expect(body["tools"]).toEqual([definition]);
		expect(warned).toEqual(["unsupported-tool tools.file_search"]);
	});

	it.each<[string, Partial<Prompt>, JsonObject | undefined]>([
		["none said", {}, undefined],
		["auto", { toolChoice: { type: "auto" } }, { type: "auto" }],
		["required", { toolChoice: { type: "required" } }, { type: "any" }],
		["one tool", { toolChoice: { type: "tool", toolName: "a" } }, { type: "tool", name: "a" }],
		["none (Portkey PR #1477)", { toolChoice: { type: "none" } }, { type: "none" }],
		["no parallel calls (vercel/ai #18998)", { parallelToolCalls: false }, { type: "auto", disable_parallel_tool_use: true }],
		["one call and no more", { toolChoice: { type: "required" }, parallelToolCalls: false }, { type: "any", disable_parallel_tool_use: true }],
	])("choice: %s", (_, fields, expected) => {
		const { body } = encode({ tools: [tool("a")], ...fields });
		expect(body["tool_choice"]).toEqual(expected);
	});

	it("allowed tools become the only tools, with a warning (vercel/ai #17560)", () => {
		const { body, warned } = encode({ tools: [tool("a"), tool("b")], toolChoice: { type: "allowed", mode: "required", toolNames: ["b"] } });
		expect(body).toMatchObject({ tools: [{ name: "b" }], tool_choice: { type: "any" } });
		expect(warned).toEqual(["changed-setting toolChoice"]);
	});

	it("a choice without tools is not sent, for it is refused", () => {
		expect(encode({ toolChoice: { type: "required" } }).body).not.toHaveProperty("tool_choice");
	});
});

describe("settings", () => {
	it("an output limit is demanded: 4096 where nobody said one, with a warning (busbar docs/protocols.md)", () => {
		const none = { settings: { maxOutputTokens: undefined } } as unknown as Partial<Prompt>;
		expect(encode(none)).toMatchObject({ body: { max_tokens: 4096 }, warned: ["changed-setting settings.maxOutputTokens"] });
		expect(encode(none, { quirks: { defaultMaxOutputTokens: 100 } }).body["max_tokens"]).toBe(100);
	});

	it("what Anthropic has no field for is a warning each", () => {
		const { body, warned } = encode({ settings: { seed: 1, presencePenalty: 1, frequencyPenalty: 1, temperature: 0.7 } });
		expect(warned).toEqual(["seed", "presencePenalty", "frequencyPenalty"].map((name) => `unsupported-setting settings.${name}`));
		expect(body["temperature"]).toBe(0.7);
	});

	it("what the vendor refuses is dropped with a warning", () => {
		const { body, warned } = encode({ settings: { topK: 5 } }, { quirks: { unsupported: ["topK"] } });
		expect(body).not.toHaveProperty("top_k");
		expect(warned).toEqual(["unsupported-setting settings.topK"]);
	});

	it("temperature ends at 1", () => {
		expect(encode({ settings: { temperature: 1.6 } })).toMatchObject({ body: { temperature: 1 }, warned: ["changed-setting settings.temperature"] });
	});

	it("stop sequences, top_p, top_k and the user are sent", () => {
		const { body } = encode({ settings: { stopSequences: ["x"], topP: 0.5, topK: 3, user: "u" } });
		expect(body).toMatchObject({ stop_sequences: ["x"], top_p: 0.5, top_k: 3, metadata: { user_id: "u" } });
	});

	it("extras of this dialect are sent, and never in place of a canonical field", () => {
		const { body } = encode({ extras: { dialect: "anthropic-messages", fields: { service_tier: "auto", model: "evil", stream: true, messages: [], temperature: 9 } } });
		expect(body).toMatchObject({ service_tier: "auto", model: "claude-sonnet-4-5" });
		expect(body).not.toHaveProperty("stream");
		expect(body).not.toHaveProperty("temperature");
	});

	it("extras of another dialect are a warning each", () => {
		const { body, warned } = encode({ extras: { dialect: "openai-chat", fields: { logprobs: true, store: false } } });
		expect(body).not.toHaveProperty("logprobs");
		expect(warned).toEqual(["unsupported-setting logprobs", "unsupported-setting store"]);
	});
});

describe("structured output", () => {
	const output = { type: "json-schema", schema: { type: "object" }, name: "n", strict: true } as const;
	it("uses the native form", () => {
		expect(encode({ output }).body["output_config"]).toEqual({ format: { type: "json_schema", schema: { type: "object" } } });
	});
	it.each([
		["the vendor has none", output, { structuredOutput: "none" } as const],
		["JSON without a schema", { type: "json" } as const, {}],
	])("is a warning where %s", (_, format, quirks) => {
		const { body, warned } = encode({ output: format }, { quirks });
		expect(body).not.toHaveProperty("output_config");
		expect(warned).toEqual(["unsupported-setting output"]);
	});
});

describe("reasoning settings (vercel/ai #16687, #18989, #19038)", () => {
	it.each<[string, string, NonNullable<Prompt["settings"]["reasoning"]>, JsonObject, string[]]>([
		["effort on a model that counts in budgets", "claude-sonnet-4-5-20250929", { effort: "low" }, { thinking: { type: "enabled", budget_tokens: 4096 } }, []],
		["effort with a budget that does not fit", "claude-3-7-sonnet-20250219", { effort: "high" }, { thinking: { type: "enabled", budget_tokens: 4096 } }, ["changed-setting settings.reasoning.budgetTokens"]],
		["effort on an adaptive model", "claude-opus-4-6", { effort: "high" }, { thinking: { type: "adaptive" }, output_config: { effort: "high" } }, []],
		["effort on the newest models", "claude-fable-5", { effort: "minimal" }, { thinking: { type: "adaptive" }, output_config: { effort: "low" } }, []],
		["effort on a model of another vendor", "kimi-k2", { effort: "minimal" }, { thinking: { type: "enabled", budget_tokens: 1024 } }, []],
		["effort on a model that cannot", "claude-3-5-haiku-20241022", { effort: "high" }, {}, ["unsupported-setting settings.reasoning"]],
		["no reasoning asked for", "claude-opus-4-6", { effort: "none" }, { thinking: { type: "disabled" } }, []],
		["Anthropic's own budget", "claude-opus-4-20250514", { mode: "enabled", budgetTokens: 2000 }, { thinking: { type: "enabled", budget_tokens: 2000 } }, []],
		["a budget above the output limit", "claude-opus-4-5", { budgetTokens: 9000 }, { thinking: { type: "enabled", budget_tokens: 4096 } }, ["changed-setting settings.reasoning.budgetTokens"]],
		["a budget on a model that takes none", "claude-opus-4-7", { mode: "enabled", budgetTokens: 2000 }, { thinking: { type: "adaptive" } }, ["changed-setting settings.reasoning"]],
		["disabled", "claude-sonnet-4-5", { mode: "disabled" }, { thinking: { type: "disabled" } }, []],
		["a mode nobody knows yet", "claude-opus-5", { mode: "between_tools" }, { thinking: { type: "between_tools" } }, []],
	])("%s", (_, model, reasoning, expected, warned) => {
		const encoded = encode({ settings: { reasoning } }, { model });
		const { thinking, output_config } = encoded.body;
		expect({ ...(thinking === undefined ? {} : { thinking }), ...(output_config === undefined ? {} : { output_config }) }).toEqual(expected);
		expect(encoded.warned).toEqual(warned);
	});

	it("goes without sampling settings and forced tools", () => {
		const { body, warned } = encode({
			settings: { reasoning: { mode: "enabled", budgetTokens: 2000 }, temperature: 0.2, topK: 4, topP: 0.97 },
			tools: [tool("a")],
			toolChoice: { type: "tool", toolName: "a" },
		});
		expect(body).toMatchObject({ tool_choice: { type: "auto" }, top_p: 0.97 });
		expect(body).not.toHaveProperty("temperature");
		expect(warned).toEqual(["changed-setting toolChoice", "unsupported-setting settings.temperature", "unsupported-setting settings.topK"]);
	});

	it("the newest models take no sampling settings at all", () => {
		expect(encode({ settings: { temperature: 0.2 } }, { model: "anthropic.claude-opus-4-7" })).toMatchObject({ warned: ["unsupported-setting settings.temperature"] });
		expect(encode({ settings: { temperature: 0.2 } }, { model: "claude-opus-4-6" }).body["temperature"]).toBe(0.2);
	});

	it("needs an output limit that leaves room", () => {
		const { body, warned } = encode({ settings: { maxOutputTokens: 500, reasoning: { effort: "low" } } });
		expect(body).not.toHaveProperty("thinking");
		expect(warned).toEqual(["unsupported-setting settings.reasoning"]);
	});
});

describe("counting tokens", () => {
	it("sends the prompt without what concerns the answer, whatever limit the caller gave", () => {
		const encoded = anthropicMessages.provider.tokenCount?.encodeRequest(
			{
				messages: [user("Hi")],
				tools: [tool("a")],
				settings: { maxOutputTokens: 1, temperature: 0.2, reasoning: { mode: "enabled", budgetTokens: 2000 } },
				extras: { dialect: "anthropic-messages", fields: { service_tier: "auto" } },
			},
			{ model: "claude-sonnet-4-5", stream: false, quirks: {} },
		);
		expect(encoded?.body).toEqual({
			model: "claude-sonnet-4-5",
			messages: [{ role: "user", content: "Hi" }],
			tools: [{ name: "a", input_schema: { type: "object" } }],
			thinking: { type: "enabled", budget_tokens: 2000 },
		});
	});
	it.each([
		[{ input_tokens: 12 }, { ok: true, value: 12 }],
		[{ tokens: 12 }, { ok: false, problem: { kind: "protocol" } }],
	])("reads %j", (body, expected) => {
		expect(anthropicMessages.provider.tokenCount?.decodeAnswer(body)).toMatchObject(expected);
	});
});
