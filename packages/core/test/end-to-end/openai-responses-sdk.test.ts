import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Door, doorKinds, openDoor, pngBase64, providerNames } from "./door.ts";
import { rejection } from "./rejection.ts";

type Item = OpenAI.Responses.ResponseInputItem;

const input = "What is a postern?";
const weather = {
	type: "function" as const,
	name: "get_weather",
	description: "The weather of a city",
	strict: false,
	parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } }, required: ["city", "days"] },
};
const clock = { type: "function" as const, name: "get_time", strict: false, parameters: { type: "object", properties: {} } };
const patch = { type: "custom" as const, name: "apply_patch", description: "Changes files", format: { type: "grammar" as const, syntax: "lark" as const, definition: "start: /.+/" } };

describe.each(doorKinds)("openai's SDK and its responses, %s", (kind) => {
	let door: Door;
	let client: OpenAI;
	beforeAll(async () => {
		door = await openDoor(kind);
		client = new OpenAI({ apiKey: door.token, baseURL: `${door.origin}/v1`, fetch: door.fetch, maxRetries: 0 });
	});
	afterAll(() => door.close());

	const lastBody = () => door.vendors.requests.at(-1)?.body;

	describe.each(providerNames)("before the provider %s", (provider) => {
		const model = `${provider}/echo`;

		test("whole", async () => {
			const response = await client.responses.create({ model, input, instructions: "Be brief", metadata: { a: "b" } });
			expect(response).toMatchObject({
				object: "response",
				status: "completed",
				error: null,
				instructions: "Be brief",
				metadata: { a: "b" },
				tool_choice: "auto",
				output: [{ type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", annotations: [] }] }],
			});
			expect(response.id).toMatch(/^resp_/);
			expect(response.output_text).toMatch(/You said: What is a postern\?$/);
			expect(response.usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: 14, input_tokens_details: { cached_tokens: 0 } });
		});

		test("streamed: every item and part begins and ends once, in numbered events", async () => {
			const stream = await client.responses.create({ model, input, stream: true });
			const events: OpenAI.Responses.ResponseStreamEvent[] = [];
			for await (const event of stream) events.push(event);
			const types = events.map(({ type }) => type);
			expect([...new Set(types)]).toEqual([
				"response.created",
				"response.in_progress",
				"response.output_item.added",
				"response.content_part.added",
				"response.output_text.delta",
				"response.output_text.done",
				"response.content_part.done",
				"response.output_item.done",
				"response.completed",
			]);
			expect(types.filter((type) => type !== "response.output_text.delta")).toHaveLength(8);
			expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
			const last = events.at(-1);
			if (last?.type !== "response.completed") throw new Error("no end");
			const said = events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
			expect(said).toMatch(/You said: What is a postern\?$/);
			expect(last.response.output).toMatchObject([{ content: [{ text: said }] }]);
			// What was streamed is what is kept.
			expect((await client.responses.retrieve(last.response.id)).output).toEqual(last.response.output);
		});

		test("a stream helper puts the same together", async () => {
			const final = await client.responses.stream({ model, input }).finalResponse();
			expect(final.output_text).toMatch(/You said: What is a postern\?$/);
		});

		test.each([false, true])("tools, there and back, parallel and without arguments (streamed: %s)", async (isStreamed) => {
			const asked = { model: `${provider}/tools`, input: [{ role: "user" as const, content: input }], tools: [weather, clock], store: false };
			const first = isStreamed ? await client.responses.stream(asked).finalResponse() : await client.responses.create(asked);
			const calls = first.output.flatMap((item) => (item.type === "function_call" ? [item] : []));
			expect(calls.map(({ name, status }) => `${name} ${status}`)).toEqual(["get_weather completed", "get_time completed"]);
			expect(JSON.parse(calls[0]?.arguments ?? "")).toMatchObject({ city: expect.any(String), days: expect.any(Number) });
			expect(calls[1]?.arguments).toBe("{}");
			const results = calls.map(({ call_id }, index): Item => ({ type: "function_call_output", call_id, output: `result ${index}` }));
			const next = { ...asked, input: [...asked.input, ...first.output, ...results] as Item[] };
			const second = isStreamed ? await client.responses.stream(next).finalResponse() : await client.responses.create(next);
			expect(second.output_text).toContain('returned "result 0"');
			expect(second.output_text).toContain('returned "result 1"');
		});

		test("a custom tool takes free text, whoever calls it", async () => {
			const asked = { model: `${provider}/tools`, input, tools: [patch] };
			const whole = await client.responses.create(asked);
			const streamed = await client.responses.stream(asked).finalResponse();
			for (const response of [whole, streamed]) {
				expect(response.output).toMatchObject([{ type: "custom_tool_call", name: "apply_patch", input: "simulated", call_id: expect.any(String) }]);
			}
			const [call] = streamed.output;
			if (call?.type !== "custom_tool_call") throw new Error("no call");
			const answered = await client.responses.create({
				...asked,
				input: [{ type: "custom_tool_call_output", call_id: call.call_id, output: "patched" }],
				previous_response_id: streamed.id,
			});
			expect(answered.output_text).toContain('returned "patched"');
		});

		test("a structured answer parses", async () => {
			const schema = z.object({ name: z.string(), tags: z.array(z.string()) });
			const response = await client.responses.parse({ model: `${provider}/json`, input, text: { format: zodTextFormat(schema, "person") } });
			expect(schema.parse(response.output_parsed)).toEqual(response.output_parsed);
		});

		test("previous_response_id goes on from what is kept, in branches too", async () => {
			const first = await client.responses.create({ model, input: "one two three four", instructions: "Say nothing of this again" });
			const [second, branch] = await Promise.all(
				["second", "branch"].map((text) => client.responses.create({ model, input: text, previous_response_id: first.id })),
			);
			expect(second?.previous_response_id).toBe(first.id);
			expect(second?.instructions).toBeNull();
			for (const [response, own] of [[second, "second"], [branch, "branch"]] as const) {
				const third = await client.responses.stream({ model, input: "third", previous_response_id: response?.id ?? "" }).finalResponse();
				expect(third.output_text).toMatch(/third$/);
				const sent = JSON.stringify(lastBody());
				for (const text of ["one two three four", own, "third"]) expect(sent).toContain(text);
				expect(sent).not.toContain(own === "second" ? "You said: branch" : "You said: second");
				expect(sent).not.toContain("Say nothing of this again");
			}
		});

		test("reasoning is summed up, comes back with its state, and leaves no trace as text", async () => {
			const asked = { model: `${provider}/reasoning`, input: [{ role: "user" as const, content: input }], store: false, include: ["reasoning.encrypted_content" as const] };
			const first = await client.responses.create(asked);
			expect(first.output.map(({ type }) => type)).toEqual(["reasoning", "message"]);
			const [thought] = first.output;
			if (thought?.type !== "reasoning") throw new Error("no reasoning");
			expect(thought.summary[0]?.text).toContain("The user says");
			const second = await client.responses.create({ ...asked, input: [...asked.input, ...first.output, { role: "user", content: "Again" }] as Item[] });
			expect(second.output_text).toContain("1 of my thoughts came back");
			const kept = await client.responses.create({ model: asked.model, input });
			const third = await client.responses.create({ model: asked.model, input: "Again", previous_response_id: kept.id });
			expect(third.output_text).toContain("1 of my thoughts came back");
		});

		test("a refusal is a part of its own", async () => {
			const response = await client.responses.stream({ model: `${provider}/refusal`, input }).finalResponse();
			const [item] = response.output;
			const part = item?.type === "message" ? item.content[0] : undefined;
			expect(part?.type === "refusal" ? part.refusal : part?.text).toContain("refuses");
		});

		test("an answer that was cut says so", async () => {
			const response = await client.responses.create({ model, input, max_output_tokens: 3 });
			expect(response).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" }, output: [{ status: "incomplete" }] });
			const cut = await client.responses.stream({ model: `${provider}/length`, input, tools: [weather] }).finalResponse();
			expect(cut).toMatchObject({ status: "incomplete", output: [{ type: "function_call", status: "incomplete" }] });
		});

		test("images by data URL and address", async () => {
			const image = (image_url: string) => ({ type: "input_image" as const, detail: "low" as const, image_url });
			const content = [image(`data:image/png;base64,${pngBase64}`), image("https://files.example/a.png"), { type: "input_text" as const, text: "Look" }];
			const response = await client.responses.create({ model, input: [{ role: "user", content }] });
			expect(response.output_text).toMatch(/You said \(with image\/\S+, image\/\S+\): Look$/);
		});

		test("an error is OpenAI's before the answer, and response.failed within it", async () => {
			expect(await rejection(client.responses.create({ model: `${provider}/context-length`, input }))).toMatchObject({ status: 400, code: "context_length_exceeded" });
			const stream = await client.responses.create({ model: `${provider}/error-after-start`, input, stream: true });
			const events: OpenAI.Responses.ResponseStreamEvent[] = [];
			for await (const event of stream) events.push(event);
			expect(events[0]?.type).toBe("response.created");
			expect(events.at(-1)).toMatchObject({ type: "response.failed", response: { status: "failed", error: { code: expect.any(String), message: expect.any(String) } } });
		});
	});

	test("deleted is gone: not to be fetched, continued or deleted again", async () => {
		const { id } = await client.responses.create({ model: "openai/echo", input });
		await client.responses.delete(id);
		for (const asked of [client.responses.retrieve(id), client.responses.delete(id), client.responses.create({ model: "openai/echo", input, previous_response_id: id })]) {
			expect(await rejection(asked)).toMatchObject({ status: 404, type: "invalid_request_error" });
		}
	});

	test("store: false keeps nothing", async () => {
		const response = await client.responses.create({ model: "openai/echo", input, store: false });
		expect(response).toMatchObject({ store: false });
		expect(await rejection(client.responses.retrieve(response.id))).toMatchObject({ status: 404, code: "not_found" });
		expect(await rejection(client.responses.create({ model: "openai/echo", input, previous_response_id: response.id }))).toMatchObject({
			status: 404,
			code: "previous_response_not_found",
			param: "previous_response_id",
		});
	});

	test("a response continues at another provider", async () => {
		const first = await client.responses.create({ model: "anthropic/reasoning", input: "remember the postern" });
		for (const provider of providerNames) {
			const next = await client.responses.create({ model: `${provider}/echo`, input: "go on", previous_response_id: first.id });
			expect(next.output_text).toMatch(/go on$/);
			expect(JSON.stringify(lastBody())).toContain("remember the postern");
		}
	});

	test("an item that is referred to by its id stands where its id stood", async () => {
		const first = await client.responses.create({ model: "responses/reasoning", input: "remember this" });
		const referred = first.output.map(({ id }): Item => ({ type: "item_reference", id: id ?? "" }));
		const next = await client.responses.create({ model: "responses/reasoning", input: [{ role: "user", content: "remember this" }, ...referred, { role: "user", content: "Again" }] });
		expect(next.output_text).toContain("1 of my thoughts came back");
		expect(await rejection(client.responses.create({ model: "openai/echo", input: [{ type: "item_reference", id: "msg_0_0" }] }))).toMatchObject({ status: 400, param: "input[0]" });
	});

	test.each([
		["background", { background: true }, "background"],
		["no input", { input: undefined }, "input"],
		["two histories", { previous_response_id: "resp_1", conversation: "ses_1" }, "previous_response_id"],
		["a tool choice that names no tool", { tool_choice: { type: "function", name: "nope" } }, "tool_choice"],
		["a role that there is not", { input: [{ role: "pope", content: "x" }] }, "input[0].role"],
		["a result without a call", { input: [{ type: "function_call_output", output: "x" }] }, "input[0].call_id"],
	] as const)("%s is refused by its name", async (_, fields, param) => {
		const asked = { model: "openai/echo", input, ...fields } as OpenAI.Responses.ResponseCreateParamsNonStreaming;
		expect(await rejection(client.responses.create(asked))).toMatchObject({ status: 400, type: "invalid_request_error", param });
	});
});
