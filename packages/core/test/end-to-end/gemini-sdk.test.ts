import { ApiError, type Content, type FunctionDeclaration, type GenerateContentParameters, type GenerateContentResponse, GoogleGenAI, Type } from "@google/genai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, doorKinds, openDoor, patient, pngBase64, providerNames } from "./door.ts";
import { rejection } from "./rejection.ts";

const question = "What is a postern?";
const weather: FunctionDeclaration = {
	name: "get_weather",
	description: "The weather of a city",
	parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING }, days: { type: Type.INTEGER, minimum: 1 } }, required: ["city", "days"] },
};
const clock: FunctionDeclaration = { name: "get_time" };
const tools = [{ functionDeclarations: [weather, clock] }];

/** What a stream's chunks make together. */
interface Told {
	readonly text: string;
	readonly parts: NonNullable<Content["parts"]>;
	readonly last: GenerateContentResponse | undefined;
}

describe.each(doorKinds)("google's SDK, %s", (kind) => {
	let door: Door;
	let client: GoogleGenAI;
	const clientWith = (apiKey: string) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: door.origin, fetch: door.fetch } });
	beforeAll(async () => {
		door = await openDoor(kind);
		client = clientWith(door.token);
	});
	afterAll(() => door.close());

	async function whole(params: GenerateContentParameters): Promise<Told> {
		const last = await client.models.generateContent(params);
		const parts = last.candidates?.[0]?.content?.parts ?? [];
		return { text: spoken(parts), parts, last };
	}
	async function streamed(params: GenerateContentParameters): Promise<Told> {
		const parts: NonNullable<Content["parts"]> = [];
		let last: GenerateContentResponse | undefined;
		for await (const chunk of await client.models.generateContentStream(params)) {
			parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
			last = chunk;
		}
		return { text: spoken(parts), parts, last };
	}
	const spoken = (parts: NonNullable<Content["parts"]>) => parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
	const both = [whole, streamed] as const;

	describe.each(providerNames)("before the provider %s", (provider) => {
		test("whole and streamed", async () => {
			for (const ask of both) {
				const { text, last } = await ask({ model: `${provider}/echo`, contents: question });
				expect(text).toMatch(/You said: What is a postern\?$/);
				expect(last?.candidates?.[0]).toMatchObject({ finishReason: "STOP", index: 0 });
				expect(last?.usageMetadata).toMatchObject({ promptTokenCount: 5, candidatesTokenCount: 14, totalTokenCount: 19 });
				expect(last).toMatchObject({ modelVersion: "echo", responseId: expect.any(String) });
			}
		});

		test.each(["[DONE]", "a\r\nb\rc", "lone \ud800", "data: x\n\n"])("the text %j comes back as it went in", async (text) => {
			for (const ask of both) expect((await ask({ model: `${provider}/echo`, contents: text })).text.endsWith(`You said: ${text}`)).toBe(true);
		});

		test("tools, there and back, parallel and without arguments", async () => {
			for (const ask of both) {
				const model = `${provider}/tools`;
				const { parts } = await ask({ model, contents: question, config: { tools } });
				const calls = parts.flatMap((part) => part.functionCall ?? []);
				expect(calls.map(({ name, args }) => [name, args])).toEqual([
					["get_weather", { city: "simulated", days: 1 }],
					["get_time", {}],
				]);
				expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
				const responses = calls.map(({ id, name }) => ({ functionResponse: { ...(id === undefined ? {} : { id }), name: name ?? "", response: { output: `result of ${name}` } } }));
				const answered = await ask({
					model,
					contents: [{ role: "user", parts: [{ text: question }] }, { role: "model", parts }, { role: "user", parts: responses }],
					config: { tools },
				});
				expect(answered.last?.candidates?.[0]?.finishReason).toBe("STOP");
				for (const { id, name } of calls) expect(answered.text).toContain(`${id} returned "result of ${name}"`);
			}
		});

		test("responses find their calls without ids, by name and order", async () => {
			const parts = [{ functionCall: { name: "get_time", args: {} } }, { functionCall: { name: "get_weather", args: { city: "a", days: 1 } } }];
			const responses = [
				{ functionResponse: { name: "get_weather", response: { output: "sunny" } } },
				{ functionResponse: { name: "get_time", response: { output: "noon" } } },
			];
			const contents = [{ role: "user", parts: [{ text: question }] }, { role: "model", parts }, { role: "user", parts: responses }];
			const { text } = await whole({ model: `${provider}/tools`, contents, config: { tools } });
			expect(text).toContain('returned "sunny"');
			expect(text).toContain('returned "noon"');
		});

		test("a forced tool, and none", async () => {
			const ask = async (mode: "ANY" | "NONE", allowedFunctionNames?: string[]) => {
				const functionCallingConfig = { mode, ...(allowedFunctionNames === undefined ? {} : { allowedFunctionNames }) };
				const { parts } = await whole({ model: `${provider}/tools`, contents: question, config: { tools, toolConfig: { functionCallingConfig } as never } });
				return parts.flatMap((part) => part.functionCall?.name ?? []);
			};
			expect(await ask("ANY", ["get_time"])).toEqual(["get_time"]);
			expect(await ask("NONE")).toEqual([]);
		});

		test("an image reaches the vendor", async () => {
			const parts = [{ inlineData: { mimeType: "image/png", data: pngBase64 } }, { text: "What is this?" }];
			const { text } = await whole({ model: `${provider}/echo`, contents: [{ role: "user", parts }] });
			expect(text).toContain("(with image/png): What is this?");
			expect(JSON.stringify(door.vendors.requests.at(-1)?.body)).toContain(pngBase64);
		});

		test("structured output, by either kind of schema", async () => {
			const responseJsonSchema = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"], additionalProperties: false };
			const responseSchema = { type: Type.OBJECT, properties: { name: { type: Type.STRING }, age: { type: Type.INTEGER } }, required: ["name", "age"] };
			for (const schema of [{ responseJsonSchema }, { responseSchema }]) {
				const { text } = await whole({ model: `${provider}/json`, contents: question, config: { responseMimeType: "application/json", ...schema } });
				expect(JSON.parse(text)).toEqual({ name: "simulated", age: expect.any(Number) });
			}
		});

		test.each([
			["length", {}, "MAX_TOKENS"],
			["echo", { maxOutputTokens: 3 }, "MAX_TOKENS"],
			["echo", { stopSequences: ["postern"] }, "STOP"],
		] as const)("%s with %j ends with %s", async (model, config, reason) => {
			for (const ask of both) {
				const { last } = await ask({ model: `${provider}/${model}`, contents: question, config: { ...config, ...("stopSequences" in config ? { stopSequences: [...config.stopSequences] } : {}) } as never });
				expect(last?.candidates?.[0]?.finishReason).toBe(reason);
			}
		});

		test("a refusal is told as the filter's", async () => {
			for (const ask of both) {
				const { text, last } = await ask({ model: `${provider}/refusal`, contents: question });
				expect(text).toContain("refuses");
				if (provider !== "gemini") expect(last?.candidates?.[0]?.finishReason).toBe("SAFETY");
			}
		});

		test("thoughts are shown as thoughts", async () => {
			for (const ask of both) {
				const { text, parts } = await ask({ model: `${provider}/reasoning`, contents: question, config: { maxOutputTokens: 500, thinkingConfig: { includeThoughts: true } } });
				expect(parts.filter((part) => part.thought).map((part) => part.text ?? "").join("")).toContain("The user says");
				expect(text).toMatch(/^This is Postern's simulator/);
			}
		});

		test("counting tokens", async () => {
			expect((await client.models.countTokens({ model: `${provider}/echo`, contents: question })).totalTokens).toBeGreaterThan(0);
		});

		test.each([
			["bad-request", 400, "INVALID_ARGUMENT"],
			["context-length", 400, "INVALID_ARGUMENT"],
			["no-such-model", 404, "NOT_FOUND"],
			["error-500", 502, "UNAVAILABLE"],
			["overloaded", 503, "UNAVAILABLE"],
			["unauthorized", 502, "UNAVAILABLE"],
		] as const)("%s throws the SDK's own error, whole and streamed", async (model, status, word) => {
			for (const ask of both) {
				const error = await rejection(ask({ model: `${provider}/${model}`, contents: question }));
				expect(error).toBeInstanceOf(ApiError);
				expect(error).toMatchObject({ status });
				expect(JSON.parse((error as ApiError).message)).toMatchObject({ error: { code: status, status: word, message: expect.any(String) } });
			}
		});

		test("429 tells when to come back", async () => {
			const error = (await rejection(whole({ model: `${provider}/rate-limited-30`, contents: question }))) as ApiError;
			expect(error.status).toBe(429);
			expect(JSON.parse(error.message)).toMatchObject({ error: { status: "RESOURCE_EXHAUSTED", details: expect.arrayContaining([expect.objectContaining({ retryDelay: "30s" })]) } });
		});

		test.each(["error-after-start", "cut", "early-end"])("%s throws after what was said", async (model) => {
			let text = "";
			const error = await rejection(
				(async () => {
					for await (const chunk of await client.models.generateContentStream({ model: `${provider}/${model}`, contents: question })) text += chunk.text ?? "";
				})(),
			);
			expect(text).toBe("The simulator says this much and then it");
			expect(error).toBeInstanceOf(ApiError);
		});

		test("an abort cancels the upstream", async () => {
			const before = door.vendors.disconnects();
			const controller = new AbortController();
			const asked = whole({ model: `${provider}/never-starts`, contents: question, config: { abortSignal: controller.signal } });
			asked.catch(() => undefined);
			await expect.poll(door.vendors.active, patient).toBe(1);
			controller.abort();
			await rejection(asked);
			await expect.poll(door.vendors.active, patient).toBe(0);
			await expect.poll(() => door.vendors.disconnects() - before, patient).toBe(1);
		});
	});

	describe("before Google itself", () => {
		const config = { thinkingConfig: { includeThoughts: true } };

		test("a chat sends thoughts back with their signatures", async () => {
			const chat = client.chats.create({ model: "gemini/reasoning", config });
			expect((await chat.sendMessage({ message: question })).text).toContain("You said: What is a postern?");
			expect((await chat.sendMessage({ message: "And now?" })).text).toContain("1 of my thoughts came back");
		});

		test("a changed thought is refused by the vendor", async () => {
			const { parts } = await whole({ model: "gemini/reasoning", contents: question, config });
			const forged = parts.map((part) => (part.thought ? { ...part, text: "I never thought this." } : part));
			const contents = [{ role: "user", parts: [{ text: question }] }, { role: "model", parts: forged }, { role: "user", parts: [{ text: "And now?" }] }];
			const error = await rejection(whole({ model: "gemini/reasoning", contents, config }));
			expect(error).toMatchObject({ status: 400 });
			expect(String(error)).toContain("signature");
		});

		test("settings, tools and what Postern has no word for arrive as they were sent", async () => {
			await whole({
				model: "gemini/echo",
				contents: question,
				config: {
					systemInstruction: "Be brief",
					temperature: 0.7,
					topK: 3,
					seed: 5,
					safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" } as never],
					responseModalities: ["TEXT"],
					tools: [{ googleSearch: {} }, ...tools],
				},
			});
			expect(door.vendors.requests.at(-1)).toMatchObject({
				path: "/v1beta/models/echo:generateContent",
				headers: { "x-goog-api-key": door.vendors.apiKey },
				body: {
					contents: [{ role: "user", parts: [{ text: question }] }],
					systemInstruction: { parts: [{ text: "Be brief" }] },
					generationConfig: { temperature: 0.7, topK: 3, seed: 5, responseModalities: ["TEXT"] },
					safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
					tools: expect.arrayContaining([{ googleSearch: {} }, expect.objectContaining({ functionDeclarations: expect.any(Array) })]),
				},
			});
		});
	});

	describe("whoever asks", () => {
		test("with a wrong key is refused with 401", async () => {
			const error = await rejection(clientWith("wrong").models.generateContent({ model: "openai/echo", contents: question }));
			expect(error).toMatchObject({ status: 401 });
			expect(JSON.parse((error as ApiError).message)).toMatchObject({ error: { status: "UNAUTHENTICATED" } });
		});

		test("for an unknown provider is told 404", async () => {
			expect(await rejection(whole({ model: "nobody/echo", contents: question }))).toMatchObject({ status: 404 });
		});

		test("with a wrong body is told the field", async () => {
			const contents = [{ role: "narrator", parts: [{ text: "x" }] }];
			const error = (await rejection(whole({ model: "openai/echo", contents }))) as ApiError;
			expect(error.status).toBe(400);
			expect(JSON.parse(error.message)).toMatchObject({ error: { details: expect.arrayContaining([expect.objectContaining({ fieldViolations: [expect.objectContaining({ field: "contents[0].role" })] })]) } });
		});

		test("learns nothing of the gateway's own bad credential", async () => {
			const error = await rejection(whole({ model: "locked/echo", contents: question }));
			expect(error).toMatchObject({ status: 502 });
			expect(String(error)).not.toContain("sk-wrong");
		});
	});

	test("the model list has what is configured, in Google's form and page by page", async () => {
		const names: (string | undefined)[] = [];
		for await (const { name } of await client.models.list({ config: { pageSize: 2 } })) names.push(name);
		expect(names).toEqual(expect.arrayContaining(["models/openai/echo", "models/anthropic/echo", "models/gemini/echo"]));
		expect(await client.models.get({ model: "gemini/echo" })).toMatchObject({ name: "models/gemini/echo", supportedActions: expect.arrayContaining(["generateContent"]) });
		expect(await client.models.get({ model: "gemini/gemini-2.5-pro" })).toMatchObject({ inputTokenLimit: 1_048_576, outputTokenLimit: 65_536, thinking: true });
		expect(await rejection(client.models.get({ model: "nobody/none" }))).toMatchObject({ status: 404 });
	});
});
