import { expect } from "vitest";
import type { JsonObject } from "../../src/contract/json.ts";
import type { AssistantPart, FunctionTool, Message, Prompt, ToolCallPart } from "../../src/contract/prompt.ts";
import type { Answer } from "../../src/contract/stream-event.ts";
import type { Cell } from "./cell.ts";

/** What every caller must be able to do before every provider. */
export const cases = {
	whole: async (cell) => {
		const { content, finish } = await cell.ask("echo", asking("Hello"), false);
		expect(textOf(content)).toContain("You said: Hello");
		expect(finish.usage.outputTokens).toBeGreaterThan(0);
	},
	stream: async (cell) => {
		const { content } = await cell.ask("echo", asking("Hello"), true);
		expect(textOf(content)).toContain("You said: Hello");
	},
	"parallel tools": (cell) =>
		bothWays(async (stream) => {
			const { content, finish } = await cell.ask("tools", { ...asking("Go"), tools: [weather, clock] }, stream);
			const calls = callsOf(content);
			expect(calls.map(({ toolName }) => toolName)).toEqual(["weather", "clock"]);
			expect(new Set(calls.map(({ toolCallId }) => toolCallId)).size).toBe(2);
			expect(JSON.parse(calls[0]?.input ?? "")).toEqual({ city: "simulated" });
			expect(finish.reason).toBe("tool-calls");
		}),
	"zero-argument tool": (cell) =>
		bothWays(async (stream) => {
			const { content } = await cell.ask("tools", { ...asking("Go"), tools: [clock] }, stream);
			expect(callsOf(content)).toMatchObject([{ toolName: "clock", input: "{}" }]);
		}),
	"tool results": (cell) =>
		bothWays(async (stream) => {
			const prompt = { ...asking("Go"), tools: [weather, clock] };
			const { content } = await cell.ask("tools", prompt, stream);
			const said = textOf((await cell.ask("tools", goingOn(prompt, content), stream)).content);
			expect(said).toContain('returned "result of weather"');
			expect(said).toContain('returned "result of clock"');
		}),
	reasoning: (cell) => bothWays(async (stream) => void (await thoughtAndAfter(cell, stream))),
	"reasoning round trip": (cell) =>
		bothWays(async (stream) => {
			expect(await thoughtAndAfter(cell, stream)).toContain("1 of my thoughts came back");
		}),
	"structured output": (cell) =>
		bothWays(async (stream) => {
			const { content } = await cell.ask("json", { ...asking("Invent a person"), output: { type: "json-schema", schema: person } }, stream);
			expect(JSON.parse(textOf(content))).toEqual({ name: "simulated" });
		}),
	image: async (cell) => {
		const image = { type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBORw0KGgo=" } } as const;
		const { content } = await cell.ask("echo", { ...asking("Look"), messages: [{ role: "user", content: [image, { type: "text", text: "Look" }] }] }, false);
		expect(textOf(content)).toContain("You said (with image/png): Look");
	},
	"picture in the answer": (cell) =>
		bothWays(async (stream) => {
			const { content } = await cell.ask("picture", asking("Draw"), stream);
			expect(textOf(content)).toContain("Look:");
			expect(content).toContainEqual(expect.objectContaining({ type: "file", data: { type: "base64", base64: "iVBORw0KGgo=" } }));
		}),
	length: (cell) =>
		bothWays(async (stream) => {
			expect((await cell.ask("length", asking("Go on"), stream)).finish.reason).toBe("length");
		}),
	"stop sequence": (cell) =>
		bothWays(async (stream) => {
			const { content, finish } = await cell.ask("echo", { ...asking("Hello"), settings: { stopSequences: ["simulator"], ...limit } }, stream);
			expect(textOf(content).trim()).toBe("This is Postern's");
			expect(finish.reason).toBe("stop");
		}),
	refusal: (cell) =>
		bothWays(async (stream) => {
			const { content, finish } = await cell.ask("refusal", asking("Do evil"), stream);
			expect(textOf(content)).toContain("refuses");
			expect(finish.reason === "content-filter" || content.some((part) => part.type === "text" && part.refusal === true)).toBe(true);
		}),
	"cached usage": (cell) =>
		bothWays(async (stream) => {
			expect((await cell.ask("cached", asking("Hello"), stream)).finish.usage).toMatchObject({ inputTokens: 100, cachedInputTokens: 40, outputTokens: 5 });
		}),
	"error before commit": (cell) =>
		bothWays(async (stream) => {
			const response = await cell.send("overloaded", asking("Hello"), stream);
			expect(response.status).toBeGreaterThanOrEqual(500);
			expect(await response.json()).toMatchObject({ error: expect.anything() });
		}),
	"error after commit": async (cell) => {
		const response = await cell.send("error-after-start", asking("Hello"), true);
		expect(response.status).toBe(200);
		const { answer, isFailed } = cell.client.readStream(await response.text());
		expect(isFailed).toBe(true);
		expect(textOf(answer.content)).toContain("The simulator says");
	},
	"hang-up": async (cell) => {
		const controller = new AbortController();
		const response = await cell.send("stall", asking("Hello"), true, controller.signal);
		const reader = (response.body ?? expect.fail("no body")).getReader();
		await reader.read();
		expect(cell.active()).toBe(1);
		controller.abort();
		await reader.cancel().catch(() => {});
		await expect.poll(() => cell.active(), { timeout: 10_000 }).toBe(0);
	},
} as const satisfies Record<string, (cell: Cell) => Promise<void>>;

export type CaseId = keyof typeof cases;
export const caseIds = Object.keys(cases) as readonly CaseId[];

// Anthropic's requests must have one: what is asked is the same everywhere.
const limit = { maxOutputTokens: 500 };
const weather = tool("weather", { city: { type: "string" } });
const clock = tool("clock", {});
const person: JsonObject = { type: "object", properties: { name: { type: "string" } }, required: ["name"], additionalProperties: false };

function tool(name: string, properties: JsonObject): FunctionTool {
	return { type: "function", name, description: `The ${name}`, inputSchema: { type: "object", properties, required: Object.keys(properties) } };
}

function asking(text: string): Prompt {
	return { messages: [{ role: "user", content: [{ type: "text", text }] }], settings: limit };
}

/** The prompt with the model's turn and the results of its calls. */
function goingOn(prompt: Prompt, content: Answer["content"]): Prompt {
	const results: Message = {
		role: "tool",
		content: callsOf(content).map(({ toolCallId, toolName }) => ({
			type: "tool-result", toolCallId, toolName, output: { type: "text", text: `result of ${toolName}` },
		})),
	};
	return { ...prompt, messages: [...prompt.messages, { role: "assistant", content }, results] };
}

/** A thought is shown, and the turn goes on behind it: the simulator refuses a thought that comes back with another signature. */
async function thoughtAndAfter(cell: Cell, stream: boolean): Promise<string> {
	const prompt = { ...asking("Think"), tools: [clock] };
	const { content } = await cell.ask("reasoning", prompt, stream);
	expect(content.some((part) => part.type === "reasoning" && part.text !== "")).toBe(true);
	const said = textOf((await cell.ask("reasoning", goingOn(prompt, content), stream)).content);
	expect(said).toContain('returned "result of clock"');
	return said;
}

async function bothWays(run: (stream: boolean) => Promise<void>): Promise<void> {
	await run(false);
	await run(true);
}

function textOf(content: readonly AssistantPart[]): string {
	return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function callsOf(content: readonly AssistantPart[]): readonly ToolCallPart[] {
	return content.filter((part) => part.type === "tool-call");
}
