import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Answer, StreamEvent } from "../../../src/contract/stream-event.ts";
import { createAnswerFold, mergeMetadata } from "../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer } from "../dialects/arbitraries.ts";

function fold(events: readonly StreamEvent[]): Answer {
	const folded = createAnswerFold();
	folded.push(events);
	return folded.answer();
}

describe("folding the events of an answer", () => {
	it.each(["openai-chat", "anthropic-messages"] as const)("undoes unfolding an answer of %s", (dialect) => {
		fc.assert(
			fc.property(arbitraryAnswer(dialect), (answer) => {
				expect(fold(unfoldAnswer(answer))).toEqual(answer);
			}),
		);
	});

	it("is what was said so far, before the end", () => {
		const events: StreamEvent[] = [
			{ type: "text-start", id: "t" },
			{ type: "text-delta", id: "t", delta: "Hel" },
			{ type: "tool-input-start", id: "c", toolName: "f" },
			{ type: "tool-input-delta", id: "c", delta: "{" },
		];
		expect(fold(events)).toEqual({ content: [{ type: "text", text: "Hel" }], finish: { reason: "other", usage: {} } });
	});

	it("keeps parts in the order in which they were opened", () => {
		const call = (id: string): StreamEvent => ({ type: "tool-call", toolCallId: id, toolName: "f", input: "{}" });
		const start = (id: string): StreamEvent => ({ type: "tool-input-start", id, toolName: "f" });
		const { content } = fold([start("a"), start("b"), call("b"), call("a")]);
		expect(content.map((part) => (part.type === "tool-call" ? part.toolCallId : part.type))).toEqual(["a", "b"]);
	});

	it("unfolds no empty delta, and a call that was cut off before its input", () => {
		const content = [{ type: "tool-call", toolCallId: "a", toolName: "f", input: "", incomplete: true }, { type: "text", text: "" }] as const;
		const answer: Answer = { content, finish: { reason: "length", usage: {} } };
		const events = unfoldAnswer(answer);
		expect(events.filter((event) => "delta" in event)).toEqual([]);
		expect(fold(events)).toEqual(answer);
	});

	it("merges metadata by vendor and field, the second wins", () => {
		expect(mergeMetadata({ a: { x: 1, y: 1 } }, { a: { y: 2 }, b: {} })).toEqual({ a: { x: 1, y: 2 }, b: {} });
		expect(mergeMetadata(undefined, { a: {} })).toEqual({ a: {} });
	});
});
