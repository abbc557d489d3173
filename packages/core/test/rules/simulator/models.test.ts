import { describe, expect, test } from "vitest";
import type { FunctionTool, Prompt } from "../../../src/contract/prompt.ts";
import type { Answer } from "../../../src/contract/stream-event.ts";
import { createAnswerFold } from "../../../src/rules/sessions/fold.ts";
import { findModel, models } from "../../../src/rules/simulator/models.ts";
import type { Scene, Step } from "../../../src/rules/simulator/script.ts";
import { signatureOf } from "../../../src/rules/simulator/signature.ts";

function ask(model: string, prompt: Partial<Prompt> & { text?: string } = {}, turn = 1): { steps: readonly Step[]; answer: Answer } {
	const { text = "Hello there", ...rest } = prompt;
	const found = findModel(model);
	if (found === undefined) throw new Error(`no model ${model}`);
	const scene: Scene = {
		prompt: { messages: [{ role: "user", content: [{ type: "text", text }] }], settings: {}, ...rest },
		dialect: "openai-chat",
		...(found.parameter === undefined ? {} : { parameter: found.parameter }),
		turn,
		response: { id: "answer-1", model },
		callPrefix: "call_1",
		usage: { inputTokens: 3 },
		firstMs: 0,
		deltaMs: 0,
	};
	const steps = [...found.script(scene)];
	const fold = createAnswerFold();
	for (const step of steps) if (step.type === "say") fold.push(step.events);
	return { steps, answer: fold.answer() };
}

const textOf = (answer: Answer): string => answer.content.map((part) => (part.type === "text" ? part.text : "")).join("");
const tool = (name: string, properties: object = { city: { type: "string" } }): FunctionTool => ({
	type: "function",
	name,
	inputSchema: { type: "object", properties: { ...properties }, required: Object.keys(properties) },
});

describe("names", () => {
	test("carry a number as their parameter", () => {
		expect(findModel("slow-200")).toEqual({ script: models["slow"], parameter: 200 });
		expect(findModel("error-500")).toEqual({ script: models["error-500"] });
		expect(findModel("error-503")).toEqual({ script: models["error"], parameter: 503 });
	});
	test.each(["", "nothing", "slow-", "slow-x", "-5", "toString", "constructor-1", "__proto__"])("%j is no model", (name) => {
		expect(findModel(name)).toBeUndefined();
	});
});

describe("echo", () => {
	test.each(["Hello", "[DONE]", "data: [DONE]\n\n", "a\r\nb\rc", "lone \ud800 and \udfff", "", "  ", "\u2028"])("repeats %j exactly", (text) => {
		const { answer } = ask("echo", { text });
		expect(textOf(answer)).toMatch(/simulator/);
		expect(textOf(answer).endsWith(`You said: ${text}`)).toBe(true);
		expect(answer.finish).toMatchObject({ reason: "stop", usage: { inputTokens: 3 } });
	});
	test("obeys the token limit and stop sequences", () => {
		expect(ask("echo", { settings: { maxOutputTokens: 2 } }).answer.finish).toMatchObject({ reason: "length", usage: { outputTokens: 2 } });
		expect(ask("echo", { settings: { stopSequences: ["there"] } }).answer.finish).toMatchObject({ reason: "stop", stopSequence: "there" });
	});
	test.each(["echo", "json"])("%s calls a tool that is forced on it", (model) => {
		const { answer } = ask(model, { tools: [tool("a"), tool("b")], toolChoice: { type: "tool", toolName: "b" } });
		expect(answer.content).toMatchObject([{ type: "tool-call", toolName: "b" }]);
	});
	test("gives JSON where JSON is asked for", () => {
		const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
		expect(textOf(ask("echo", { output: { type: "json-schema", schema } }).answer)).toBe('{"n":1}');
	});
});

describe("tools", () => {
	test("calls every offered tool with arguments that fit", () => {
		const { answer } = ask("tools", { tools: [tool("weather"), tool("clock", {})] });
		expect(answer.content).toEqual([
			{ type: "tool-call", toolCallId: "call_1_1", toolName: "weather", input: '{"city":"simulated"}' },
			{ type: "tool-call", toolCallId: "call_1_2", toolName: "clock", input: "{}" },
		]);
		expect(answer.finish.reason).toBe("tool-calls");
	});
	test.each([
		["one at a time", { parallelToolCalls: false }, ["a"]],
		["a forced one", { toolChoice: { type: "tool", toolName: "b" } }, ["b"]],
		["only allowed ones", { toolChoice: { type: "allowed", mode: "auto", toolNames: ["c", "b"] } }, ["b", "c"]],
		["none", { toolChoice: { type: "none" } }, []],
	] as const)("%s", (_, narrowed, names) => {
		const { answer } = ask("tools", { tools: [tool("a"), tool("b"), tool("c")], ...narrowed });
		expect(answer.content.flatMap((part) => (part.type === "tool-call" ? [part.toolName] : []))).toEqual(names);
	});
	test("quotes the results", () => {
		const { answer } = ask("tools", {
			tools: [tool("weather")],
			messages: [
				{ role: "user", content: [{ type: "text", text: "Weather?" }] },
				{ role: "assistant", content: [{ type: "tool-call", toolCallId: "c1", toolName: "weather", input: "{}" }] },
				{ role: "tool", content: [{ type: "tool-result", toolCallId: "c1", output: { type: "text", text: 'sun "and" rain' } }] },
			],
		});
		expect(textOf(answer)).toContain('c1 returned "sun \\"and\\" rain"');
		expect(answer.finish.reason).toBe("stop");
	});
});

describe("reasoning", () => {
	const thought = (): string => {
		const part = ask("reasoning").answer.content[0];
		if (part?.type !== "reasoning") throw new Error("no reasoning");
		return part.text;
	};
	const returning = (text: string, signature: string): Partial<Prompt> => ({
		messages: [
			{ role: "assistant", content: [{ type: "reasoning", text, metadata: { anthropic: { signature } } }] },
			{ role: "user", content: [{ type: "text", text: "And now?" }] },
		],
	});
	test("thinks with a signature, then answers", () => {
		const { answer } = ask("reasoning");
		expect(answer.content.map(({ type }) => type)).toEqual(["reasoning", "text"]);
		expect(answer.finish.usage.reasoningTokens).toBeGreaterThan(0);
	});
	test("takes its own thought back and refuses a changed one", () => {
		const text = thought();
		expect(textOf(ask("reasoning", returning(text, signatureOf(text))).answer)).toContain("1 of my thoughts came back");
		expect(ask("reasoning", returning(`${text}!`, signatureOf(text))).steps).toEqual([{ type: "refuse", error: "bad-signature" }]);
	});
});

describe("other answers", () => {
	test("json matches a schema that only stands in the prompt", () => {
		expect(textOf(ask("json", { text: 'Match {"type":"array","items":{"type":"boolean"}} please' }).answer)).toBe("[true]");
	});
	test("repair talks first and gives JSON then", () => {
		expect(textOf(ask("repair", {}, 1).answer)).not.toContain("{");
		expect(textOf(ask("repair", {}, 2).answer)).toBe('{"simulated":true}');
	});
	test("slow pauses before every piece", () => {
		const waits = ask("slow-7", { text: "a b" }).steps.filter((step) => step.type === "wait");
		expect(waits.length).toBeGreaterThan(5);
		expect(new Set(waits.map(({ ms }) => ms))).toEqual(new Set([7]));
	});
	test("long has as many words as asked", () => {
		expect(textOf(ask("long-2500").answer).split(" ")).toHaveLength(2500);
	});
	test("refusal marks its text", () => {
		expect(ask("refusal").answer.content).toMatchObject([{ type: "text", refusal: true }]);
	});
	test("length ends a text, or a call in the middle of its arguments", () => {
		expect(ask("length").answer).toMatchObject({ content: [{ type: "text" }], finish: { reason: "length" } });
		expect(ask("length", { tools: [tool("weather")] }).answer).toMatchObject({
			content: [{ type: "tool-call", incomplete: true, input: '{"city":"s' }],
			finish: { reason: "length" },
		});
	});
	test("flaky fails every other time, with 500 and 429 in turns", () => {
		const outcomes = [1, 2, 3, 4, 5].map((turn) => ask("flaky", {}, turn).steps[0]).map((step) => (step?.type === "refuse" ? step.error : "answers"));
		expect(outcomes).toEqual(["server-error", "answers", "rate-limited", "answers", "server-error"]);
	});
});

describe("faults after content leave their part open", () => {
	test.each(["cut", "early-end", "stall", "error-after-start"])("%s", (model) => {
		const { steps, answer } = ask(model);
		expect(textOf(answer)).toBe("The simulator says this much and then it");
		expect(answer.finish).toEqual({ reason: "other", usage: {} });
		expect(steps.filter((step) => step.type === "say").flatMap(({ events }) => events).some(({ type }) => type === "text-end")).toBe(false);
		expect(steps.at(-1)?.type).not.toBe("say");
	});
});
