import { serve } from "@hono/node-server";
import { simulator } from "@postern/core";
import { createGateway } from "@postern/core/node";
import { postern } from "@postern/server-hono";
import { type Context, Hono } from "hono";

interface AppEnvironment {
	Variables: { userId?: string };
}

export const gateway = createGateway({
	// A stand-in that needs no key. In its place: openai({ apiKey }), anthropic({ apiKey }), openaiCompatible({ baseUrl }).
	providers: { sim: simulator() },
	// The app's own login decides who may ask. `original` is the Hono context.
	identify({ original }) {
		const userId = (original as Context<AppEnvironment>).get("userId");
		return userId === undefined ? undefined : { kind: "host", id: userId };
	},
});

export const app = new Hono<AppEnvironment>();

// Stands for the login that the app has already.
app.use(async (context, next) => {
	if (context.req.header("cookie")?.includes("session=ada") === true) context.set("userId", "ada");
	await next();
});
app.get("/", (context) => context.text("The app's own page"));
app.route("/ai", postern(gateway));

// curl localhost:3000/ai/v1/prompt --cookie session=ada --json '{"prompt":"Hello"}'
if (import.meta.main) serve({ fetch: app.fetch, port: 3000 });
