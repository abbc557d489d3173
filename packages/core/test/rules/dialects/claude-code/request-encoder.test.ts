import { describe, expect, it } from "vitest";
import type { AssistantPart, Message, Prompt, UserPart } from "../../../../src/contract/prompt.ts";
import { claudeCode } from "../../../../src/rules/dialects/claude-code/index.ts";
import type { Invocation } from "../../../../src/rules/dialects/claude-code/invocation.ts";
import type { EncodeRequestOptions } from "../../../../src/rules/dialects/dialect.ts";
import type { EffectiveTools } from "../../../../src/rules/tools/policy.ts";

const text = (value: string) => ({ type: "text", text: value }) as const;
const user = (...content: UserPart[]): Message => ({ role: "user", content });
const said = (...content: AssistantPart[]): Message => ({ role: "assistant", content });
const system = (value: string): Message => ({ role: "system", content: [text(value)] });
const sessionId = "0b9f3880-c524-4901-b536-55985f75f3fa";
const inSession = (value: string, id = sessionId): Message => said({ ...text(value), metadata: { claudeCode: { sessionId: id } } });
const png = { type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBORw0KGgo=" } } as const;

function encode(prompt: Partial<Prompt> = {}, options: Partial<EncodeRequestOptions> = {}) {
	const { body, warnings } = claudeCode.encodeRequest({ messages: [user(text("Hi"))], settings: {}, ...prompt }, { model: "default", stream: false, quirks: {}, ...options });
	const invocation: Invocation = JSON.parse(JSON.stringify(body));
	return { ...invocation, warnings: warnings.map(({ code, field }) => [code, field]) };
}

function flag(args: readonly string[] | undefined, name: string): string | undefined {
	const at = args?.indexOf(name) ?? -1;
	return at < 0 ? undefined : args?.[at + 1];
}

describe("what the process is started with", () => {
	it("whole", () => {
		expect(encode()).toEqual({
			runs: [
				{
					args: [
						"--print", "--output-format", "json", "--system-prompt", "", "--tools", "", "--permission-mode", "dontAsk", "--setting-sources", "",
						"--strict-mcp-config", "--disable-slash-commands", "--settings", '{"permissions":{"deny":["Read(//**)"]}}',
					],
					input: "Hi",
				},
			],
			answer: "last-line",
			mayBeSilent: false,
			warnings: [],
		});
	});

	it("streamed, by an operator who lets it use tools", () => {
		const requestFields = { tools: ["Read"], settingSources: ["user", "project"], args: ["--max-turns", "5"] };
		expect(encode({ messages: [system("Be brief"), user(text("Hi"))] }, { model: "opus", stream: true, quirks: { requestFields } })).toEqual({
			runs: [
				{
					args: [
						"--print", "--verbose", "--output-format", "stream-json", "--include-partial-messages", "--model", "opus", "--system-prompt", "Be brief",
						"--tools", "Read", "--allowedTools", "Read", "--permission-mode", "dontAsk", "--setting-sources", "user,project",
						"--strict-mcp-config", "--disable-slash-commands", "--max-turns", "5",
					],
					input: "Hi",
				},
			],
			answer: "lines",
			mayBeSilent: true,
			warnings: [],
		});
	});

	it("with instructions from all over the conversation, and none of Claude Code's own where there are no tools", () => {
		expect(flag(encode({ messages: [system("One"), user(text("Hi")), system("Two")] }).runs[0].args, "--system-prompt")).toBe("One\n\nTwo");
		const toolPolicy = { allowed: ["Read"], disallowed: [] };
		expect(flag(encode({}, { toolPolicy }).runs[0].args, "--system-prompt")).toBeUndefined();
	});

	it("with instructions that are too long for an argument in front of the prompt", () => {
		const long = "é".repeat(100_000);
		const { runs, warnings } = encode({ messages: [system(long), user(text("Hi"))] });
		expect(runs[0].input).toBe(`<instructions>\n${long}\n</instructions>\n\nHi`);
		expect(Math.max(...runs[0].args.map((arg) => new TextEncoder().encode(arg).length))).toBeLessThan(128 * 1024);
		expect(warnings).toEqual([["changed-setting", "messages"]]);
	});

	it("without the one character that no argument can hold", () => {
		expect(flag(encode({ messages: [system("a\0b"), user(text("Hi"))] }).runs[0].args, "--system-prompt")).toBe("ab");
	});
});

describe("what is said", () => {
	const input = (messages: readonly Message[]) => encode({ messages }).runs.map((run) => run.input);

	it.each([
		["a prompt", [user(text("Hi"))], "Hi"],
		["one that begins like a flag", [user(text("--help"))], "--help"],
		["one that begins like a command of Claude Code", [user(text("/init"))], "\n/init"],
		["several parts and messages of the user", [user(text("One "), text("more")), user(text("Two"))], "One more\n\nTwo"],
		[
			"a conversation",
			[user(text("Hi")), said(text("Hello")), user(text("How are you?"))],
			"The conversation so far:\n\n<conversation>\n<user>\nHi\n</user>\n<assistant>\nHello\n</assistant>\n</conversation>\n\nHow are you?",
		],
		[
			"one with tools, that ends with their results",
			[
				user(text("Weather?")),
				said({ type: "tool-call", toolCallId: "1", toolName: "weather", input: '{"city":"Köln"}' }),
				{ role: "tool", content: [{ type: "tool-result", toolCallId: "1", toolName: "weather", output: { type: "text", text: "Sun" } }] },
			],
			'The conversation so far:\n\n<conversation>\n<user>\nWeather?\n</user>\n<assistant>\n<tool_call name="weather">{"city":"Köln"}</tool_call>\n\n</assistant>\n<tool_result name="weather">Sun</tool_result>\n</conversation>\n\nContinue the conversation.',
		],
	] satisfies [string, Message[], string][])("%s", (_, messages, expected) => {
		expect(input(messages)).toEqual([expected]);
	});

	it("of files needs lines of JSON, also for a whole answer", () => {
		const { runs, answer } = encode({ messages: [user(png, text("/what is it?"))] });
		expect(runs[0].args).toEqual(expect.arrayContaining(["--verbose", "--output-format", "stream-json", "--input-format"]));
		expect(runs[0].args).not.toContain("--include-partial-messages");
		expect(answer).toBe("last-line");
		expect(runs[0].input.endsWith("}\n")).toBe(true);
		expect(JSON.parse(runs[0].input)).toEqual({
			type: "user",
			message: { role: "user", content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } }, text("\n/what is it?")] },
		});
	});

	it("of the past keeps its files in their places", () => {
		const { runs } = encode({ messages: [user(text("See"), png), said(text("Nice")), user(text("Why?"))] });
		const { content } = JSON.parse(runs[0].input).message;
		expect(content.map(({ type }: { type: string }) => type)).toEqual(["text", "image", "text"]);
		expect(content[2].text).toBe("\n</user>\n<assistant>\nNice\n</assistant>\n</conversation>\n\nWhy?");
	});

	it("of what it cannot be told is a warning", () => {
		const audio = { type: "file", mediaType: "audio/wav", data: { type: "base64", base64: "AAAA" } } as const;
		const { warnings } = encode({
			messages: [user(audio, { type: "opaque", dialect: "gemini", value: {} }), said({ type: "reasoning", text: "Hm" }), user(text("Hi"))],
		});
		expect(warnings).toEqual([["unsupported-part", "messages"], ["unsupported-part", "messages"], ["unsupported-part", "messages"]]);
	});
});

describe("a conversation that Claude Code knows", () => {
	it("is taken up with the newest words, and told whole where it is forgotten", () => {
		const { runs } = encode({ messages: [user(text("One")), inSession("1"), user(text("Two")), inSession("2"), user(text("Three"))] });
		expect(runs.map(({ input }) => input)).toEqual(["Three", expect.stringContaining("<user>\nTwo\n</user>")]);
		expect(runs[0].args.slice(-3)).toEqual(["--resume", sessionId, "--fork-session"]);
		expect(runs[1]?.args).not.toContain("--resume");
	});

	it.each([
		["the last answer was another's", [user(text("One")), inSession("1"), user(text("Two")), said(text("2")), user(text("Three"))]],
		["nothing new was said", [user(text("One")), inSession("1")]],
		["the session has no proper name", [user(text("One")), inSession("1", "--dangerously-skip-permissions"), user(text("Two"))]],
		["results of tools follow", [user(text("One")), inSession("1"), { role: "tool", content: [] }]],
	] satisfies [string, Message[]][])("is told whole where %s", (_, messages) => {
		const { runs } = encode({ messages });
		expect(runs).toHaveLength(1);
		expect(runs[0].args).not.toContain("--resume");
	});
});

describe("an answer as JSON", () => {
	const schema = { type: "object", properties: { n: { type: "integer" } } };
	it.each([
		["by a schema", { type: "json-schema", schema }, false, JSON.stringify(schema), undefined],
		["of any form", { type: "json" }, false, '{"type":"object"}', undefined],
		["streamed", { type: "json-schema", schema }, true, undefined, "matches this JSON Schema"],
		["that is no object", { type: "json-schema", schema: { type: "array" } }, false, undefined, "matches this JSON Schema"],
		["by a schema that no argument holds", { type: "json-schema", schema: { ...schema, description: "x".repeat(50_000) } }, false, undefined, undefined],
	] satisfies [string, Prompt["output"], boolean, string | undefined, string | undefined][])("%s", (_, output, stream, native, prompted) => {
		const { runs, warnings } = encode({ output }, { stream });
		expect(flag(runs[0].args, "--json-schema")).toBe(native);
		expect(flag(runs[0].args, "--system-prompt")).toContain(prompted ?? "");
		expect(warnings.length > 0).toBe(native === undefined);
	});
});

describe("tools", () => {
	const args = (toolPolicy?: EffectiveTools, tools?: readonly string[]) => {
		const { runs } = encode({}, { ...(toolPolicy === undefined ? {} : { toolPolicy }), quirks: { requestFields: tools === undefined ? {} : { tools } } });
		const at = runs[0].args.indexOf("--tools");
		return runs[0].args.slice(at, runs[0].args.indexOf("--permission-mode"));
	};

	it.each([
		["no word of anybody", undefined, undefined, ["--tools", ""]],
		["no restriction is no leave", { allowed: undefined, disallowed: [] }, undefined, ["--tools", ""]],
		["a caller's wish is no leave", { allowed: ["Bash"], disallowed: [], isOnlyRequested: true }, undefined, ["--tools", ""]],
		["the gateway's list", { allowed: ["Read", "Bash(git:*)", "Bash(ls)"], disallowed: ["WebFetch"] }, undefined, ["--tools", "Read,Bash", "--allowedTools", "Read", "Bash(git:*)", "Bash(ls)", "--disallowedTools", "WebFetch"]],
		["the provider's list, narrowed by a caller's wish", { allowed: ["Read"], disallowed: [], isOnlyRequested: true }, ["Read", "Bash"], ["--tools", "Read", "--allowedTools", "Read"]],
		["the provider's list, without what is disallowed", { allowed: undefined, disallowed: ["Bash"] }, ["Read", "Bash(git:*)"], ["--tools", "Read", "--allowedTools", "Read", "--disallowedTools", "Bash"]],
		["tools of MCP servers", { allowed: ["mcp__db__query"], disallowed: [] }, undefined, ["--tools", "", "--allowedTools", "mcp__db__query"]],
	] satisfies [string, EffectiveTools | undefined, string[] | undefined, string[]][])("%s", (_, policy, own, expected) => {
		expect(args(policy, own)).toEqual(expected);
	});

	it.each(["Bash(ls),Write", "Read Write", "--dangerously-skip-permissions", "Bash(a)(b)", "Bash(a\nb)", "", "Read,"])("leave out %j, which is no name of one", (name) => {
		expect(args({ allowed: [name], disallowed: [] })).toEqual(["--tools", ""]);
	});

	it("of the caller's own cannot be called", () => {
		const { warnings } = encode({ tools: [{ type: "function", name: "weather", inputSchema: { type: "object" } }] });
		expect(warnings).toEqual([["unsupported-tool", "tools.weather"]]);
	});
});

describe("settings", () => {
	it("without a flag are warnings", () => {
		const { warnings } = encode({
			settings: { maxOutputTokens: 10, temperature: 1, topP: 1, topK: 1, stopSequences: ["x"], seed: 1, presencePenalty: 1, frequencyPenalty: 1, user: "u" },
			extras: { dialect: "openai-chat", fields: { logprobs: true } },
		});
		expect(warnings.map(([, field]) => field)).toEqual([
			"logprobs", "settings.maxOutputTokens", "settings.temperature", "settings.topP", "settings.topK", "settings.stopSequences", "settings.seed",
			"settings.presencePenalty", "settings.frequencyPenalty", "settings.user",
		]);
	});

	it.each([
		[{ effort: "high" }, "high", 0],
		[{ effort: "minimal" }, "low", 1],
		[{ effort: "none" }, undefined, 1],
		[{ effort: "--x" }, undefined, 1],
		[{ budgetTokens: 2000 }, undefined, 1],
		[{ mode: "adaptive" }, undefined, 0],
		[{ mode: "disabled" }, undefined, 1],
	])("of reasoning: %j", (reasoning, effort, warnings) => {
		const encoded = encode({ settings: { reasoning } });
		expect(flag(encoded.runs[0].args, "--effort")).toBe(effort);
		expect(encoded.warnings).toHaveLength(warnings);
	});
});
