import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Door, doorKinds, openDoor, patient, pngBase64, providerNames } from "./door.ts";
import { rejection } from "./rejection.ts";

const question = [{ role: "user" as const, content: "What is a postern?" }];
const asked = { max_tokens: 500, messages: question };
const weather: Anthropic.Tool = {
	name: "get_weather",
	description: "The weather of a city",
	input_schema: { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } }, required: ["city", "days"] },
};
const clock: Anthropic.Tool = { name: "get_time", input_schema: { type: "object", properties: {} } };

describe.each(doorKinds)("anthropic's SDK, %s", (kind) => {
	let door: Door;
	let client: Anthropic;
	beforeAll(async () => {
		door = await openDoor(kind);
		client = new Anthropic({ apiKey: door.token, baseURL: door.origin, fetch: door.fetch, maxRetries: 0 });
	});
	afterAll(() => door.close());

	const textOf = ({ content }: Anthropic.Message): string => content.map((block) => (block.type === "text" ? block.text : "")).join("");
	const both = (params: Anthropic.MessageCreateParamsNonStreaming): readonly (() => Promise<Anthropic.Message>)[] => [
		() => client.messages.create(params),
		() => client.messages.stream(params).finalMessage(),
	];

	describe.each(providerNames)("before the provider %s", (provider) => {
		test("whole and streamed", async () => {
			for (const ask of both({ ...asked, model: `${provider}/echo` })) {
				const message = await ask();
				expect(message).toMatchObject({ type: "message", role: "assistant", stop_reason: "end_turn", usage: { input_tokens: 5, output_tokens: 14 } });
				expect(message.content).toHaveLength(1);
				expect(textOf(message)).toMatch(/You said: What is a postern\?$/);
			}
		});

		test("streamed in Anthropic's order of events", async () => {
			const types: string[] = [];
			for await (const event of await client.messages.create({ ...asked, model: `${provider}/echo`, stream: true })) {
				if (types.at(-1) !== event.type) types.push(event.type);
			}
			expect(types).toEqual(["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]);
		});

		test.each(["[DONE]", "a\r\nb\rc", "lone \ud800", "data: x\n\n"])("the text %j comes back as it went in", async (content) => {
			for (const ask of both({ ...asked, model: `${provider}/echo`, messages: [{ role: "user", content }] })) {
				expect(textOf(await ask()).endsWith(`You said: ${content}`)).toBe(true);
			}
		});

		test("tools, there and back, parallel and without arguments", async () => {
			for (const ask of both({ ...asked, model: `${provider}/tools`, tools: [weather, clock] })) {
				const message = await ask();
				expect(message.stop_reason).toBe("tool_use");
				const uses = message.content.filter((block) => block.type === "tool_use");
				expect(uses.map(({ name, input }) => [name, input])).toEqual([
					["get_weather", { city: "simulated", days: 1 }],
					["get_time", {}],
				]);
				expect(new Set(uses.map(({ id }) => id)).size).toBe(2);
				const answered = await client.messages.create({
					...asked,
					model: `${provider}/tools`,
					tools: [weather, clock],
					messages: [
						...question,
						{ role: "assistant", content: message.content },
						{
							role: "user",
							content: [
								{ type: "tool_result", tool_use_id: uses[0]?.id ?? "", content: "sunny" },
								{ type: "tool_result", tool_use_id: uses[1]?.id ?? "", content: [{ type: "text", text: "noon" }] },
							],
						},
					],
				});
				expect(answered.stop_reason).toBe("end_turn");
				expect(textOf(answered)).toContain(`${uses[0]?.id} returned "sunny"`);
				expect(textOf(answered)).toContain(`${uses[1]?.id} returned "noon"`);
			}
		});

		test("tool choices: one at a time, a forced one, none", async () => {
			const ask = async (choice: Anthropic.ToolChoice): Promise<readonly string[]> => {
				const { content } = await client.messages.create({ ...asked, model: `${provider}/tools`, tools: [weather, clock], tool_choice: choice });
				return content.flatMap((block) => (block.type === "tool_use" ? [block.name] : []));
			};
			expect(await ask({ type: "auto", disable_parallel_tool_use: true })).toEqual(provider === "gemini" ? ["get_weather", "get_time"] : ["get_weather"]);
			expect(await ask({ type: "tool", name: "get_time" })).toEqual(["get_time"]);
			expect(await ask({ type: "none" })).toEqual([]);
		});

		test("an image reaches the vendor in the vendor's form", async () => {
			const message = await client.messages.create({
				...asked,
				model: `${provider}/echo`,
				messages: [
					{
						role: "user",
						content: [
							{ type: "image", source: { type: "base64", media_type: "image/png", data: pngBase64 } },
							{ type: "text", text: "What is this?" },
						],
					},
				],
			});
			expect(textOf(message)).toContain("(with image/png): What is this?");
			const parts = {
				anthropic: { type: "image", source: { type: "base64", media_type: "image/png", data: pngBase64 } },
				responses: { type: "input_image", image_url: `data:image/png;base64,${pngBase64}` },
				openai: { type: "image_url", image_url: { url: `data:image/png;base64,${pngBase64}` } },
				compatible: { type: "image_url", image_url: { url: `data:image/png;base64,${pngBase64}` } },
				gemini: { inlineData: { mimeType: "image/png", data: pngBase64 } },
			};
			const said = expect.arrayContaining([expect.objectContaining(parts[provider])]);
			const fields = { responses: "input", gemini: "contents", anthropic: "messages", openai: "messages", compatible: "messages" };
			expect(door.vendors.requests.at(-1)?.body).toMatchObject({ [fields[provider]]: [provider === "gemini" ? { parts: said } : { content: said }] });
		});

		test("structured output", async () => {
			const schema = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"], additionalProperties: false };
			for (const ask of both({ ...asked, model: `${provider}/json`, output_config: { format: { type: "json_schema", schema } } })) {
				expect(JSON.parse(textOf(await ask()))).toEqual({ name: "simulated", age: expect.any(Number) });
			}
		});

		test.each([
			["length", {}, "max_tokens", null],
			["echo", { max_tokens: 3 }, "max_tokens", null],
			["echo", { stop_sequences: ["postern"] }, provider === "anthropic" ? "stop_sequence" : "end_turn", provider === "anthropic" ? "postern" : null],
		] as const)("%s with %j ends with %s", async (model, settings, reason, sequence) => {
			const params = { ...asked, model: `${provider}/${model}`, ...settings } as Anthropic.MessageCreateParamsNonStreaming;
			for (const ask of both(params)) expect(await ask()).toMatchObject({ stop_reason: reason, stop_sequence: sequence });
		});

		test("a refusal", async () => {
			for (const ask of both({ ...asked, model: `${provider}/refusal` })) {
				const message = await ask();
				expect(textOf(message)).toContain("refuses");
				expect(message.stop_reason).toBe("refusal");
			}
		});

		test("thoughts are shown, and may come back", async () => {
			for (const ask of both({ ...asked, model: `${provider}/reasoning` })) {
				const first = await ask();
				expect(first.content).toMatchObject([{ type: "thinking", thinking: expect.stringContaining("The user says") }, { type: "text" }]);
				const second = await client.messages.create({
					...asked,
					model: `${provider}/reasoning`,
					messages: [...question, { role: "assistant", content: first.content }, { role: "user", content: "And now?" }],
				});
				expect(textOf(second)).toContain("You said: And now?");
			}
		});

		test.each([
			["bad-request", Anthropic.BadRequestError, 400, "invalid_request_error"],
			["context-length", Anthropic.BadRequestError, 400, "invalid_request_error"],
			["no-such-model", Anthropic.NotFoundError, 404, "not_found_error"],
			["error-500", Anthropic.InternalServerError, 502, "api_error"],
			["overloaded", Anthropic.InternalServerError, 503, "overloaded_error"],
		] as const)("%s throws the SDK's own error, whole and streamed", async (model, type, status, name) => {
			for (const stream of [false, true]) {
				const error = await rejection(client.messages.create({ ...asked, model: `${provider}/${model}`, stream }));
				expect(error).toBeInstanceOf(type);
				expect(error).toMatchObject({ status, requestID: expect.stringMatching(/^req_/), error: { type: "error", error: { type: name } } });
			}
		});

		test("429 carries Retry-After", async () => {
			const error = await rejection(client.messages.create({ ...asked, model: `${provider}/rate-limited-30` }));
			expect(error).toBeInstanceOf(Anthropic.RateLimitError);
			expect((error as InstanceType<typeof Anthropic.RateLimitError>).headers?.get("retry-after")).toBe("30");
		});

		test.each(["error-after-start", "cut", "early-end"])("%s throws after what was said", async (model) => {
			let text = "";
			const stream = await client.messages.create({ ...asked, model: `${provider}/${model}`, stream: true });
			const error = await rejection(
				(async () => {
					for await (const event of stream) if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
				})(),
			);
			expect(text).toBe("The simulator says this much and then it");
			expect(error).toBeInstanceOf(Anthropic.APIError);
		});

		test("a break from the stream cancels the upstream", async () => {
			const before = door.vendors.disconnects();
			const stream = await client.messages.create({ ...asked, model: `${provider}/slow-50`, stream: true });
			for await (const event of stream) if (event.type === "content_block_delta") break;
			await expect.poll(door.vendors.active, patient).toBe(0);
			await expect.poll(() => door.vendors.disconnects() - before, patient).toBe(1);
		});

		test("counting tokens", async () => {
			const { data, response } = await client.messages.countTokens({ model: `${provider}/echo`, messages: question }).withResponse();
			expect(data.input_tokens).toBeGreaterThan(0);
			expect(response.headers.get("x-postern-estimated")).toBe(provider === "anthropic" || provider === "gemini" ? null : "true");
		});
	});

	describe("thoughts come back with their signature", () => {
		const thinking = { type: "enabled" as const, budget_tokens: 1024 };
		const params = { max_tokens: 2048, messages: question, model: "anthropic/reasoning", thinking };

		test("in a conversation", async () => {
			for (const ask of both(params)) {
				const first = await ask();
				expect(first.content).toMatchObject([{ type: "thinking", signature: expect.stringMatching(/^sim/) }, { type: "text" }]);
				const second = await client.messages.create({
					...params,
					messages: [...question, { role: "assistant", content: first.content }, { role: "user", content: "And now?" }],
				});
				expect(textOf(second)).toContain("1 of my thoughts came back");
			}
		});

		test("in front of a tool call, with its result", async () => {
			const first = await client.messages.stream({ ...params, tools: [weather] }).finalMessage();
			expect(first.content).toMatchObject([{ type: "thinking" }, { type: "tool_use", name: "get_weather" }]);
			const use = first.content.find((block) => block.type === "tool_use");
			const second = await client.messages.create({
				...params,
				tools: [weather],
				messages: [
					...question,
					{ role: "assistant", content: first.content },
					{ role: "user", content: [{ type: "tool_result", tool_use_id: use?.id ?? "", content: "sunny" }] },
				],
			});
			expect(textOf(second)).toContain('returned "sunny"');
			expect(textOf(second)).toContain("1 of my thoughts came back");
		});

		test("and a changed one is refused by the vendor", async () => {
			const { content } = await client.messages.create(params);
			const forged = content.map((block) => (block.type === "thinking" ? { ...block, thinking: "I never thought this." } : block));
			const error = await rejection(
				client.messages.create({ ...params, messages: [...question, { role: "assistant", content: forged }, { role: "user", content: "And now?" }] }),
			);
			expect(error).toMatchObject({ status: 400 });
			expect(String(error)).toContain("signature");
		});
	});

	describe("whoever asks", () => {
		test("with a wrong key is refused with 401", async () => {
			const stranger = new Anthropic({ apiKey: "wrong", baseURL: door.origin, fetch: door.fetch, maxRetries: 0 });
			const error = await rejection(stranger.messages.create({ ...asked, model: "anthropic/echo" }));
			expect(error).toBeInstanceOf(Anthropic.AuthenticationError);
			expect(error).toMatchObject({ status: 401, error: { error: { type: "authentication_error" } } });
		});

		test("with a bearer token is let in", async () => {
			const bearer = new Anthropic({ apiKey: null, authToken: door.token, baseURL: door.origin, fetch: door.fetch, maxRetries: 0 });
			expect(textOf(await bearer.messages.create({ ...asked, model: "anthropic/echo" }))).toContain("simulator");
		});

		test("for an unknown provider is told 404", async () => {
			expect(await rejection(client.messages.create({ ...asked, model: "nobody/echo" }))).toBeInstanceOf(Anthropic.NotFoundError);
		});

		test("with a wrong body is told the field", async () => {
			const error = await rejection(client.messages.create({ ...asked, model: "anthropic/echo", messages: [{ role: "user", content: 5 as unknown as string }] }));
			expect(error).toBeInstanceOf(Anthropic.BadRequestError);
			expect(String(error)).toContain("messages");
		});

		test("learns nothing of the gateway's own bad credential", async () => {
			const error = await rejection(client.messages.create({ ...asked, model: "locked/echo" }));
			expect(error).toMatchObject({ status: 502 });
			expect(JSON.stringify(error) + String(error)).not.toContain("sk-wrong");
		});
	});

	test("the model list has what is configured, in Anthropic's form", async () => {
		const ids: string[] = [];
		for await (const { id } of client.models.list()) ids.push(id);
		expect(ids).toEqual(expect.arrayContaining(["openai/echo", "anthropic/echo"]));
		expect(await client.models.retrieve("anthropic/echo")).toMatchObject({ id: "anthropic/echo", type: "model", capabilities: null });
		const known: Anthropic.ModelInfo = await client.models.retrieve("anthropic/claude-haiku-4-5");
		expect(known).toMatchObject({ max_input_tokens: 200_000, max_tokens: 64_000, capabilities: { image_input: { supported: true } } });
	});
});
