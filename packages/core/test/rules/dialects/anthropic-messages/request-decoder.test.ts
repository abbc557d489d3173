import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { countTokensRequest, messagesRequest } from "../../../../src/contract/wire/anthropic-messages.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";

const base = { model: "m", max_tokens: 10, messages: [{ role: "user", content: "Hi" }] };
const decode = (fields: object) => anthropicMessages.caller.decodeRequest(messagesRequest.parse({ ...base, ...fields }));
function promptOf(fields: object) {
	const decoded = decode(fields);
	if (!decoded.ok) throw new Error(JSON.stringify(decoded.problem));
	return decoded.value.prompt;
}
const text = (value: string) => ({ type: "text", text: value }) as const;

describe("messages", () => {
	it.each([
		["a string", "Be brief", [text("Be brief")]],
		["blocks with a cache mark", [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }], [{ ...text("a"), metadata: { anthropic: { cache_control: { type: "ephemeral" } } } }]],
	])("system as %s", (_, system, content) => {
		expect(promptOf({ system }).messages[0]).toEqual({ role: "system", content });
	});

	it.each([[""], [null], [[]]])("system as %j is none", (system) => {
		expect(promptOf({ system }).messages).toHaveLength(1);
	});

	it("tool results become a message of their own in front of the user's words, wherever they stood", () => {
		const { messages } = promptOf({
			messages: [
				{ role: "user", content: "go" },
				{ role: "assistant", content: [{ type: "tool_use", id: "a", name: "look", input: { q: 1 } }] },
				{
					role: "user",
					content: [
						{ type: "text", text: "see" },
						{ type: "tool_result", tool_use_id: "a", is_error: true, cache_control: { type: "ephemeral" }, content: [
							{ type: "text", text: "t" },
							{ type: "image", source: { type: "base64", media_type: "image/png", data: "aa" } },
						] },
					],
				},
			],
		});
		expect(messages.slice(1)).toEqual([
			{ role: "assistant", content: [{ type: "tool-call", toolCallId: "a", toolName: "look", input: '{"q":1}' }] },
			{
				role: "tool",
				content: [
					{
						type: "tool-result",
						toolCallId: "a",
						isError: true,
						metadata: { anthropic: { cache_control: { type: "ephemeral" } } },
						output: { type: "parts", parts: [text("t"), { type: "file", mediaType: "image/png", data: { type: "base64", base64: "aa" } }] },
					},
				],
			},
			{ role: "user", content: [text("see")] },
		]);
	});

	it("blocks that nobody knows travel on as they are", () => {
		const value = { type: "search_result", source: "s", title: "t", content: [] };
		expect(promptOf({ messages: [{ role: "user", content: [value] }] }).messages).toEqual([
			{ role: "user", content: [{ type: "opaque", dialect: "anthropic-messages", value }] },
		]);
	});

	it("a thinking block with a blank signature, as we tell other vendors' reasoning, comes back without one", () => {
		const { messages } = promptOf({ messages: [...base.messages, { role: "assistant", content: [{ type: "thinking", thinking: "hm", signature: "" }] }] });
		expect(messages[1]?.content).toEqual([{ type: "reasoning", text: "hm" }]);
	});

	it("a system message between the turns remembers its place", () => {
		expect(promptOf({ messages: [...base.messages, { role: "system", content: "now" }] }).messages[1]).toEqual({
			role: "system",
			content: [text("now")],
			metadata: { anthropic: { role: "system" } },
		});
	});
});

describe("tools", () => {
	const tools = [{ name: "a", input_schema: { type: "object" } }];
	it("own, custom and provider-run ones", () => {
		const search = { type: "web_search_20250305", name: "web_search", max_uses: 2 };
		expect(promptOf({ tools: [{ type: "custom", name: "a", description: "d", input_schema: { type: "object" }, defer_loading: true }, search] }).tools).toEqual([
			{ type: "function", name: "a", description: "d", inputSchema: { type: "object" }, metadata: { anthropic: { defer_loading: true } } },
			{ type: "provider", name: "web_search", dialect: "anthropic-messages", definition: search },
		]);
	});

	it.each([
		[{ type: "auto" }, { toolChoice: { type: "auto" } }],
		[{ type: "any", disable_parallel_tool_use: true }, { toolChoice: { type: "required" }, parallelToolCalls: false }],
		[{ type: "tool", name: "a" }, { toolChoice: { type: "tool", toolName: "a" } }],
		[{ type: "none" }, { toolChoice: { type: "none" } }],
	])("choice %j", (tool_choice, expected) => {
		expect(promptOf({ tools, tool_choice })).toMatchObject(expected);
	});
});

describe("settings", () => {
	it("all of them", () => {
		expect(
			promptOf({
				temperature: 0.7,
				top_p: 0.5,
				top_k: 3,
				stop_sequences: ["x"],
				metadata: { user_id: "u" },
				thinking: { type: "enabled", budget_tokens: 2000, display: "omitted" },
				output_config: { effort: "low", format: { type: "json_schema", schema: { type: "object" } } },
			}),
		).toMatchObject({
			settings: {
				maxOutputTokens: 10,
				temperature: 0.7,
				topP: 0.5,
				topK: 3,
				stopSequences: ["x"],
				user: "u",
				reasoning: { mode: "enabled", budgetTokens: 2000, effort: "low", metadata: { anthropic: { display: "omitted" } } },
			},
			output: { type: "json-schema", schema: { type: "object" } },
		});
	});

	it("the older name of the output format", () => {
		expect(promptOf({ output_format: { type: "json_schema", schema: {} } }).output).toEqual({ type: "json-schema", schema: {} });
	});

	it("unknown fields travel as extras; null says nothing", () => {
		expect(promptOf({ service_tier: "auto", container: null, temperature: null })).toMatchObject({
			settings: { maxOutputTokens: 10 },
			extras: { dialect: "anthropic-messages", fields: { service_tier: "auto" } },
		});
		expect(promptOf({}).extras).toBeUndefined();
	});

	it("a request to count is the same without an output limit", () => {
		const { max_tokens: _, ...count } = base;
		const decoded = anthropicMessages.caller.decodeRequest({ ...countTokensRequest.parse(count), max_tokens: 1 });
		expect(decoded).toMatchObject({ ok: true, value: { model: "m", stream: false } });
	});
});

describe("issues", () => {
	it.each([
		[{ tool_choice: { type: "tool", name: "b" }, tools: [{ name: "a", input_schema: {} }] }, "tool_choice.name"],
		[{ tool_choice: { type: "any" } }, "tool_choice"],
		[{ tools: [{ name: "a" }] }, "tools[0].input_schema"],
		[{ tools: [{ input_schema: {} }] }, "tools[0].name"],
	])("%j names the field", (fields, path) => {
		expect(decode(fields)).toMatchObject({ ok: false, problem: [{ path }] });
	});

	/** The paths of the deepest complaints of a union's branches. */
	function paths(issues: readonly z.core.$ZodIssue[], before: readonly PropertyKey[] = []): string[] {
		return issues.flatMap((issue) => {
			const path = [...before, ...issue.path];
			return issue.code === "invalid_union" && issue.errors.length > 0 ? issue.errors.flatMap((branch) => paths(branch, path)) : [path.join(".")];
		});
	}
	it.each([
		[{ model: 1 }, "model"],
		[{ max_tokens: "9" }, "max_tokens"],
		[{ max_tokens: -1 }, "max_tokens"],
		[{ messages: [] }, "messages"],
		[{ messages: [{ role: "robot", content: "x" }] }, "messages.0.role"],
		[{ messages: [{ role: "user", content: 5 }] }, "messages.0.content"],
		[{ messages: [{ role: "user", content: [{ type: "text", text: 5 }] }] }, "messages.0.content.0.text"],
		[{ messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", data: 5 } }] }] }, "messages.0.content.0.source.data"],
		[{ messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: [{ type: "text" }] }] }] }, "messages.0.content.0.content.0.text"],
		[{ messages: [{ role: "assistant", content: [{ type: "tool_use", id: "a", name: "n", input: "x" }] }] }, "messages.0.content.0.input"],
		[{ tools: [{ name: "a", input_schema: [] }] }, "tools.0.input_schema"],
		[{ tool_choice: { type: "some" } }, "tool_choice.type"],
		[{ stream: "yes" }, "stream"],
		[{ stop_sequences: "x" }, "stop_sequences"],
		[{ temperature: "hot" }, "temperature"],
		[{ system: [{ type: "image" }] }, "system.0.type"],
	])("the schema refuses %j and names the field", (fields, path) => {
		const checked = messagesRequest.safeParse({ ...base, ...fields });
		expect(paths(checked.error?.issues ?? [])).toContain(path);
	});
});
