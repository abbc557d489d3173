import { createGateway, simulator } from "@postern/core";

export const gateway = createGateway({
	// A stand-in that needs no key. In its place: openai({ apiKey }), anthropic({ apiKey }), openaiCompatible({ baseUrl }).
	providers: { sim: simulator() },
	basePath: "/ai",
	token: "change-me",
});

// What Deno, Bun and Workers serve.
// curl localhost:8000/ai/v1/prompt -H 'Authorization: Bearer change-me' --json '{"prompt":"Hello"}'
export default {
	fetch(request: Request): Response | Promise<Response> {
		const { pathname } = new URL(request.url);
		return pathname.startsWith("/ai/") ? gateway.fetch(request) : new Response("The app's own page");
	},
};
