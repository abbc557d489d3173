import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Message, Prompt } from "../../../src/contract/prompt.ts";
import { directionOf, likeness, questionOf } from "../../../src/rules/cache/likeness.ts";

const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const system: Message = { role: "system", content: [{ type: "text", text: "Be kind" }] };
const prompt = (messages: readonly Message[], more: Partial<Prompt> = {}): Prompt => ({ messages, settings: {}, ...more });

describe("the question of a prompt", () => {
	it("is its one user message; the rest is what must be the same", () => {
		expect(questionOf(prompt([system, user("Why?")]))).toEqual({ text: "Why?", rest: prompt([system]) });
	});
	it.each<[string, Prompt]>([
		["no messages", prompt([])],
		["a conversation", prompt([user("a"), { role: "assistant", content: [{ type: "text", text: "b" }] }, user("c")])],
		["two questions", prompt([user("a"), user("b")])],
		["an answer at the end", prompt([user("a"), { role: "assistant", content: [{ type: "text", text: "b" }] }])],
		["tools", prompt([user("a")], { tools: [{ type: "function", name: "f", inputSchema: {} }] })],
		["a picture", prompt([{ role: "user", content: [{ type: "file", mediaType: "image/png", data: { type: "url", url: "https://x.example" } }] }])],
		["an empty text", prompt([user(" ")])],
		["a long text", prompt([user("x".repeat(8001))])],
	])("is not there with %s", (_, given) => {
		expect(questionOf(given)).toBeUndefined();
	});
});

describe("likeness", () => {
	const vector = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 });
	it("is the cosine, whatever the lengths of the vectors", () => {
		fc.assert(
			fc.property(vector, fc.double({ min: 0.001, max: 1000, noNaN: true }), (values, factor) => {
				const direction = directionOf(values);
				const longer = directionOf(values.map((value) => value * factor));
				if (direction === undefined || longer === undefined) return;
				expect(likeness(direction, longer)).toBeCloseTo(1, 3);
			}),
		);
		const [right, up] = [directionOf([5, 0]), directionOf([0, 2])];
		if (right === undefined || up === undefined) throw new Error("Directions are missing");
		expect([likeness(right, up), likeness(right, directionOf([-1, 0]) ?? right)]).toEqual([0, -1]);
	});
	it("has nothing to compare where vectors point nowhere or are of different spaces", () => {
		expect([directionOf([0, 0]), directionOf([]), directionOf([Number.NaN])]).toEqual([undefined, undefined, undefined]);
		expect(likeness(Float32Array.of(1), Float32Array.of(1, 0))).toBe(-1);
	});
});
