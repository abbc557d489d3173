import { describe, expect, it } from "vitest";
import type { AssistantPart, FilePart, Message, Prompt, UserPart } from "../../../../src/contract/prompt.ts";
import type { Quirks } from "../../../../src/rules/dialects/dialect.ts";
import { bedrockConverse } from "../../../../src/rules/dialects/bedrock-converse/index.ts";

const claude = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const nova = "amazon.nova-pro-v1:0";
const user = (...content: UserPart[]): Message => ({ role: "user", content });
const said = (...content: AssistantPart[]): Message => ({ role: "assistant", content });
const text = (value: string) => ({ type: "text", text: value }) as const;
const cached = { anthropic: { cache_control: { type: "ephemeral", ttl: "1h" } } };
const weather = { type: "function", name: "weather", description: "The weather", inputSchema: { type: "object", properties: { city: { type: "string" } } } } as const;

function encode(prompt: Partial<Prompt>, model = claude, quirks: Quirks = {}) {
	return bedrockConverse.encodeRequest({ messages: [user(text("Hi"))], settings: {}, ...prompt }, { model, stream: false, quirks });
}
const codes = (encoded: ReturnType<typeof encode>) => encoded.warnings.map(({ code, field }) => [code, field]);

describe("the path", () => {
	it.each([
		[claude, false, "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"],
		["arn:aws:bedrock:eu-central-1:1:inference-profile/x", true, "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Ainference-profile%2Fx/converse-stream"],
	])("of %s, streamed %s", (model, stream, path) => {
		expect(bedrockConverse.path({ model, stream, quirks: {} })).toBe(path);
	});
});

describe("messages", () => {
	it("stand in turns, system first, results in front of what the user says", () => {
		const { body, warnings } = encode({
			messages: [
				{ role: "system", content: [text("Be brief")] },
				user(text("Hi"), text(" ")),
				said(
					{ type: "reasoning", text: "Hm", metadata: { anthropic: { signature: "sig" } } },
					{ type: "reasoning", text: "", metadata: { anthropic: { redactedData: "YWJj" } } },
					{ type: "tool-call", toolCallId: "call:1", toolName: "weather", input: '{"city":"Köln"}' },
				),
				user(text("Well?")),
				{ role: "tool", content: [{ type: "tool-result", toolCallId: "call:1", output: { type: "text", text: "Sun" }, isError: true }] },
			],
			tools: [weather],
		});
		expect(body).toEqual({
			system: [{ text: "Be brief" }],
			messages: [
				{ role: "user", content: [{ text: "Hi" }] },
				{
					role: "assistant",
					content: [
						{ reasoningContent: { reasoningText: { text: "Hm", signature: "sig" } } },
						{ reasoningContent: { redactedContent: "YWJj" } },
						{ toolUse: { toolUseId: "call_1", name: "weather", input: { city: "Köln" } } },
					],
				},
				{ role: "user", content: [{ toolResult: { toolUseId: "call_1", content: [{ text: "Sun" }], status: "error" } }, { text: "Well?" }] },
			],
			toolConfig: { tools: [{ toolSpec: { name: "weather", description: "The weather", inputSchema: { json: weather.inputSchema } } }] },
		});
		expect(warnings).toEqual([]);
	});

	// envoy #2478, #2476, #2358
	it("have cache points as elements of their own, in system, tools, turns and behind results", () => {
		const { body } = encode({
			messages: [
				{ role: "system", content: [{ ...text("Long"), metadata: cached }] },
				user({ ...text("Hi"), metadata: { anthropic: { cache_control: { type: "ephemeral" } } } }),
				said({ type: "tool-call", toolCallId: "t", toolName: "weather", input: "" }),
				{ role: "tool", content: [{ type: "tool-result", toolCallId: "t", output: { type: "parts", parts: [{ ...text("Sun"), metadata: cached }] } }] },
			],
			tools: [{ ...weather, metadata: cached }],
		});
		const point = { cachePoint: { type: "default", ttl: "1h" } };
		expect(body).toMatchObject({
			system: [{ text: "Long" }, point],
			messages: [{ content: [{ text: "Hi" }, { cachePoint: { type: "default" } }] }, {}, { content: [{ toolResult: { content: [{ text: "Sun" }] } }, point] }],
			toolConfig: { tools: [{ toolSpec: { name: "weather" } }, point] },
		});
	});

	const file = (mediaType: string, data: FilePart["data"], filename?: string): FilePart => ({ type: "file", mediaType, data, ...(filename === undefined ? {} : { filename }) });
	it.each([
		[file("image/jpeg", { type: "base64", base64: "/9j/" }), { image: { format: "jpeg", source: { bytes: "/9j/" } } }],
		[file("image/*", { type: "base64", base64: "UklGRg" }), { image: { format: "webp", source: { bytes: "UklGRg" } } }],
		[file("image/*", { type: "url", url: "data:image/png;base64,iVBO" }), { image: { format: "png", source: { bytes: "iVBO" } } }],
		[file("image/png", { type: "url", url: "s3://bucket/a.png" }), { image: { format: "png", source: { s3Location: { uri: "s3://bucket/a.png" } } } }],
		[file("application/pdf", { type: "base64", base64: "JVBE" }, "Bericht_2025 (neu).pdf"), { document: { format: "pdf", name: "Bericht-2025 (neu)", source: { bytes: "JVBE" } } }],
		[file("text/plain", { type: "text", text: "Hi" }), { document: { format: "txt", name: "document", source: { text: "Hi" } } }],
		[file("video/mp4", { type: "base64", base64: "AAAA" }), { video: { format: "mp4", source: { bytes: "AAAA" } } }],
	])("hold the file %j", (part, block) => {
		const encoded = encode({ messages: [user(part, text("What is it?"))] });
		expect(encoded.body).toMatchObject({ messages: [{ content: [block, { text: "What is it?" }] }] });
		expect(encoded.warnings).toEqual([]);
	});

	it("name every document apart", () => {
		const part = file("application/pdf", { type: "base64", base64: "JVBE" }, "a.pdf");
		expect(JSON.stringify(encode({ messages: [user(part, part, text("Hi"))] }).body)).toMatch(/"name":"a".*"name":"a 2"/);
	});

	it("leave out what Bedrock cannot read, with a warning each", () => {
		const encoded = encode({
			messages: [
				user(text("Hi"), file("image/png", { type: "url", url: "https://example.com/a.png" }), file("audio/wav", { type: "base64", base64: "UklG" })),
				said(text("Hello"), { type: "reasoning", text: "unsigned" }, { type: "opaque", dialect: "gemini", value: {} }),
				{ role: "system", content: [text("Later")] },
			],
		});
		expect(encoded.body).toMatchObject({ messages: [{ content: [{ text: "Hi" }] }, { content: [{ text: "Hello" }] }, { role: "user", content: [{ text: "Later" }] }] });
		expect(codes(encoded)).toEqual([
			["unsupported-part", "messages[0]"],
			["unsupported-part", "messages[0]"],
			["unsupported-part", "messages[1]"],
			["unsupported-part", "messages[1]"],
			["changed-setting", "messages[2]"],
		]);
	});
});

describe("tools", () => {
	const choice = (toolChoice: Prompt["toolChoice"]) => encode({ tools: [weather, { ...weather, name: "now" }], ...(toolChoice === undefined ? {} : { toolChoice }) });
	it.each([
		[{ type: "auto" }, { auto: {} }],
		[{ type: "required" }, { any: {} }],
		[{ type: "tool", toolName: "now" }, { tool: { name: "now" } }],
		[{ type: "allowed", mode: "required", toolNames: ["now"] }, { any: {} }],
	] as const)("%j is %j", (toolChoice, expected) => {
		expect(choice(toolChoice).body["toolConfig"]).toMatchObject({ toolChoice: expected });
	});

	it("are left out where none may be called, unless one was", () => {
		expect(choice({ type: "none" }).body).not.toHaveProperty("toolConfig");
		const messages = [user(text("Hi")), said({ type: "tool-call", toolCallId: "t", toolName: "now", input: "{}" })];
		expect(encode({ messages, tools: [weather, { ...weather, name: "now" }], toolChoice: { type: "none" } }).body["toolConfig"]).toMatchObject({ tools: [{ toolSpec: { name: "now" } }] });
	});

	it("that were called are named where they are offered no more: Bedrock demands it", () => {
		const encoded = encode({ messages: [user(text("Hi")), said({ type: "tool-call", toolCallId: "t", toolName: "now", input: "not json" })] });
		expect(encoded.body).toMatchObject({
			toolConfig: { tools: [{ toolSpec: { name: "now", inputSchema: { json: { type: "object" } } } }] },
			messages: [{}, { content: [{ toolUse: { input: { invalid_input: "not json" } } }] }],
		});
	});

	// vercel/ai #17919
	it("are not sent as strict", () => {
		const encoded = encode({ tools: [{ ...weather, strict: true }] });
		expect(JSON.stringify(encoded.body)).not.toContain("strict");
		expect(codes(encoded)).toEqual([["unsupported-setting", "tools.weather"]]);
	});
});

describe("settings", () => {
	it("stand in inferenceConfig, Claude's own beside it", () => {
		const settings = { maxOutputTokens: 100, temperature: 0.5, topP: 0.9, topK: 40, stopSequences: ["END"] };
		expect(encode({ settings }).body).toMatchObject({
			inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
			additionalModelRequestFields: { top_k: 40 },
			additionalModelResponseFieldPaths: ["/stop_sequence"],
		});
		expect(codes(encode({ settings }, nova))).toEqual([["unsupported-setting", "settings.topK"]]);
	});

	it("that Bedrock has no word for are warnings", () => {
		expect(codes(encode({ settings: { seed: 1, presencePenalty: 1, user: "u" }, extras: { dialect: "openai-chat", fields: { logit_bias: {} } } }))).toEqual([
			["unsupported-setting", "settings.seed"],
			["unsupported-setting", "settings.presencePenalty"],
			["unsupported-setting", "settings.user"],
			["unsupported-setting", "logit_bias"],
		]);
	});

	it("of reasoning are each family's own", () => {
		expect(encode({ settings: { reasoning: { budgetTokens: 2000 } } }).body).toMatchObject({
			inferenceConfig: { maxTokens: 6096 },
			additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2000 } },
		});
		expect(encode({ settings: { reasoning: { effort: "high" } } }, "openai.gpt-oss-120b-1:0").body["additionalModelRequestFields"]).toEqual({ reasoning_effort: "high" });
		expect(codes(encode({ settings: { reasoning: { effort: "high" } } }, nova))).toEqual([["unsupported-setting", "settings.reasoning"]]);
	});

	it("of the provider go with every request, and join the request's own", () => {
		const requestFields = { guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" }, additionalModelRequestFields: { top_k: 1, extra: true } };
		const { body } = encode({ settings: { topK: 5 } }, claude, { requestFields });
		expect(body).toMatchObject({ guardrailConfig: requestFields.guardrailConfig, additionalModelRequestFields: { top_k: 5, extra: true } });
	});

	// vercel/ai #18206, #16237
	it("ask for structured output where the provider is known to have it", () => {
		const output = { type: "json-schema", schema: { type: "object" }, name: "thing" } as const;
		expect(encode({ output }, claude, { structuredOutput: "json-schema" }).body["outputConfig"]).toEqual({
			textFormat: { type: "json_schema", structure: { jsonSchema: { schema: '{"type":"object"}', name: "thing" } } },
		});
		expect(codes(encode({ output }))).toEqual([["unsupported-setting", "output"]]);
	});
});
