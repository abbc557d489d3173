import { describe, expect, test } from "vitest";
import type { Prompt } from "../../../../src/contract/prompt.ts";
import { likeness } from "../../../../src/rules/routing/learn/context.ts";
import { contextOf } from "../../../../src/rules/routing/learn/index.ts";

const said = (text: string): Prompt => ({ messages: [{ role: "user", content: [{ type: "text", text }] }], settings: {} });

describe("contextOf", () => {
	test.each([
		["Good morning", "s-----"],
		["x ".repeat(1500), "m-----"],
		["word ".repeat(4000), "l-----"],
		["Why?\n```\nlet a\n```", "sc----"],
		["def main():\n\tpass", "sc----"],
		["import os\nprint(1)", "sc----"],
		["Let me tell you about the class of 1990; it was fun.", "s-----"],
		["今日はとても良い天気ですね", "s---k-"],
		["Summarise: 今日はとても良い天気ですね、散歩に行きましょう", "s---k-"],
		["오늘 날씨가 좋네요", "s---k-"],
		["Доброе утро, как дела?", "s---o-"],
		["صباح الخير", "s---o-"],
		["Ça va très bien, où êtes-vous?", "s-----"],
		["Nice 👍 — “quoted”", "s-----"],
		["", "s-----"],
	])("%j is %s", (text, context) => {
		expect(contextOf(said(text), true)).toBe(context);
	});

	test("knows tools and structured output", () => {
		const tools = [{ type: "function", name: "find", inputSchema: {} }] as const;
		expect(contextOf({ ...said("Hi"), tools, output: { type: "json" } }, false)).toBe("s-tj-w");
		expect(contextOf({ ...said("Hi"), tools: [], output: { type: "text" } }, true)).toBe("s-----");
	});

	test("judges by the newest words of the user, and counts them all", () => {
		const { messages } = said("Доброе утро");
		const long = said("word ".repeat(1000)).messages;
		expect(contextOf({ messages: [...long, { role: "assistant", content: [{ type: "text", text: "```code```" }] }, ...messages, ...messages] }, true)).toMatch(/^m-/);
	});
});

test("contexts are alike by the traits that they share", () => {
	expect(likeness("s----", "s----")).toBe(1);
	expect(likeness("s----", "m----")).toBe(0.5);
	expect(likeness("s----", "mctjk")).toBe(1 / 32);
});
