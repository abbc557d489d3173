import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { describe, expect, it } from "vitest";
import type { AssistantPart, FilePart, Message, Prompt, ProviderMetadata, UserPart } from "../../../../src/contract/prompt.ts";
import { aiSdk } from "../../../../src/rules/dialects/ai-sdk/index.ts";
import type { Quirks } from "../../../../src/rules/dialects/dialect.ts";

const user = (...content: UserPart[]): Message => ({ role: "user", content });
const said = (...content: AssistantPart[]): Message => ({ role: "assistant", content });
const text = (value: string, metadata?: ProviderMetadata) => ({ type: "text", text: value, ...(metadata === undefined ? {} : { metadata }) }) as const;
const weather = { type: "function", name: "weather", description: "The weather", inputSchema: { type: "object", properties: {} } } as const;
const call = { type: "tool-call", toolCallId: "c", toolName: "weather", input: '{"city":"Köln"}' } as const;

function encode(prompt: Partial<Prompt>, quirks: Quirks = {}) {
	return aiSdk.encodeRequest({ messages: [user(text("Hi"))], settings: {}, ...prompt }, { model: "m", stream: false, quirks });
}
const codes = (encoded: ReturnType<typeof encode>) => encoded.warnings.map(({ code, field }) => [code, field]);
const promptOf = (...messages: Message[]) => encode({ messages }).body["prompt"];

describe("the path", () => {
	it.each([
		["gpt-5", false, "/models/gpt-5/generate"],
		["meta/llama 3", true, "/models/meta%2Fllama%203/stream"],
	])("of %s, streamed %s", (model, stream, path) => {
		expect(aiSdk.path({ model, stream, quirks: {} })).toBe(path);
	});
});

describe("messages", () => {
	it("are those of a language model", () => {
		const prompt: LanguageModelV4CallOptions["prompt"] = [
			{ role: "system", content: "Be brief\nand kind" },
			{ role: "user", content: [{ type: "text", text: "Hi" }, { type: "file", mediaType: "image/png", data: { type: "data", data: "iVBO" } }] },
			{
				role: "assistant",
				content: [
					{ type: "reasoning", text: "Hm", providerOptions: { anthropic: { signature: "sig" }, bedrock: { signature: "sig" } } },
					{ type: "text", text: "I look." },
					{ type: "tool-call", toolCallId: "c", toolName: "weather", input: { city: "Köln" } },
				],
			},
			{ role: "tool", content: [{ type: "tool-result", toolCallId: "c", toolName: "weather", output: { type: "text", value: "sunny" } }] },
		];
		const encoded = encode({
			messages: [
				{ role: "system", content: [text("Be brief"), text("and kind")] },
				user(text("Hi"), text(""), { type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBO" } }),
				said({ type: "reasoning", text: "Hm", metadata: { anthropic: { signature: "sig" } } }, text("I look."), call),
				{ role: "tool", content: [{ type: "tool-result", toolCallId: "c", output: { type: "text", text: "sunny" } }] },
			],
		});
		expect(encoded).toEqual({ body: { prompt }, warnings: [] });
	});

	it("of the system are one each where a part is marked for the cache", () => {
		const mark = { anthropic: { cache_control: { type: "ephemeral" } } };
		const providerOptions = { anthropic: { cacheControl: { type: "ephemeral" } }, bedrock: { cachePoint: { type: "default" } } };
		expect(promptOf({ role: "system", content: [text("A", mark), text("B")] }, user(text("Hi", mark)))).toEqual([
			{ role: "system", content: "A", providerOptions },
			{ role: "system", content: "B" },
			{ role: "user", content: [{ type: "text", text: "Hi", providerOptions }] },
		]);
	});

	it("of the system behind the first turn are text of the user, which is told", () => {
		const encoded = encode({ messages: [user(text("Hi")), { role: "system", content: [text("Be brief")] }] });
		expect(encoded.body["prompt"]).toMatchObject([{ role: "user" }, { role: "user", content: [{ text: "Be brief" }] }]);
		expect(codes(encoded)).toEqual([["changed-setting", "messages[1]"]]);
	});

	it.each<[string, FilePart, object | undefined]>([
		["an address", { type: "file", mediaType: "image/*", data: { type: "url", url: "https://a.example/a.png" } }, { mediaType: "image/*", data: { type: "url", url: "https://a.example/a.png" } }],
		["a data URL", { type: "file", mediaType: "image/*", data: { type: "url", url: "data:image/gif;base64,R0lGOD" } }, { mediaType: "image/gif", data: { type: "data", data: "R0lGOD" } }],
		["a text", { type: "file", mediaType: "text/plain", filename: "a.txt", data: { type: "text", text: "A" } }, { filename: "a.txt", data: { type: "text", text: "A" } }],
		["a stored file", { type: "file", mediaType: "application/pdf", data: { type: "id", id: "file-1" } }, { data: { type: "reference", reference: expect.objectContaining({ openai: "file-1", anthropic: "file-1" }) } }],
		["an image's detail", { type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBO" }, metadata: { openai: { detail: "low" } } }, { providerOptions: { openai: { imageDetail: "low" } } }],
		["no address", { type: "file", mediaType: "image/*", data: { type: "url", url: "nowhere" } }, undefined],
	])("hold %s", (_, file, part) => {
		const encoded = encode({ messages: [user(text("Hi"), file)] });
		expect(encoded.body["prompt"]).toMatchObject([{ content: [{ type: "text" }, ...(part === undefined ? [] : [{ type: "file", ...part }])] }]);
		expect(codes(encoded)).toEqual(part === undefined ? [["unsupported-part", "messages[0]"]] : []);
	});

	it("give a vendor's state back where it came from", () => {
		const aiState = { aiSdk: { openai: { itemId: "rs_1" } }, responses: { encrypted_content: "enc" } };
		expect(promptOf(user(text("Hi")), said({ type: "reasoning", text: "Hm", metadata: aiState }, { ...call, metadata: { google: { thoughtSignature: "ts" } } }))).toMatchObject([
			{},
			{
				content: [
					{ type: "reasoning", providerOptions: { openai: { itemId: "rs_1", reasoningEncryptedContent: "enc" } } },
					{ type: "tool-call", providerOptions: { google: { thoughtSignature: "ts" } } },
				],
			},
		]);
		const compatible = { openai: { extra_content: { google: { thought_signature: "ts" } } } };
		expect(promptOf(user(text("Hi")), said({ ...call, metadata: compatible }))).toMatchObject([{}, { content: [{ providerOptions: { google: { thoughtSignature: "ts" } } }] }]);
	});

	it("repeat what the canonical form has no words for, and leave out what others said", () => {
		const custom = { type: "custom", kind: "openai.compaction", providerMetadata: { openai: { a: 1 } } };
		const encoded = encode({
			messages: [
				user(text("Hi")),
				said(
					{ type: "opaque", dialect: "ai-sdk", value: custom },
					{ type: "opaque", dialect: "ai-sdk", value: { type: "tool-approval-request", approvalId: "a" } },
					{ type: "opaque", dialect: "gemini", value: { a: 1 } },
				),
			],
		});
		expect(encoded.body["prompt"]).toMatchObject([{}, { content: [{ type: "custom", kind: "openai.compaction", providerOptions: { openai: { a: 1 } } }] }]);
		expect(codes(encoded)).toEqual([["unsupported-part", "messages[1]"]]);
	});

	it("wrap an input that is no JSON object, which is told", () => {
		const encoded = encode({ messages: [user(text("Hi")), said({ ...call, input: "not json" }, { ...call, input: "" })] });
		expect(encoded.body["prompt"]).toMatchObject([{}, { content: [{ input: { invalid_input: "not json" } }, { input: {} }] }]);
		expect(codes(encoded)).toEqual([["changed-setting", "messages[1]"]]);
	});
});

describe("results", () => {
	const png = { type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBO" } } as const;
	it.each([
		["text", { output: { type: "text", text: "A" } }, { type: "text", value: "A" }, 0],
		["an error", { output: { type: "text", text: "A" }, isError: true }, { type: "error-text", value: "A" }, 0],
		["files", { output: { type: "parts", parts: [text("A"), png] } }, { type: "content", value: [{ type: "text", text: "A" }, { type: "file", mediaType: "image/png", data: { type: "data", data: "iVBO" } }] }, 0],
		["an error in parts", { output: { type: "parts", parts: [text("A"), text("B")] }, isError: true }, { type: "error-text", value: "A\nB" }, 0],
		["an error with files", { output: { type: "parts", parts: [png] }, isError: true }, { type: "content" }, 1],
	] as const)("of %s", (_, result, output, warnings) => {
		const encoded = encode({ messages: [user(text("Hi")), said(call), { role: "tool", content: [{ type: "tool-result", toolCallId: "c", ...result }] }] });
		expect(encoded.body["prompt"]).toMatchObject([{}, {}, { role: "tool", content: [{ toolCallId: "c", toolName: "weather", output }] }]);
		expect(encoded.warnings).toHaveLength(warnings);
	});

	it("of the provider's own tools stand in its turn, as JSON again", () => {
		const own = { ...call, providerExecuted: true } as const;
		const result = { type: "tool-result", toolCallId: "c", toolName: "weather", output: { type: "text", text: '{"a":1}' }, providerExecuted: true } as const;
		expect(promptOf(user(text("Hi")), said(own, result, { ...result, isError: true, output: { type: "text", text: "no" } }))).toMatchObject([
			{},
			{ role: "assistant", content: [{ providerExecuted: true }, { output: { type: "json", value: { a: 1 } } }, { output: { type: "error-text", value: "no" } }] },
		]);
	});
});

describe("tools", () => {
	it("are told with their choice", () => {
		expect(encode({ tools: [{ ...weather, strict: true }], toolChoice: { type: "tool", toolName: "weather" } }).body).toMatchObject({
			tools: [{ ...weather, strict: true }],
			toolChoice: { type: "tool", toolName: "weather" },
		});
	});

	it("that are not allowed are left out", () => {
		const encoded = encode({ tools: [weather, { ...weather, name: "now" }], toolChoice: { type: "allowed", mode: "required", toolNames: ["now"] } });
		expect(encoded.body).toMatchObject({ tools: [{ name: "now" }], toolChoice: { type: "required" } });
		expect(codes(encoded)).toEqual([["changed-setting", "toolChoice"]]);
	});

	it("of a provider are its own", () => {
		const encoded = encode({
			tools: [
				{ type: "provider", name: "web_search", dialect: "ai-sdk", definition: { id: "openai.web_search", args: {} } },
				{ type: "provider", name: "bash", dialect: "anthropic-messages", definition: {} },
			],
		});
		expect(encoded.body["tools"]).toEqual([{ type: "provider", name: "web_search", id: "openai.web_search", args: {} }]);
		expect(codes(encoded)).toEqual([["unsupported-tool", "tools.bash"]]);
	});

	it("may be called one at a time only, in each vendor's word", () => {
		expect(encode({ tools: [weather], parallelToolCalls: false }).body["providerOptions"]).toEqual({ openai: { parallelToolCalls: false }, anthropic: { disableParallelToolUse: true } });
		expect(encode({ parallelToolCalls: false }).body).not.toHaveProperty("providerOptions");
	});
});

describe("settings", () => {
	it("that every model knows keep their names", () => {
		const settings = { maxOutputTokens: 100, temperature: 0.5, topP: 0.9, topK: 40, stopSequences: ["END"], seed: 1, presencePenalty: 0.1, frequencyPenalty: 0.2 };
		expect(encode({ settings }).body).toMatchObject(settings);
	});

	it("of reasoning are a level, and a budget for those who count in budgets", () => {
		expect(encode({ settings: { reasoning: { effort: "high" } } }).body).toMatchObject({ reasoning: "high" });
		expect(encode({ settings: { reasoning: { effort: "none" } } }).body).toMatchObject({ reasoning: "none" });
		expect(encode({ settings: { reasoning: { mode: "disabled" } } }).body["providerOptions"]).toEqual({ anthropic: { thinking: { type: "disabled" } } });
		expect(encode({ settings: { reasoning: { mode: "adaptive" } } }).body["providerOptions"]).toEqual({ anthropic: { thinking: { type: "adaptive" } } });
		expect(encode({ settings: { reasoning: { budgetTokens: 8000 } } }).body).toMatchObject({
			reasoning: "medium",
			providerOptions: { anthropic: { thinking: { type: "enabled", budgetTokens: 8000 } }, google: { thinkingConfig: { thinkingBudget: 8000, includeThoughts: true } } },
		});
		expect(codes(encode({ settings: { reasoning: { effort: "heroic" } } }))).toEqual([["unsupported-setting", "settings.reasoning"]]);
	});

	it("that the model refuses are left out, which is told", () => {
		const encoded = encode({ settings: { seed: 1, topK: 2 } }, { unsupported: ["seed"] });
		expect(encoded.body).toMatchObject({ topK: 2 });
		expect(encoded.body).not.toHaveProperty("seed");
		expect(codes(encoded)).toEqual([["unsupported-setting", "settings.seed"]]);
	});

	it("of the end user, and of every request, are options of the vendor; the latter win", () => {
		const requestFields = { providerOptions: { openai: { user: "other", serviceTier: "flex" } } };
		expect(encode({ settings: { user: "u" } }, { requestFields }).body["providerOptions"]).toEqual({
			openai: { user: "other", serviceTier: "flex" },
			openaiCompatible: { user: "u" },
			anthropic: { metadata: { userId: "u" } },
		});
	});

	it("of another dialect are warnings", () => {
		expect(codes(encode({ extras: { dialect: "openai-chat", fields: { logit_bias: {} } } }))).toEqual([["unsupported-setting", "logit_bias"]]);
		expect(encode({ extras: { dialect: "ai-sdk", fields: { includeRawChunks: true } } }).body).toMatchObject({ includeRawChunks: true });
	});
});

describe("output", () => {
	const schema = { type: "object", properties: {} };
	it.each([
		[{ type: "text" }, undefined, undefined],
		[{ type: "json" }, { type: "json" }, undefined],
		[{ type: "json-schema", schema, name: "thing", description: "A thing" }, { type: "json", schema, name: "thing", description: "A thing" }, false],
		[{ type: "json-schema", schema, strict: true }, { type: "json", schema }, true],
	] as const)("%j", (output, responseFormat, strictJsonSchema) => {
		const { body } = encode({ output });
		expect(body["responseFormat"]).toEqual(responseFormat);
		expect(body["providerOptions"]).toEqual(strictJsonSchema === undefined ? undefined : { openai: { strictJsonSchema }, openaiCompatible: { strictJsonSchema } });
	});
});
