import { describe, expect, it } from "vitest";
import { memoryStore, simulator } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/index.ts";
import { ask, eventsOf, testGateway } from "./support.ts";

const path = "/v1/responses";
const body = { model: "sim/echo", input: "one" };

describe.each([
	["memory", () => memoryStore()],
	["SQLite", () => sqliteStore(":memory:")],
])("responses kept in %s", (_, makeStore) => {
	it("are turns of a session, in the ledger too", async () => {
		const store = makeStore();
		const gateway = testGateway({ store });
		const first = await ask(gateway, path, { body });
		const second = await ask(gateway, path, { body: { ...body, input: "two", stream: true, previous_response_id: first.json.id } });
		const end = eventsOf(second.text).at(-1)?.data as { response: { id: string; previous_response_id: string } };
		expect(end.response.previous_response_id).toBe(first.json.id);
		const [newest, oldest] = await store.listUsage();
		expect(newest?.sessionId).toMatch(/^ses_/);
		expect(newest?.sessionId).toBe(oldest?.sessionId);
		expect(await store.listTurns(newest?.sessionId ?? "")).toHaveLength(2);
		const got = await ask(gateway, `${path}/${end.response.id}`);
		expect(got.json).toEqual(end.response);
		await gateway.close();
	});

	it("are their owner's alone: for another they never were", async () => {
		const gateway = testGateway({ store: makeStore(), identify: (request) => ({ kind: "host", id: request.header("x-user") ?? "nobody" }) });
		const asAnn = { "x-user": "ann" };
		const asBob = { "x-user": "bob" };
		const { json } = await ask(gateway, path, { body, headers: asAnn });
		const one = `${path}/${String(json.id)}`;
		const notFound = { error: { type: "invalid_request_error", message: expect.stringContaining("not found") } };
		for (const asked of [
			ask(gateway, one, { headers: asBob }),
			ask(gateway, one, { headers: asBob, method: "DELETE" }),
			ask(gateway, path, { headers: asBob, body: { ...body, previous_response_id: json.id } }),
		]) {
			const { status, json: error } = await asked;
			expect(status).toBe(404);
			expect(error).toMatchObject(notFound);
		}
		expect((await ask(gateway, one, { headers: asAnn })).status).toBe(200);
		expect((await ask(gateway, one, { headers: asAnn, method: "DELETE" })).json).toEqual({ id: json.id, object: "response", deleted: true });
		expect((await ask(gateway, one, { headers: asAnn })).status).toBe(404);
		await gateway.close();
	});

	it("continue any session of their owner as a conversation", async () => {
		const store = makeStore();
		const gateway = testGateway({ store });
		const begun = await ask(gateway, "/generate-text", { body: { model: "sim/echo", prompt: "remember" } });
		const { sessionId } = begun.json as { sessionId: string };
		const next = await ask(gateway, path, { body: { ...body, conversation: { id: sessionId } } });
		expect(next.json).toMatchObject({ status: "completed", conversation: { id: sessionId } });
		expect(await store.listTurns(sessionId)).toHaveLength(2);
		// Kept by nobody, it still knows what was said.
		const last = await ask(gateway, path, { body: { ...body, conversation: sessionId, store: false } });
		const tokens = ({ json }: typeof last) => (json.usage as { input_tokens: number }).input_tokens;
		expect(tokens(last)).toBeGreaterThan(tokens(next));
		expect(await store.listTurns(sessionId)).toHaveLength(2);
		const unknown = await ask(gateway, path, { body: { ...body, conversation: "ses_unknown" } });
		expect(unknown).toMatchObject({ status: 404, json: { error: { code: "conversation_not_found", param: "conversation" } } });
		await gateway.close();
	});
});

describe("responses", () => {
	it("that nobody may keep leave no turn behind, and a turn of another surface is no response", async () => {
		const store = memoryStore();
		const gateway = testGateway({ store });
		const { json } = await ask(gateway, path, { body: { ...body, store: false } });
		const requestId = String(json.id).replace("resp_", "req_");
		const [record] = await store.listUsage({ id: requestId });
		expect(record).toMatchObject({ outcome: "ok" });
		expect(record?.sessionId).toBe(undefined);
		const text = await ask(gateway, "/generate-text", { body: { prompt: "hi" } });
		const id = text.headers.get("x-request-id")?.replace("req_", "resp_");
		expect((await ask(gateway, `${path}/${id}`)).status).toBe(404);
		await gateway.close();
	});

	it("that fail keep nothing", async () => {
		const store = memoryStore();
		const gateway = testGateway({ store });
		const { text } = await ask(gateway, path, { body: { ...body, model: "sim/error-after-start", stream: true } });
		const last = eventsOf(text).at(-1)?.data as { type: string; response: { id: string; error: unknown } };
		expect(last).toMatchObject({ type: "response.failed", response: { status: "failed" } });
		expect((await ask(gateway, `${path}/${last.response.id}`)).status).toBe(404);
		await gateway.close();
	});

	it("know DELETE and GET beside each other, and say so", async () => {
		const gateway = testGateway();
		const refused = await ask(gateway, `${path}/resp_1`, { method: "PATCH" });
		expect(refused.status).toBe(405);
		expect(refused.headers.get("allow")).toMatch(/GET.*DELETE|DELETE.*GET/);
		expect((await ask(gateway, `${path}/resp_1?stream=true`)).status).toBe(400);
		await gateway.close();
	});

	it("are bound to the tools that are allowed", async () => {
		const gateway = testGateway({ providers: { sim: simulator({ dialect: "openai-responses" }) }, tools: { disallowed: ["web_search"] } });
		const { status, json } = await ask(gateway, path, { body: { ...body, tools: [{ type: "web_search" }] } });
		expect(status).toBe(400);
		expect(json).toMatchObject({ error: { code: "no_tools_available" } });
		await gateway.close();
	});
});
