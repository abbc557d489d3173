import { afterAll, expect, it } from "vitest";
import server, { gateway } from "./server.ts";

afterAll(() => gateway.close());

function ask(path: string, authorization: string): Promise<Response> {
	const headers = { "content-type": "application/json", authorization };
	return Promise.resolve(server.fetch(new Request(`https://app.example.com${path}`, { method: "POST", headers, body: JSON.stringify({ prompt: "Hello" }) })));
}

it("answers", async () => {
	const response = await ask("/ai/v1/prompt", "Bearer change-me");
	expect(response.status).toBe(200);
	expect(await response.json()).toMatchObject({ provider: "sim", text: expect.stringContaining("Hello") });
});

it("streams", async () => {
	const response = await ask("/ai/v1/stream", "Bearer change-me");
	expect(response.headers.get("content-type")).toContain("text/event-stream");
	expect(await response.text()).toContain("data: [DONE]");
});

it("refuses another token", async () => {
	expect((await ask("/ai/v1/prompt", "Bearer other")).status).toBe(401);
});

it("leaves the app's other pages alone", async () => {
	expect(await (await server.fetch(new Request("https://app.example.com/"))).text()).toBe("The app's own page");
});
