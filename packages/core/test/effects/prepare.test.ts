import { describe, expect, test } from "vitest";
import { defaultRuntime } from "../../src/effects/default-runtime.ts";
import { createUpstreamCall, hangUp } from "../../src/effects/upstream-call.ts";
import { openaiChat } from "../../src/rules/dialects/openai-chat/index.ts";
import { openai } from "../../src/rules/providers/openai.ts";
import type { Provider } from "../../src/rules/providers/provider.ts";
import type { UpstreamRequest } from "../../src/rules/providers/transport.ts";

const clocks = { connectMs: 1000, firstEventMs: 1000, answerMs: 1000, idleMs: 1000 };

function call(prepare: NonNullable<Provider["prepare"]>) {
	const sent: UpstreamRequest[] = [];
	const send: Provider["send"] = async (request) => {
		sent.push(request);
		return { status: 200, headers: {}, body: { read: async () => undefined, cancel: () => undefined } };
	};
	const upstream = createUpstreamCall({ ...openai({ apiKey: "sk-1" }), prepare, send }, openaiChat.provider, clocks, { ...defaultRuntime(), now: () => 42 });
	return { sent, upstream, answer: upstream.send("/chat/completions", { body: { model: "m" }, warnings: [] }) };
}

describe("a request that has to be prepared", () => {
	test("is sent as it comes back, with the time of the runtime", async () => {
		const { sent, answer } = call((request, now) => ({ ...request, headers: { ...request.headers, "x-now": String(now) } }));
		expect(await answer).toMatchObject({ status: 200 });
		expect(sent).toMatchObject([{ url: "https://api.openai.com/v1/chat/completions", headers: { "x-now": "42" }, body: '{"model":"m"}' }]);
	});

	test("is not sent where no credential can be had, and nobody learns why", async () => {
		const { sent, answer } = call(() => Promise.reject(new Error("role secret")));
		expect(await answer).toEqual({ kind: "authentication", blame: "gateway", message: "The gateway has no valid credential for the provider" });
		expect(sent).toEqual([]);
	});

	test("is given up with its caller, however long the credential takes", async () => {
		const { sent, upstream, answer } = call(() => new Promise(() => undefined));
		upstream.abort(hangUp);
		expect(await answer).toEqual(hangUp);
		expect(sent).toEqual([]);
	});
});
