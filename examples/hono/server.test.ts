import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { app, gateway } from "./server.ts";

const server = createAdaptorServer({ fetch: app.fetch });
let url = "";

beforeAll(async () => {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	server.close();
	await gateway.close();
});

function ask(path: string, cookie: string): Promise<Response> {
	return fetch(url + path, { method: "POST", headers: { "content-type": "application/json", cookie }, body: JSON.stringify({ prompt: "Hello" }) });
}

it("answers whom the app knows", async () => {
	const response = await ask("/ai/v1/prompt", "session=ada");
	expect(response.status).toBe(200);
	expect(await response.json()).toMatchObject({ provider: "sim", text: expect.stringContaining("Hello") });
});

it("streams", async () => {
	const response = await ask("/ai/v1/stream", "session=ada");
	expect(response.headers.get("content-type")).toContain("text/event-stream");
	expect(await response.text()).toContain("data: [DONE]");
});

it("refuses whom the app does not know", async () => {
	expect((await ask("/ai/v1/prompt", "")).status).toBe(401);
});

it("leaves the app's other pages alone", async () => {
	expect(await (await fetch(url)).text()).toBe("The app's own page");
});
