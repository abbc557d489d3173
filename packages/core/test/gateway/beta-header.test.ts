import { describe, expect, it } from "vitest";
import { anthropic, openaiCompatible } from "../../src/index.ts";
import { scriptedSend } from "../../src/testing/index.ts";
import { ask, testGateway } from "./support.ts";

describe("Anthropic's beta header", () => {
	const answer = { chunks: ['{"error":{"message":"no"}}'], status: 400 };
	const body = { model: "p/m", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] };
	const headers = { "anthropic-beta": "files-api-2025-04-14" };

	it.each(["/v1/messages", "/v1/messages/count_tokens"])("goes on to Anthropic from %s, beside the provider's own", async (path) => {
		const { send, requests } = scriptedSend(answer);
		const gateway = testGateway({ providers: { p: { ...anthropic({ apiKey: "k", beta: ["mine"] }), send } } });
		await ask(gateway, path, { body, headers });
		expect(requests[0]?.headers["anthropic-beta"]).toBe("mine,files-api-2025-04-14");
	});

	it("goes to nobody else", async () => {
		const { send, requests } = scriptedSend(answer);
		const gateway = testGateway({ providers: { p: { ...openaiCompatible({ baseUrl: "http://p/v1" }), send } } });
		await ask(gateway, "/v1/messages", { body, headers });
		expect(requests[0]?.headers["anthropic-beta"]).toBeUndefined();
	});
});
