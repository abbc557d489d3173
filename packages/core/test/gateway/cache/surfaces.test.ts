import { describe, expect, it } from "vitest";
import type { Asked } from "../support.ts";
import { world } from "./support.ts";

const text = "Say it once more, with <feeling>\n\nand twice";
const messages = [{ role: "user", content: text }];

interface Family {
	readonly whole?: readonly [path: string, body: object];
	readonly streamed: readonly [path: string, body: object];
}

const families: Readonly<Record<string, Family>> = {
	prompt: { whole: ["/v1/prompt", { prompt: text }], streamed: ["/v1/stream", { prompt: text }] },
	text: { whole: ["/generate-text", { prompt: text }], streamed: ["/stream", { prompt: text }] },
	chat: {
		whole: ["/v1/chat/completions", { model: "sim/echo", messages }],
		streamed: ["/v1/chat/completions", { model: "sim/echo", messages, stream: true, stream_options: { include_usage: true } }],
	},
	responses: {
		whole: ["/v1/responses", { model: "sim/echo", input: text }],
		streamed: ["/v1/responses", { model: "sim/echo", input: text, stream: true }],
	},
	anthropic: {
		whole: ["/v1/messages", { model: "sim/echo", max_tokens: 500, messages }],
		streamed: ["/v1/messages", { model: "sim/echo", max_tokens: 500, messages, stream: true }],
	},
	gemini: {
		whole: ["/v1beta/models/sim%2Fecho:generateContent", { contents: [{ role: "user", parts: [{ text }] }] }],
		streamed: ["/v1beta/models/sim%2Fecho:streamGenerateContent?alt=sse", { contents: [{ role: "user", parts: [{ text }] }] }],
	},
	ui: { streamed: ["/v1/chat/ui", { model: "sim/echo", messages: [{ id: "1", role: "user", parts: [{ type: "text", text }] }] }] },
};

/** What an answer says, without what is new in every answer: ids, times, what it cost. */
function said(asked: Asked): string {
	return asked.text
		.replaceAll(/,?"(?:id|sessionId|request_id|requestId|messageId|responseId|item_id|createTime)":"[^"]*"/g, "")
		.replaceAll(/"(?:created|created_at|completed_at|latencyMs|costUsd|sequence_number|output_index)":[\d.]+/g, "");
}

/** The words alone, since a stream's pieces are cut otherwise from the cache. */
function words(asked: Asked): string {
	const deltas = [...asked.text.matchAll(/"(?:delta|text|content)":("(?:[^"\\]|\\.)*")/g)].map(([, value = '""']) => JSON.parse(value) as string);
	const raw = asked.text.split("\n\n").map((event) => event.split("\n").filter((line) => line.startsWith("data: ") && !line.startsWith("data: {")).map((line) => line.slice(6)).join("\n"));
	return deltas.join("") + raw.join("").replace("[DONE]", "");
}

describe.each(Object.entries(families))("%s", (_, { whole, streamed }) => {
	it.skipIf(whole === undefined)("gives a whole answer again, word for word", async () => {
		const { ask, calls } = world();
		const [path, body] = whole ?? streamed;
		const first = await ask(path, { body });
		const second = await ask(path, { body });
		expect([first.status, first.headers.get("x-postern-cache"), second.headers.get("x-postern-cache"), second.headers.get("age")]).toEqual([200, "miss", "hit", "0"]);
		expect(said(second)).toBe(said(first));
		expect(first.text).toContain("feeling");
		expect(second.headers.get("x-postern-cost-usd")).toBe("0.000000");
		expect(calls()).toBe(1);
	});

	it("gives a streamed answer again as a stream", async () => {
		const { ask, calls } = world();
		const [path, body] = streamed;
		const first = await ask(path, { body });
		const second = await ask(path, { body });
		expect([first.status, first.headers.get("x-postern-cache"), second.headers.get("x-postern-cache")]).toEqual([200, "miss", "hit"]);
		expect([first, second].map(({ headers }) => headers.get("x-postern-cost-usd"))).toEqual([null, "0.000000"]);
		expect(second.headers.get("content-type")).toBe(first.headers.get("content-type"));
		expect(words(second)).toBe(words(first));
		expect(words(first)).toContain("feeling");
		expect(calls()).toBe(1);
	});

	it.skipIf(whole === undefined)("has one answer for both", async () => {
		for (const [first, second] of [[whole ?? streamed, streamed], [streamed, whole ?? streamed]] as const) {
			const { ask, calls } = world();
			await ask(first[0], { body: first[1] });
			const again = await ask(second[0], { body: second[1] });
			expect([again.status, again.headers.get("x-postern-cache"), calls()]).toEqual([200, "hit", 1]);
			expect(again.text).toContain("feeling");
		}
	});
});

it("gives every answer an id of its own", async () => {
	const { ask } = world();
	const ids = [];
	for (let time = 0; time < 3; time++) ids.push((await ask("/v1/chat/completions", { body: { model: "sim/echo", messages } })).json.id);
	expect(new Set(ids).size).toBe(3);
});
