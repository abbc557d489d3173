import { describe, expect, it } from "vitest";
import type { FunctionTool, Prompt } from "../../../src/contract/prompt.ts";
import { providerCodecs } from "../../../src/rules/dialects/index.ts";

const dialects = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "bedrock-converse"] as const;
const tool = (name: string): FunctionTool => ({ type: "function", name, inputSchema: { type: "object", properties: {} } });

/** A conversation in which the model called a tool of this name. */
function called(toolName: string, tools: readonly FunctionTool[]): Prompt {
	return {
		messages: [
			{ role: "user", content: [{ type: "text", text: "Go" }] },
			{ role: "assistant", content: [{ type: "tool-call", toolCallId: "call_1", toolName, input: "{}" }] },
			{ role: "tool", content: [{ type: "tool-result", toolCallId: "call_1", toolName, output: { type: "text", text: "no such tool" } }] },
		],
		tools,
		settings: { maxOutputTokens: 9 },
	};
}

describe.each(dialects)("names of tools before %s", (dialect) => {
	const encode = (prompt: Prompt) => {
		const { body, warnings } = providerCodecs[dialect].encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		return { text: JSON.stringify(body), warnings };
	};

	it.each([
		["with spaces and dots", "my tool.run", "my_tool_run"],
		["too long", "x".repeat(100), "x".repeat(64)],
		["that begins with a digit", "2fast", "_2fast"],
		["empty", "", "_"],
	])("a hallucinated one %s goes back under a name that is taken (vercel/ai #17769)", (_, name, fitted) => {
		const { text, warnings } = encode(called(name, [tool("read")]));
		expect(text).toContain(`"name":"${fitted}"`);
		expect(text).not.toContain(`"name":"${name}"`);
		expect(warnings).toMatchObject([{ code: "changed-setting", message: expect.stringContaining(`"${fitted}"`) }]);
	});

	it("those of offered tools are never cut, so that none collide (agentgateway #2384)", () => {
		const long = ["a", "b"].map((ending) => `${"x".repeat(70)}${ending}`);
		const { text, warnings } = encode(called(long[0] ?? "", long.map(tool)));
		for (const name of long) expect(text).toContain(`"name":"${name}"`);
		expect(text.split(`"name":"${long[0]}"`).length).toBeGreaterThan(2);
		expect(warnings).toEqual([]);
	});
});
