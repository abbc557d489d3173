import { describe, expect, it } from "vitest";
import type { Turn } from "../../../src/contract/session.ts";
import { inputMessages, sessionMessages } from "../../../src/rules/sessions/history.ts";

const turn = (prompt: string, reply: string, system?: string): Turn => ({
	sessionId: "ses_1", sequence: 1, requestId: "req_1", model: "m", usage: {}, createdAt: 0,
	input: inputMessages({ prompt, system }),
	answer: { role: "assistant", content: [{ type: "text", text: reply }] },
});
const shown = (messages: ReturnType<typeof sessionMessages>) =>
	messages.map(({ role, content }) => `${role}: ${content.map((part) => (part.type === "text" ? part.text : "")).join("")}`);

describe("a session's prompt", () => {
	it("is its turns and the new input in order", () => {
		expect(shown(sessionMessages([turn("a", "A"), turn("b", "B")], inputMessages({ prompt: "c" })))).toEqual(["user: a", "assistant: A", "user: b", "assistant: B", "user: c"]);
	});
	it("keeps the newest instructions, in front", () => {
		const turns = [turn("a", "A", "old"), turn("b", "B")];
		expect(shown(sessionMessages(turns, inputMessages({ prompt: "c" })))[0]).toBe("system: old");
		expect(shown(sessionMessages(turns, inputMessages({ prompt: "c", system: "new" }))).filter((line) => line.startsWith("system"))).toEqual(["system: new"]);
	});
});
