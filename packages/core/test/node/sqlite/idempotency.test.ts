import { afterAll, expect, it } from "vitest";
import { createGateway, openai, type Send } from "../../../src/index.ts";
import { sqliteStore } from "../../../src/node/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const completion = {
	id: "chatcmpl-1", object: "chat.completion", created: 1, model: "gpt-4o",
	choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

it("asks the provider once, however many ask two gateways on one file", async () => {
	let calls = 0;
	const send: Send = async () => {
		calls++;
		const reads = [new TextEncoder().encode(JSON.stringify(completion)), undefined];
		return { status: 200, headers: { "content-type": "application/json" }, body: { read: async () => reads.shift(), cancel() {} } };
	};
	const path = folder.file("shared.db");
	const gateways = [1, 2].map(() => createGateway({ providers: { openai: { ...openai({ apiKey: "sk-test" }), send } }, store: sqliteStore(path), auth: false }));
	afterAll(() => Promise.all(gateways.map((gateway) => gateway.close())));
	const ask = async (at: number) => {
		const request = new Request("http://postern.test/v1/prompt", {
			method: "POST",
			headers: { "content-type": "application/json", "idempotency-key": "key-1" },
			body: JSON.stringify({ prompt: "Hi" }),
		});
		const response = await gateways[at % 2]?.fetch(request);
		return { status: response?.status, text: await response?.text() };
	};
	const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => ask(at)));
	expect(calls).toBe(1);
	const done = answers.filter(({ status }) => status === 200);
	expect(done.length).toBeGreaterThanOrEqual(1);
	expect(new Set(done.map(({ text }) => text)).size).toBe(1);
	expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
	expect(await ask(0)).toEqual(await ask(1));
	expect(calls).toBe(1);
});
