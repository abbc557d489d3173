import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { simulator } from "@postern/core";
import { createGateway } from "@postern/core/node";
import { postern } from "@postern/server-hono";
import { build } from "esbuild";
import { Hono } from "hono";

const provider = simulator({ deltaMs: 40 });

export const gateway = createGateway({
	// A stand-in that needs no key. In its place: openai({ apiKey }), anthropic({ apiKey }), openaiCompatible({ baseUrl }).
	providers: { sim: provider },
	// Whoever sees the page may ask, so it listens on this machine alone. An app with users says who they are: `identify`.
	auth: false,
});

/** Answers that are being made. */
export const activeAnswers = (): number => provider.active();

const folder = fileURLToPath(new URL(".", import.meta.url));
const [html, style, script] = await Promise.all([readFile(`${folder}index.html`, "utf8"), readFile(`${folder}style.css`, "utf8"), bundle()]);

/** The page is allowed its own script, its own style and its own server: nothing else. */
const securityHeaders = {
	"content-security-policy":
		"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"x-content-type-options": "nosniff",
	"referrer-policy": "no-referrer",
};

export const app = new Hono();
app.route("/ai", postern(gateway));
app.get("/", (context) => context.html(html, 200, securityHeaders));
app.get("/style.css", (context) => context.body(style, 200, { ...securityHeaders, "content-type": "text/css; charset=utf-8" }));
app.get("/page.js", (context) => context.body(script, 200, { ...securityHeaders, "content-type": "text/javascript; charset=utf-8" }));

async function bundle(): Promise<string> {
	const { outputFiles } = await build({
		entryPoints: [`${folder}page.ts`],
		conditions: ["postern-source"],
		bundle: true,
		minify: true,
		format: "esm",
		target: "es2024",
		write: false,
	});
	return outputFiles[0]?.text ?? "";
}

if (import.meta.main) {
	serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 3000 }, () => console.log("http://127.0.0.1:3000"));
}
