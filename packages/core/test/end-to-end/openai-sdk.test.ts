import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, doorKinds, openDoor, patient, pngBase64, providerNames } from "./door.ts";
import { rejection } from "./rejection.ts";

const question = [{ role: "user" as const, content: "What is a postern?" }];
const weather = {
	type: "function" as const,
	function: {
		name: "get_weather",
		description: "The weather of a city",
		parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } }, required: ["city", "days"] },
	},
};
const clock = { type: "function" as const, function: { name: "get_time", parameters: { type: "object", properties: {} } } };

describe.each(doorKinds)("openai's SDK, %s", (kind) => {
	let door: Door;
	let client: OpenAI;
	beforeAll(async () => {
		door = await openDoor(kind);
		client = new OpenAI({ apiKey: door.token, baseURL: `${door.origin}/v1`, fetch: door.fetch, maxRetries: 0 });
	});
	afterAll(() => door.close());

	describe.each(providerNames)("before the provider %s", (provider) => {
		test("whole", async () => {
			const completion = await client.chat.completions.create({ model: `${provider}/echo`, messages: question });
			expect(completion).toMatchObject({ object: "chat.completion", choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant" } }] });
			expect(completion.choices[0]?.message.content).toMatch(/You said: What is a postern\?$/);
			expect(completion.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 14, total_tokens: 19 });
		});

		test("streamed, with the usage that was asked for", async () => {
			const stream = await client.chat.completions.create({
				model: `${provider}/echo`,
				messages: question,
				stream: true,
				stream_options: { include_usage: true },
			});
			let text = "";
			const reasons: (string | null)[] = [];
			let usage: OpenAI.CompletionUsage | null | undefined;
			for await (const chunk of stream) {
				text += chunk.choices[0]?.delta.content ?? "";
				if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
				usage = chunk.usage ?? usage;
			}
			expect(text).toMatch(/You said: What is a postern\?$/);
			expect(reasons).toEqual(["stop"]);
			expect(usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 14 });
		});

		test("streamed, without usage where it was not asked for", async () => {
			const stream = await client.chat.completions.create({ model: `${provider}/echo`, messages: question, stream: true });
			for await (const chunk of stream) {
				expect(chunk.usage ?? null).toBeNull();
				expect(chunk.choices).toHaveLength(1);
			}
		});

		test.each(["[DONE]", "a\r\nb\rc", "lone \ud800", "data: x\n\n"])("the text %j comes back as it went in", async (content) => {
			const asked = { model: `${provider}/echo`, messages: [{ role: "user" as const, content }] };
			const whole = await client.chat.completions.create(asked);
			expect(whole.choices[0]?.message.content?.endsWith(`You said: ${content}`)).toBe(true);
			const streamed = await client.chat.completions.stream(asked).finalContent();
			expect(streamed?.endsWith(`You said: ${content}`)).toBe(true);
		});

		test.each([false, true])("tools, there and back, parallel and without arguments (streamed: %s)", async (isStreamed) => {
			const asked = { model: `${provider}/tools`, messages: question, tools: [weather, clock] };
			const completion = isStreamed ? await client.chat.completions.stream(asked).finalChatCompletion() : await client.chat.completions.create(asked);
			const choice = completion.choices[0];
			expect(choice?.finish_reason).toBe("tool_calls");
			const calls = (choice?.message.tool_calls ?? []).flatMap((call) => (call.type === "function" ? [call] : []));
			expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
				["get_weather", { city: "simulated", days: 1 }],
				["get_time", {}],
			]);
			expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
			const results = calls.map(({ id, function: { name } }) => ({ role: "tool" as const, tool_call_id: id, content: `result of ${name}` }));
			const answered = await client.chat.completions.create({
				...asked,
				messages: [...question, { role: "assistant", content: null, tool_calls: calls }, ...results],
			});
			expect(answered.choices[0]?.finish_reason).toBe("stop");
			for (const { id, function: fn } of calls) expect(answered.choices[0]?.message.content).toContain(`${id} returned "result of ${fn.name}"`);
		});

		test("one tool call at a time where parallel ones are forbidden", async () => {
			const { choices } = await client.chat.completions.create({ model: `${provider}/tools`, messages: question, tools: [weather, clock], parallel_tool_calls: false });
			// Google has no word for it: the caller is warned.
			expect(choices[0]?.message.tool_calls).toHaveLength(provider === "gemini" ? 2 : 1);
		});

		test("a forced tool, and none", async () => {
			const asked = { model: `${provider}/tools`, messages: question, tools: [weather, clock] };
			const forced = await client.chat.completions.create({ ...asked, tool_choice: { type: "function", function: { name: "get_time" } } });
			expect(forced.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: "get_time", arguments: "{}" } }]);
			const none = await client.chat.completions.create({ ...asked, tool_choice: "none" });
			expect(none.choices[0]?.message.tool_calls ?? []).toEqual([]);
		});

		test("an image reaches the vendor in the vendor's form", async () => {
			const url = `data:image/png;base64,${pngBase64}`;
			const { choices } = await client.chat.completions.create({
				model: `${provider}/echo`,
				messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url } }] }],
			});
			expect(choices[0]?.message.content).toContain("(with image/png): What is this?");
			const parts = {
				anthropic: { type: "image", source: { type: "base64", media_type: "image/png", data: pngBase64 } },
				responses: { type: "input_image", image_url: url },
				openai: { type: "image_url", image_url: { url } },
				compatible: { type: "image_url", image_url: { url } },
				gemini: { inlineData: { mimeType: "image/png", data: pngBase64 } },
			};
			const said = expect.arrayContaining([expect.objectContaining(parts[provider])]);
			const fields = { responses: "input", gemini: "contents", anthropic: "messages", openai: "messages", compatible: "messages" };
			expect(door.vendors.requests.at(-1)?.body).toMatchObject({ [fields[provider]]: [provider === "gemini" ? { parts: said } : { content: said }] });
		});

		test("structured output", async () => {
			const schema = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"], additionalProperties: false };
			const { choices } = await client.chat.completions.create({
				model: `${provider}/json`,
				messages: question,
				response_format: { type: "json_schema", json_schema: { name: "person", schema, strict: true } },
			});
			expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual({ name: "simulated", age: expect.any(Number) });
		});

		test.each([
			["length", {}, "length"],
			["echo", { max_completion_tokens: 3 }, "length"],
			["echo", { stop: ["postern"] }, "stop"],
		] as const)("%s with %j ends with %s", async (model, settings, reason) => {
			const asked = { model: `${provider}/${model}`, messages: question, ...settings, stop: "stop" in settings ? [...settings.stop] : null };
			expect((await client.chat.completions.create(asked)).choices[0]?.finish_reason).toBe(reason);
			expect((await client.chat.completions.stream(asked).on("error", () => undefined).finalChatCompletion().catch((error: unknown) => error))).toSatisfy(
				// The SDK's helper turns `length` into an error of its own.
				(value: OpenAI.ChatCompletion | Error) => (value instanceof Error ? reason === "length" : value.choices[0]?.finish_reason === reason),
			);
		});

		test("a refusal", async () => {
			const { choices } = await client.chat.completions.create({ model: `${provider}/refusal`, messages: question });
			const said = choices[0]?.message;
			expect(said?.refusal ?? said?.content).toContain("refuses");
			if (provider === "anthropic") expect(choices[0]?.finish_reason).toBe("content_filter");
		});

		test("thoughts are shown, and come back", async () => {
			const asked = { model: `${provider}/reasoning`, messages: question };
			const { choices } = await client.chat.completions.create(asked);
			expect(choices[0]?.message).toMatchObject({ reasoning_content: expect.stringContaining("The user says"), content: expect.stringContaining("You said") });
			const again = await client.chat.completions.create({
				...asked,
				messages: [...question, choices[0]?.message ?? { role: "assistant" as const, content: "" }, { role: "user", content: "And now?" }],
			});
			expect(again.choices[0]?.message.content).toContain("1 of my thoughts came back");
		});

		test.each([
			["bad-request", OpenAI.BadRequestError, 400],
			["context-length", OpenAI.BadRequestError, 400],
			["no-such-model", OpenAI.NotFoundError, 404],
			["error-500", OpenAI.InternalServerError, 502],
			["overloaded", OpenAI.InternalServerError, 503],
			["error-in-stream", OpenAI.InternalServerError, provider === "anthropic" || provider === "gemini" ? 503 : 502],
		] as const)("%s throws the SDK's own error, whole and streamed", async (model, type, status) => {
			const asked = { model: `${provider}/${model}`, messages: question };
			for (const call of [client.chat.completions.create(asked), client.chat.completions.create({ ...asked, stream: true })]) {
				const error = await rejection(call);
				expect(error).toBeInstanceOf(type);
				expect(error).toMatchObject({ status, requestID: expect.stringMatching(/^req_/) });
			}
		});

		test("429 carries Retry-After", async () => {
			const error = await rejection(client.chat.completions.create({ model: `${provider}/rate-limited-30`, messages: question }));
			expect(error).toBeInstanceOf(OpenAI.RateLimitError);
			expect((error as InstanceType<typeof OpenAI.RateLimitError>).headers.get("retry-after")).toBe("30");
		});

		test.each(["error-after-start", "cut", "early-end"])("%s throws after what was said", async (model) => {
			const stream = await client.chat.completions.create({ model: `${provider}/${model}`, messages: question, stream: true });
			let text = "";
			const error = await rejection(
				(async () => {
					for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
				})(),
			);
			expect(text).toBe("The simulator says this much and then it");
			expect(error).toBeInstanceOf(OpenAI.APIError);
		});

		test("a break from the stream, and an abort, cancel the upstream", async () => {
			const before = door.vendors.disconnects();
			const stream = await client.chat.completions.create({ model: `${provider}/slow-50`, messages: question, stream: true });
			for await (const _ of stream) break;
			await expect.poll(door.vendors.active, patient).toBe(0);

			const controller = new AbortController();
			const whole = client.chat.completions.create({ model: `${provider}/never-starts`, messages: question }, { signal: controller.signal });
			whole.catch(() => undefined);
			await expect.poll(door.vendors.active, patient).toBe(1);
			controller.abort();
			const error = await rejection(whole);
			// A gateway's own fetch never rejects: it answers 499.
			if (kind === "over a socket") expect(error).toBeInstanceOf(OpenAI.APIUserAbortError);
			else expect(error).toMatchObject({ status: 499 });
			await expect.poll(door.vendors.active, patient).toBe(0);
			await expect.poll(() => door.vendors.disconnects() - before, patient).toBe(2);
		});
	});

	describe("whoever asks", () => {
		test("with a wrong token is refused with 401", async () => {
			const stranger = new OpenAI({ apiKey: "wrong", baseURL: `${door.origin}/v1`, fetch: door.fetch, maxRetries: 0 });
			const error = await rejection(stranger.chat.completions.create({ model: "openai/echo", messages: question }));
			expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
			expect(error).toMatchObject({ status: 401, code: "invalid_api_key" });
		});

		test.each([
			["an unknown provider", "nobody/echo"],
			["a name of no provider", "nothing"],
		])("for %s is told 404", async (_, model) => {
			const error = await rejection(client.chat.completions.create({ model, messages: question }));
			expect(error).toBeInstanceOf(OpenAI.NotFoundError);
			expect(error).toMatchObject({ code: "model_not_found" });
		});

		test("with a wrong body is told the field", async () => {
			const error = await rejection(client.chat.completions.create({ model: "openai/echo", messages: [{ role: "user", content: 5 as unknown as string }] }));
			expect(error).toBeInstanceOf(OpenAI.BadRequestError);
			expect(String(error)).toContain("messages");
		});

		test("learns nothing of the gateway's own bad credential", async () => {
			const error = await rejection(client.chat.completions.create({ model: "locked/echo", messages: question }));
			expect(error).toMatchObject({ status: 502 });
			expect(JSON.stringify(error) + String(error)).not.toContain("sk-wrong");
		});

		test("for a provider without a key is told so, and nothing is sent", async () => {
			const before = door.vendors.requests.length;
			const error = await rejection(client.chat.completions.create({ model: "keyless/echo", messages: question }));
			expect(error).toMatchObject({ status: 503 });
			expect(String(error)).toContain("has no key");
			expect(door.vendors.requests).toHaveLength(before);
		});
	});

	test("the model list has what is configured", async () => {
		const ids: string[] = [];
		for await (const { id } of client.models.list()) ids.push(id);
		expect(ids).toEqual(expect.arrayContaining(["openai/echo", "anthropic/echo"]));
		expect(await client.models.retrieve("openai/echo")).toMatchObject({ id: "openai/echo", object: "model" });
		// What OpenRouter's clients look for.
		expect(await client.models.retrieve("openai/gpt-4o")).toMatchObject({ context_length: 128_000, supported_parameters: expect.arrayContaining(["tools"]) });
		expect(await rejection(client.models.retrieve("nobody/none"))).toBeInstanceOf(OpenAI.NotFoundError);
	});
});
