import { serve } from "@hono/node-server";
import { simulator } from "@postern/core";
import { createGateway } from "@postern/core/node";
import { postern } from "@postern/server-hono";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { type Context, Hono } from "hono";

/** The app's own login: people and sessions are better-auth's. A real app keeps them in its database. */
export const auth = betterAuth({
	baseURL: process.env["APP_URL"] ?? "http://localhost:3000",
	secret: process.env["BETTER_AUTH_SECRET"] ?? "only-for-this-example-0123456789abcdef",
	database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
	emailAndPassword: { enabled: true },
});

export const gateway = createGateway({
	// A stand-in that needs no key. In its place: openai({ apiKey }), anthropic({ apiKey }), openaiCompatible({ baseUrl }).
	providers: { sim: simulator() },
	// Who asks, by the app's session cookie. Everybody is the owner of an organisation of one's own, and has limits of one's own.
	async identify({ original }) {
		const session = await auth.api.getSession({ headers: (original as Context).req.raw.headers });
		if (session === null) return undefined;
		const id = `user:${session.user.id}`;
		return {
			kind: "host",
			id,
			organisationId: id,
			role: "owner",
			limits: [{ kind: "host", id, rules: { requestsPerMinute: 3 } }],
		};
	},
});

export const app = new Hono();
app.on(["GET", "POST"], "/api/auth/*", (context) => auth.handler(context.req.raw));
app.route("/ai", postern(gateway));
app.get("/", (context) => context.text("The app's own page"));

// npm start, then sign up by POST /api/auth/sign-up/email and ask by POST /ai/v1/prompt with the cookie that it sets.
if (import.meta.main) serve({ fetch: app.fetch, port: Number(process.env["PORT"] ?? 3000) });
