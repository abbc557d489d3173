import { afterAll, describe, expect, test } from "vitest";
import { ask, eventsOf, testGateway } from "./support.ts";

const gateway = testGateway({ surfaces: ["meta", "ui"], tools: { disallowed: ["Bash"] }, limits: { surfaces: { ui: { streaming: 1 } } } });
afterAll(() => gateway.close());

const path = "/v1/chat/ui";
const body = { id: "chat-1", trigger: "submit-message", model: "sim/echo", messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "Hello" }] }] };

test("is mounted only where it is asked for", async () => {
	const embedded = testGateway();
	expect((await ask(embedded, path, { body })).status).toBe(404);
	await embedded.close();
	expect((await ask(gateway, path, { body })).status).toBe(200);
});

describe("the tools of a request", () => {
	test("that are not allowed are left out, with a warning in the message's metadata", async () => {
		const { status, text, headers } = await ask(gateway, path, { body: { ...body, tools: { Bash: {}, get_time: {} } } });
		expect(status).toBe(200);
		expect(eventsOf(text)[0]?.data).toMatchObject({ type: "start", messageMetadata: { warnings: [{ code: "unsupported-tool", field: "tools.Bash" }] } });
		expect(headers.get("x-postern-warnings")).toBe("unsupported-tool tools.Bash");
	});

	test("of which none is left refuse it", async () => {
		const { status, json } = await ask(gateway, path, { body: { ...body, tools: { Bash: {} } } });
		expect(status).toBe(400);
		expect(json).toMatchObject({ code: "NO_TOOLS_AVAILABLE" });
	});
});

test("an answer behind tool outputs keeps the id of the message that it continues", async () => {
	const answered = { id: "msg_before", role: "assistant", parts: [{ type: "tool-get_time", toolCallId: "1", state: "output-available", input: {}, output: "noon" }] };
	const { text } = await ask(gateway, path, { body: { ...body, messages: [...body.messages, answered] } });
	expect(eventsOf(text)[0]?.data).toMatchObject({ type: "start", messageId: "msg_before" });
});

test("no more streams at once than the surface may have", async () => {
	const controller = new AbortController();
	const first = ask(gateway, path, { body: { ...body, model: "sim/never-starts" }, signal: controller.signal });
	await expect.poll(async () => (await ask(gateway, path, { body })).status).toBe(429);
	controller.abort();
	await first.catch(() => undefined);
	await expect.poll(async () => (await ask(gateway, path, { body })).status).toBe(200);
});

test.each([
	["an unknown field", { ...body, modle: "sim/echo" }, "modle"],
	["no messages", { ...body, messages: [] }, "messages"],
	["a role that is none", { ...body, messages: [{ role: "narrator", parts: [] }] }, "messages[0].role"],
	["messages of an older form", { ...body, messages: [{ role: "user", content: "Hello" }] }, "messages[0].parts"],
	["messages that say nothing", { ...body, messages: [{ role: "assistant", parts: [{ type: "step-start" }] }] }, "messages"],
])("%s is told by its place", async (_, wrong, issue) => {
	const { status, json } = await ask(gateway, path, { body: wrong });
	expect(status).toBe(400);
	expect(json).toMatchObject({ code: "VALIDATION_ERROR", issues: [expect.objectContaining({ path: issue })] });
});
