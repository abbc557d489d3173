import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/contract/json.ts";
import type { DialectId, Prompt, ToolDefinition } from "../../../src/contract/prompt.ts";
import { forbiddenToolCall, guardPrompt } from "../../../src/rules/tools/guard.ts";

const tool = (name: string): ToolDefinition => ({ type: "function", name, inputSchema: { type: "object" } });
const prompt = (rest: Partial<Prompt>): Prompt => ({ messages: [], settings: {}, ...rest });
const tools = { allowed: ["Read", "Glob"], disallowed: ["Bash"] };

describe("guarding a prompt", () => {
	it("leaves a prompt alone where nothing is forbidden", () => {
		const given = prompt({ tools: [tool("Bash")] });
		expect(guardPrompt(given, { allowed: undefined, disallowed: [] })).toEqual({ ok: true, value: { prompt: given, warnings: [] } });
	});

	it("leaves forbidden tools out and says so", () => {
		const guarded = guardPrompt(prompt({ tools: [tool("Read"), tool("Bash")] }), tools);
		expect(guarded).toMatchObject({ ok: true, value: { prompt: { tools: [{ name: "Read" }] }, warnings: [{ code: "unsupported-tool", field: "tools.Bash" }] } });
	});

	it("refuses where no offered tool is left", () => {
		expect(guardPrompt(prompt({ tools: [tool("Bash")] }), tools)).toMatchObject({ ok: false, problem: { code: "NO_TOOLS_AVAILABLE", status: 400 } });
	});

	it("refuses where the forced tool is forbidden", () => {
		const given = prompt({ tools: [tool("Read"), tool("Bash")], toolChoice: { type: "tool", toolName: "Bash" } });
		expect(guardPrompt(given, tools)).toMatchObject({ ok: false, problem: { code: "NO_TOOLS_AVAILABLE" } });
	});

	it("narrows a choice among tools", () => {
		const given = prompt({ tools: [tool("Read"), tool("Bash")], toolChoice: { type: "allowed", mode: "auto", toolNames: ["Read", "Bash"] } });
		expect(guardPrompt(given, tools)).toMatchObject({ ok: true, value: { prompt: { toolChoice: { toolNames: ["Read"] } } } });
	});

	it.each<[string, DialectId, Json]>([
		["mcp_servers", "anthropic-messages", []],
		["web_search_options", "openai-chat", {}],
		["prompt", "openai-responses", { id: "pmpt_1" }],
		["cachedContent", "gemini", "cachedContents/1"],
	])("refuses tools that hide in %s", (field, dialect, value) => {
		const given = prompt({ extras: { dialect, fields: { [field]: value } } });
		expect(guardPrompt(given, tools)).toMatchObject({ ok: false, problem: { code: "NO_TOOLS_AVAILABLE", param: field } });
		expect(guardPrompt(given, { allowed: undefined, disallowed: [] }).ok).toBe(true);
	});

	it("guards provider tools by their name too", () => {
		const search: ToolDefinition = { type: "provider", name: "web_search", dialect: "anthropic-messages", definition: { type: "web_search_20250305" } };
		expect(guardPrompt(prompt({ tools: [search, tool("Read")] }), tools)).toMatchObject({ ok: true, value: { prompt: { tools: [{ name: "Read" }] } } });
	});
});

describe("a model that calls what nobody offered", () => {
	const call = { type: "tool-call", toolCallId: "1", toolName: "Bash", input: "{}" } as const;
	it("is caught at the call and at its start", () => {
		expect(forbiddenToolCall([{ type: "ping" }, call], tools)).toBe("Bash");
		expect(forbiddenToolCall([{ type: "tool-input-start", toolName: "Write" }], tools)).toBe("Write");
		expect(forbiddenToolCall([{ ...call, toolName: "Read" }], tools)).toBeUndefined();
	});
	it("is told by its name alone where the provider runs it, which sees to the scope", () => {
		const run = { ...call, providerExecuted: true } as const;
		expect(forbiddenToolCall([run], { allowed: ["Bash(git:*)"], disallowed: [] })).toBeUndefined();
		expect(forbiddenToolCall([call], { allowed: ["Bash(git:*)"], disallowed: [] })).toBe("Bash");
		expect(forbiddenToolCall([run], { allowed: ["Bash(git:*)"], disallowed: ["Bash"] })).toBe("Bash");
		expect(forbiddenToolCall([run], { allowed: ["BashOutput"], disallowed: [] })).toBe("Bash");
	});
	it("passes where nothing is forbidden", () => {
		expect(forbiddenToolCall([call], { allowed: undefined, disallowed: [] })).toBeUndefined();
	});
});
