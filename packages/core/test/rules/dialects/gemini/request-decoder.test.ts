import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { generateContentRequest } from "../../../../src/contract/wire/gemini.ts";
import { pack } from "../../../../src/rules/dialects/foreign-state.ts";
import { decodeBody, promptOf } from "./helpers.ts";

const user = { role: "user", parts: [{ text: "Hi" }] };

describe("a thought of another vendor", () => {
	const metadata = { anthropic: { signature: "sig" } };
	const contentOf = (...parts: readonly JsonObject[]) => promptOf({ contents: [{ role: "model", parts }] }).messages[0]?.content;
	const end = { text: "", thought: true, thoughtSignature: pack(metadata) };

	it("is one again where a caller kept the pieces of the stream", () => {
		expect(contentOf({ text: "a", thought: true }, { text: "b", thought: true }, end, { text: "c" })).toEqual([
			{ type: "reasoning", text: "ab", metadata },
			{ type: "text", text: "c" },
		]);
	});
	it("takes nothing from Google's own before it", () => {
		const own = { text: "a", thought: true, thoughtSignature: "c2ln" };
		expect(contentOf(own, { text: "b", thought: true }, end, end)).toEqual([
			{ type: "reasoning", text: "a", metadata: { google: { thought: true, thoughtSignature: "c2ln" } } },
			{ type: "reasoning", text: "b", metadata },
			{ type: "reasoning", text: "", metadata },
		]);
	});
});

describe("contents", () => {
	it("keep thoughts and signatures on the parts that they came on", () => {
		const { messages } = promptOf({
			contents: [
				user,
				{ role: "model", parts: [{ text: "Hm", thought: true }, { text: "So", thoughtSignature: "c2ln" }, { text: "", thoughtSignature: "ZW5k" }] },
			],
		});
		expect(messages[1]).toEqual({
			role: "assistant",
			content: [
				{ type: "reasoning", text: "Hm", metadata: { google: { thought: true } } },
				{ type: "text", text: "So", metadata: { google: { thoughtSignature: "c2ln" } } },
				{ type: "text", text: "", metadata: { google: { thoughtSignature: "ZW5k" } } },
			],
		});
	});

	it("hold files, stored ones and what else is told of them", () => {
		const parts = [
			{ inlineData: { mimeType: "image/png", data: "AA==", displayName: "dot.png" } },
			{ fileData: { mimeType: "video/mp4", fileUri: "https://a.example/v.mp4" }, videoMetadata: { fps: 1 } },
			{ somethingNew: { a: 1 } },
		];
		expect(promptOf({ contents: [{ role: "user", parts }] }).messages[0]?.content).toEqual([
			{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "AA==" }, filename: "dot.png", metadata: { google: { file: { displayName: "dot.png" } } } },
			{ type: "file", mediaType: "video/mp4", data: { type: "url", url: "https://a.example/v.mp4" }, metadata: { google: { videoMetadata: { fps: 1 } } } },
			{ type: "opaque", dialect: "gemini", value: { somethingNew: { a: 1 } } },
		]);
	});

	it("hold code that Google ran, as a call with its result", () => {
		const parts = [{ executableCode: { language: "PYTHON", code: "1/0" } }, { codeExecutionResult: { outcome: "OUTCOME_FAILED", output: "ZeroDivisionError" } }];
		const [, model] = promptOf({ contents: [user, { role: "model", parts }] }).messages;
		expect(model?.content).toMatchObject([
			{ type: "tool-call", toolName: "codeExecution", providerExecuted: true, input: '{"language":"PYTHON","code":"1/0"}' },
			{ type: "tool-result", toolName: "codeExecution", providerExecuted: true, isError: true, output: { text: "ZeroDivisionError" } },
		]);
		const [call, result] = model?.content ?? [];
		expect(call?.type === "tool-call" && result?.type === "tool-result" && call.toolCallId === result.toolCallId).toBe(true);
	});
});

describe("calls and responses (CLIProxyAPI 5b232e3e9, vercel/ai #15317)", () => {
	const call = (name: string, id?: string) => ({ functionCall: { name, args: { n: 1 }, ...(id === undefined ? {} : { id }) } });
	const response = (name: string, output: unknown, id?: string) => ({ functionResponse: { name, response: { output }, ...(id === undefined ? {} : { id }) } });
	const idsOf = (contents: object[]) =>
		promptOf({ contents: contents as never }).messages.flatMap((message) => (message.role === "system" || message.role === "user" ? [] : message.content.flatMap((part) => ("toolCallId" in part ? [part.toolCallId] : []))));

	it("keep the ids that they have", () => {
		expect(idsOf([user, { role: "model", parts: [call("a", "x1"), call("b", "x2")] }, { role: "user", parts: [response("b", 1, "x2"), response("a", 1, "x1")] }])).toEqual(["x1", "x2", "x2", "x1"]);
	});

	it("find each other by name and order where they have none, the same way each time", () => {
		const contents = [user, { role: "model", parts: [call("a"), call("b"), call("a")] }, { role: "user", parts: [response("b", 1), response("a", 1), response("a", 2)] }];
		const [first, second, third, ...responses] = idsOf(contents);
		expect(new Set([first, second, third]).size).toBe(3);
		expect(responses).toEqual([second, first, third]);
		expect(idsOf(contents)).toEqual([first, second, third, ...responses]);
	});

	it("of different turns do not mix", () => {
		const contents = [user, { role: "model", parts: [call("a")] }, { role: "user", parts: [response("a", 1)] }, { role: "model", parts: [call("a")] }, { role: "user", parts: [response("a", 2)] }];
		const [first, firstResponse, second, secondResponse] = idsOf(contents);
		expect([firstResponse, secondResponse]).toEqual([first, second]);
		expect(first).not.toBe(second);
	});

	it("come before the user's words, whatever the order was", () => {
		const { messages } = promptOf({ contents: [user, { role: "model", parts: [call("a", "x")] }, { role: "user", parts: [{ text: "and" }, response("a", "done", "x")] }] as never });
		expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
	});

	it.each([
		[{ output: "done" }, { output: { type: "text", text: "done" } }],
		[{ error: "broken" }, { output: { type: "text", text: "broken" }, isError: true }],
		[{ temperature: 5 }, { output: { type: "text", text: '{"temperature":5}' }, metadata: { google: { response: { temperature: 5 } } } }],
		[{ output: [1] }, { output: { type: "text", text: '{"output":[1]}' }, metadata: { google: { response: { output: [1] } } } }],
		[{ output: "a", note: "b" }, { output: { type: "text", text: '{"output":"a","note":"b"}' }, metadata: { google: { response: { output: "a", note: "b" } } } }],
	])("the response %j is told as what it says", (body, expected) => {
		const { messages } = promptOf({ contents: [user, { role: "model", parts: [call("a", "x")] }, { role: "function", parts: [{ functionResponse: { id: "x", name: "a", response: body } }] }] });
		expect(messages[2]?.content).toEqual([{ type: "tool-result", toolCallId: "x", toolName: "a", ...expected }]);
	});

	it("hold files besides their words", () => {
		const parts = [{ inlineData: { mimeType: "image/png", data: "AA==" } }];
		const { messages } = promptOf({ contents: [user, { role: "model", parts: [call("a", "x")] }, { role: "user", parts: [{ functionResponse: { id: "x", name: "a", response: { output: "see" }, parts } }] }] });
		expect(messages[2]?.content).toMatchObject([{ output: { type: "parts", parts: [{ type: "text", text: "see" }, { type: "file", mediaType: "image/png" }] } }]);
	});
});

describe("tools and settings", () => {
	it("reads the older kind of schema as JSON Schema", () => {
		const parameters = { type: "OBJECT", properties: { n: { type: "INTEGER", nullable: true, minimum: 1 }, s: { type: "ARRAY", items: { type: "STRING" }, maxItems: "3" } }, required: ["n"] };
		const { tools } = promptOf({ contents: [user], tools: [{ functionDeclarations: [{ name: "f", parameters }] }, { googleSearch: {}, codeExecution: {} }] });
		expect(tools).toEqual([
			{
				type: "function",
				name: "f",
				inputSchema: { type: "object", properties: { n: { type: ["integer", "null"], minimum: 1 }, s: { type: "array", items: { type: "string" }, maxItems: 3 } }, required: ["n"] },
			},
			{ type: "provider", name: "googleSearch", dialect: "gemini", definition: { googleSearch: {} } },
			{ type: "provider", name: "codeExecution", dialect: "gemini", definition: { codeExecution: {} } },
		]);
	});

	const declared = [{ functionDeclarations: [{ name: "f" }, { name: "g" }] }];
	it.each([
		[{ mode: "AUTO" }, { type: "auto" }],
		[{ mode: "none" }, { type: "none" }],
		[{ mode: "ANY" }, { type: "required" }],
		[{ mode: "ANY", allowedFunctionNames: ["g"] }, { type: "tool", toolName: "g" }],
		[{ mode: "ANY", allowedFunctionNames: ["g", "f"] }, { type: "allowed", mode: "required", toolNames: ["g", "f"] }],
		[{ mode: "VALIDATED" }, { type: "allowed", mode: "auto", toolNames: ["f", "g"] }],
	])("the mode %j is %j", (functionCallingConfig, toolChoice) => {
		expect(promptOf({ contents: [user], tools: declared, toolConfig: { functionCallingConfig } }).toolChoice).toEqual(toolChoice);
	});

	it.each([
		[{ thinkingBudget: 0 }, { effort: "none", metadata: { google: {} } }],
		[{ thinkingBudget: -1, includeThoughts: true }, { mode: "adaptive", metadata: { google: { includeThoughts: true } } }],
		[{ thinkingBudget: 512 }, { budgetTokens: 512, metadata: { google: {} } }],
		[{ thinkingLevel: "HIGH" }, { effort: "high", metadata: { google: {} } }],
	])("the thinking %j is %j", (thinkingConfig, reasoning) => {
		expect(promptOf({ contents: [user], generationConfig: { thinkingConfig } }).settings.reasoning).toEqual(reasoning);
	});

	it("keeps what has no canonical form, wherever it stands", () => {
		const generationConfig = { temperature: 0.7, responseModalities: ["AUDIO"], responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a"] } };
		const prompt = promptOf({ contents: [user], safetySettings: [{ category: "C" }], labels: { a: "b" }, generationConfig });
		expect(prompt.settings).toEqual({ temperature: 0.7 });
		expect(prompt.output).toBeUndefined();
		expect(prompt.extras).toEqual({
			dialect: "gemini",
			fields: {
				safetySettings: [{ category: "C" }],
				labels: { a: "b" },
				generationConfig: { responseModalities: ["AUDIO"], responseMimeType: "text/x.enum", responseSchema: { type: "STRING", enum: ["a"] } },
			},
		});
	});

	it.each([
		["a role nobody has", { contents: [{ role: "narrator", parts: [{ text: "x" }] }] }, "contents[0].role"],
		["more than one candidate", { contents: [user], generationConfig: { candidateCount: 2 } }, "generationConfig.candidateCount"],
		["a mode nobody knows", { contents: [user], toolConfig: { functionCallingConfig: { mode: "SOME" } } }, "toolConfig.functionCallingConfig.mode"],
		["a function nobody declared", { contents: [user], toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["h"] } } }, "toolConfig.functionCallingConfig.allowedFunctionNames[0]"],
	])("refuses %s, naming the field", (_, body, path) => {
		expect(decodeBody(body as never)).toMatchObject({ ok: false, problem: [{ path }] });
	});

	it.each([{}, { contents: [] }, { contents: [{ parts: [{ functionCall: { args: {} } }] }] }, { contents: [user], generationConfig: { temperature: "hot" } }])("does not take %j", (body) => {
		expect(generateContentRequest.safeParse(body).success).toBe(false);
	});
});
