import { afterAll, beforeAll, expect, it } from "vitest";
import { app, gateway } from "./server.ts";

const origin = "http://localhost:3000";
const send = (path: string, body: object, cookie = "") =>
	app.request(`${origin}${path}`, { method: "POST", headers: { "content-type": "application/json", origin, cookie }, body: JSON.stringify(body) });
const cookieOf = (response: Response) => response.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");

let ada = "";
beforeAll(async () => {
	ada = cookieOf(await send("/api/auth/sign-up/email", { email: "ada@example.com", password: "correct horse battery", name: "Ada" }));
});
afterAll(() => gateway.close());

it("refuses whom the app does not know", async () => {
	expect((await send("/ai/v1/prompt", { prompt: "Hello" })).status).toBe(401);
	expect((await send("/ai/v1/prompt", { prompt: "Hello" }, "better-auth.session_token=forged.token")).status).toBe(401);
});

it("answers whoever signed in with the app, within limits of one's own", async () => {
	for (let request = 0; request < 3; request++) {
		const response = await send("/ai/v1/prompt", { prompt: "Hello" }, ada);
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ provider: "sim", text: expect.stringContaining("Hello") });
	}
	const refused = await send("/ai/v1/prompt", { prompt: "Hello" }, ada);
	expect(refused.status).toBe(429);
	expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
	const grace = cookieOf(await send("/api/auth/sign-up/email", { email: "grace@example.com", password: "correct horse battery", name: "Grace" }));
	expect((await send("/ai/v1/prompt", { prompt: "Hello" }, grace)).status).toBe(200);
});

it("knows nobody who signed out", async () => {
	const grace = cookieOf(await send("/api/auth/sign-in/email", { email: "grace@example.com", password: "correct horse battery" }));
	expect((await send("/ai/v1/prompt", { prompt: "Hello" }, grace)).status).toBe(200);
	expect((await send("/api/auth/sign-out", {}, grace)).status).toBe(200);
	expect((await send("/ai/v1/prompt", { prompt: "Hello" }, grace)).status).toBe(401);
});

it("leaves the app's other pages alone", async () => {
	expect(await (await app.request(origin)).text()).toBe("The app's own page");
});
