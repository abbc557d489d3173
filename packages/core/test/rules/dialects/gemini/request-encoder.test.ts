import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { Message, Prompt, ToolCallPart } from "../../../../src/contract/prompt.ts";
import { gemini } from "../../../../src/rules/dialects/gemini/index.ts";
import { prompted } from "./helpers.ts";

const ask: Message = { role: "user", content: [{ type: "text", text: "Hi" }] };
const call = (id: string, more: Partial<ToolCallPart> = {}): ToolCallPart => ({ type: "tool-call", toolCallId: id, toolName: "f", input: '{"n":1}', ...more });
const contentsOf = (messages: readonly Message[], model?: string, quirks = {}) => prompted({ messages }, model, quirks).body.contents as readonly { role: string; parts: readonly JsonObject[] }[];

describe("the address", () => {
	const options = { quirks: {} };
	it.each([
		["gemini-3-pro", false, "/models/gemini-3-pro:generateContent"],
		["gemini-3-pro", true, "/models/gemini-3-pro:streamGenerateContent?alt=sse"],
		["models/gemini-3-pro", false, "/models/gemini-3-pro:generateContent"],
		["tunedModels/mine", false, "/tunedModels/mine:generateContent"],
		["../../v1/files?x#y", false, "/models/..%2F..%2Fv1%2Ffiles%3Fx%23y:generateContent"],
	])("of %s, streamed %s, is %s", (model, stream, path) => {
		expect(gemini.provider.path({ ...options, model, stream })).toBe(path);
	});

	it("of a count names the model in the body too", () => {
		const { tokenCount } = gemini.provider;
		expect(tokenCount?.path({ ...options, model: "m", stream: false })).toBe("/models/m:countTokens");
		const prompt: Prompt = { messages: [{ role: "system", content: [{ type: "text", text: "Be brief" }] }, ask], settings: {} };
		expect(tokenCount?.encodeRequest(prompt, { ...options, model: "m", stream: false }).body).toMatchObject({
			generateContentRequest: { model: "models/m", systemInstruction: { parts: [{ text: "Be brief" }] }, contents: [{ role: "user" }] },
		});
	});
});

describe("signatures", () => {
	const turn = (...content: readonly ToolCallPart[]): Message[] => [ask, { role: "assistant", content }];
	const signed = { metadata: { google: { thoughtSignature: "c2ln" } } };

	it("only the first parallel call carries one (vercel/ai #17649)", () => {
		const [, model] = contentsOf(turn(call("a", signed), call("b")));
		expect(model?.parts.map((part) => part.thoughtSignature)).toEqual(["c2ln", undefined]);
	});

	it("a missing one is skip_thought_signature_validator since Gemini 3 (vercel/ai #15560)", () => {
		for (const model of ["gemini-3-pro-preview", "gemini-3.5-flash", "gemini-flash-latest"]) {
			expect(contentsOf(turn(call("a"), call("b")), model)[1]?.parts.map((part) => part.thoughtSignature)).toEqual(["skip_thought_signature_validator", undefined]);
		}
		for (const model of ["gemini-2.5-flash", "gemini-2.0-flash-001", "gemini-1.5-pro"]) {
			expect(contentsOf(turn(call("a")), model)[1]?.parts[0]).not.toHaveProperty("thoughtSignature");
		}
	});

	it("comes back from OpenAI's dialect as extra_content.google.thought_signature (OpenChatCut #6)", () => {
		const metadata = { openai: { extra_content: { google: { thought_signature: "c2ln" } } } };
		expect(contentsOf(turn(call("a", { metadata })))[1]?.parts[0]?.thoughtSignature).toBe("c2ln");
	});

	it("thoughts of another vendor are left out, never said as words", () => {
		const messages: Message[] = [ask, { role: "assistant", content: [{ type: "reasoning", text: "secret", metadata: { anthropic: { signature: "x" } } }, { type: "text", text: "said" }] }];
		const { body, warnings } = prompted({ messages });
		expect(body.contents).toEqual([{ role: "user", parts: [{ text: "Hi" }] }, { role: "model", parts: [{ text: "said" }] }]);
		expect(warnings).toMatchObject([{ code: "unsupported-part" }]);
	});
});

describe("ids of calls", () => {
	const messages = (id: string): Message[] => [
		ask,
		{ role: "assistant", content: [call(id)] },
		{ role: "tool", content: [{ type: "tool-result", toolCallId: id, output: { type: "text", text: "done" } }] },
	];

	it("are echoed, and the response names its function (vercel/ai #15317)", () => {
		const [, model, response] = contentsOf(messages("call_1"));
		expect(model?.parts[0]?.functionCall).toEqual({ id: "call_1", name: "f", args: { n: 1 } });
		expect(response).toEqual({ role: "user", parts: [{ functionResponse: { id: "call_1", name: "f", response: { output: "done" } } }] });
	});

	it("of our own making are not sent (CLIProxyAPI 5b232e3e9)", () => {
		const answer = gemini.provider.decodeAnswer({ responseId: "r-1", candidates: [{ content: { parts: [{ functionCall: { name: "f" } }] }, finishReason: "STOP" }] });
		const made = answer.ok && answer.value.content[0]?.type === "tool-call" ? answer.value.content[0].toolCallId : "";
		expect(made).toMatch(/r1$/);
		const [, model, response] = contentsOf(messages(made));
		expect(model?.parts[0]?.functionCall).toEqual({ name: "f", args: { n: 1 } });
		expect(response?.parts[0]?.functionResponse).not.toHaveProperty("id");
	});

	it("are omitted where the vendor refuses them (vercel/ai #17902)", () => {
		const [, model, response] = contentsOf(messages("call_1"), "gemini-2.5-pro", { functionCallIds: false });
		expect(model?.parts[0]?.functionCall).not.toHaveProperty("id");
		expect(response?.parts[0]?.functionResponse).not.toHaveProperty("id");
	});
});

describe("turns", () => {
	it("alternate: responses first, then what the user adds", () => {
		const result = (id: string, text: string): Message => ({ role: "tool", content: [{ type: "tool-result", toolCallId: id, output: { type: "text", text } }] });
		const contents = contentsOf([ask, { role: "assistant", content: [call("a"), call("b")] }, result("a", "1"), result("b", "2"), ask]);
		const kindOf = (part: JsonObject) => ["text", "functionCall", "functionResponse"].find((kind) => kind in part);
		expect(contents.map(({ role, parts }) => [role, parts.map(kindOf)])).toEqual([
			["user", ["text"]],
			["model", ["functionCall", "functionCall"]],
			["user", ["functionResponse", "functionResponse", "text"]],
		]);
	});

	it("a system message in front is the instruction, a later one the user's text", () => {
		const system = (text: string): Message => ({ role: "system", content: [{ type: "text", text }] });
		const { body, warnings } = prompted({ messages: [system("A"), system("B"), ask, { role: "assistant", content: [{ type: "text", text: "yes" }] }, system("C")] });
		expect(body).toMatchObject({ systemInstruction: { parts: [{ text: "A" }, { text: "B" }] }, contents: [{ role: "user" }, { role: "model" }, { role: "user", parts: [{ text: "C" }] }] });
		expect(warnings).toMatchObject([{ code: "changed-setting", field: "messages[4]" }]);
	});

	it("a system message alone becomes the user's turn, which is demanded", () => {
		const { body } = prompted({ messages: [{ role: "system", content: [{ type: "text", text: "A" }] }] });
		expect(body).toEqual({ contents: [{ role: "user", parts: [{ text: "A" }] }] });
	});

	it("files of a result stand in it since Gemini 3, behind it before", () => {
		const file = { type: "file", mediaType: "image/png", data: { type: "base64", base64: "AA==" } } as const;
		const messages: Message[] = [
			ask,
			{ role: "assistant", content: [call("a")] },
			{ role: "tool", content: [{ type: "tool-result", toolCallId: "a", isError: true, output: { type: "parts", parts: [{ type: "text", text: "see" }, file] } }] },
		];
		const inlineData = { mimeType: "image/png", data: "AA==" };
		const response = { error: "see" };
		expect(contentsOf(messages, "gemini-3-pro")[2]?.parts).toEqual([{ functionResponse: { id: "a", name: "f", response, parts: [{ inlineData }] } }]);
		expect(contentsOf(messages, "gemini-2.5-pro")[2]?.parts).toEqual([{ functionResponse: { id: "a", name: "f", response } }, { inlineData }]);
	});

	it.each([
		[{ type: "url", url: "https://a.example/x.jpg" }, "image/*", { fileData: { mimeType: "image/jpeg", fileUri: "https://a.example/x.jpg" } }],
		[{ type: "url", url: "gs://bucket/x" }, "application/pdf", { fileData: { mimeType: "application/pdf", fileUri: "gs://bucket/x" } }],
		[{ type: "url", url: "data:image/gif;base64,R0lGOD" }, "image/*", { inlineData: { mimeType: "image/gif", data: "R0lGOD" } }],
		[{ type: "base64", base64: "JVBERi0x" }, "application/octet-stream", { inlineData: { mimeType: "application/pdf", data: "JVBERi0x" } }],
		[{ type: "base64", base64: "/9j/AAAA" }, "image/*", { inlineData: { mimeType: "image/jpeg", data: "/9j/AAAA" } }],
		[{ type: "id", id: "files/abc" }, "application/pdf", { fileData: { mimeType: "application/pdf", fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc" } }],
		[{ type: "text", text: "words" }, "text/plain", { text: "words" }],
	] as const)("the file %j (%s) is %j", (data, mediaType, part) => {
		expect(contentsOf([{ role: "user", content: [{ type: "file", mediaType, data }] }])[0]?.parts).toEqual([part]);
	});

	it("a file that another vendor stores is left out with a warning", () => {
		const { warnings } = prompted({ messages: [{ role: "user", content: [{ type: "text", text: "x" }, { type: "file", mediaType: "image/png", data: { type: "id", id: "file-abc" } }] }] });
		expect(warnings).toMatchObject([{ code: "unsupported-part", message: expect.stringContaining("image/png") }]);
	});
});

describe("settings", () => {
	it.each([
		["gemini-3-pro", { effort: "high" }, { thinkingLevel: "HIGH", includeThoughts: true }],
		["gemini-3-pro", { effort: "xhigh" }, { thinkingLevel: "HIGH", includeThoughts: true }],
		["gemini-3-pro", { effort: "none" }, { thinkingLevel: "LOW", includeThoughts: true }],
		["gemini-3.5-flash", { effort: "none" }, { thinkingLevel: "MINIMAL", includeThoughts: true }],
		["gemini-3-pro", { mode: "enabled", budgetTokens: 2000 }, { thinkingBudget: 2000, includeThoughts: true }],
		["gemini-2.5-pro", { effort: "medium" }, { thinkingBudget: 8192, includeThoughts: true }],
		["gemini-2.5-flash", { mode: "disabled" }, { thinkingBudget: 0 }],
		["gemini-2.5-flash", { mode: "adaptive" }, { thinkingBudget: -1, includeThoughts: true }],
		["gemini-2.0-flash", { effort: "high" }, undefined],
	])("%s thinks %j as %j", (model, reasoning, thinkingConfig) => {
		expect((prompted({ settings: { reasoning } }, model).body.generationConfig as JsonObject | undefined)?.thinkingConfig).toEqual(thinkingConfig);
	});

	it("numbers do not drift (busbar ADR-0005)", () => {
		expect(JSON.stringify(prompted({ settings: { temperature: 0.7, topP: 0.95 } }).body)).toContain('"temperature":0.7,"topP":0.95');
	});

	it("what Gemini cannot say is a warning each", () => {
		const { body, warnings } = prompted({
			settings: { user: "u", stopSequences: ["a", "b", "c", "d", "e", "f"] },
			parallelToolCalls: false,
			tools: [{ type: "function", name: "f", inputSchema: {} }, { type: "provider", name: "web_search", dialect: "openai-responses", definition: { type: "web_search" } }],
			extras: { dialect: "openai-chat", fields: { logit_bias: {} } },
		});
		expect(warnings.map(({ field }) => field).sort()).toEqual(["logit_bias", "parallelToolCalls", "settings.stopSequences", "settings.user", "tools.web_search"]);
		expect(body.generationConfig).toEqual({ stopSequences: ["a", "b", "c", "d", "e"] });
	});

	it("a call's input that is no object is wrapped, never dropped (agentgateway #2776)", () => {
		const { body, warnings } = prompted({ messages: [ask, { role: "assistant", content: [call("a", { input: '{"n":', incomplete: true })] }] });
		expect(JSON.stringify(body)).toContain('"args":{"invalid_input":"{\\"n\\":"}');
		expect(warnings).toMatchObject([{ code: "changed-setting" }]);
	});

	it("tools keep the caller's order (Bifrost #2347)", () => {
		const tools = ["z", "a", "m"].map((name) => ({ type: "function", name, inputSchema: {} }) as const);
		const [declared] = prompted({ tools }).body.tools as readonly { functionDeclarations: readonly { name: string }[] }[];
		expect(declared?.functionDeclarations.map(({ name }) => name)).toEqual(["z", "a", "m"]);
	});

	it("own extras never take the place of what has a canonical form", () => {
		const fields = { contents: [], generationConfig: { temperature: 2, speechConfig: {} }, toolConfig: { functionCallingConfig: { mode: "ANY", streamFunctionCallArguments: true } } };
		expect(prompted({ settings: { temperature: 1 }, extras: { dialect: "gemini", fields } }).body).toEqual({
			contents: [{ role: "user", parts: [{ text: "Hi" }] }],
			generationConfig: { temperature: 1, speechConfig: {} },
			toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } },
		});
	});
});
