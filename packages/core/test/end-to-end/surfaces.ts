import { expect } from "vitest";

/** How each surface is asked, and how it speaks of errors. */
export interface SurfaceCase {
	readonly name: "openai" | "anthropic" | "text" | "prompt";
	ask(model: string, stream: boolean): { readonly path: string; readonly body: object };
	/** The code in an error body. */
	errorCode(body: unknown): unknown;
	/** The code of the stream's terminal error; `undefined` where it did not end with one. */
	terminalCode(events: readonly SseEvent[]): unknown;
	/** Whether the stream ended as a success does. */
	isComplete(events: readonly SseEvent[]): boolean;
}

export interface SseEvent {
	readonly event: string;
	readonly data: string;
}

export function parseSse(text: string): readonly SseEvent[] {
	return text
		.split("\n\n")
		.map((block) => block.split("\n").filter((line) => line !== "" && !line.startsWith(":")))
		.filter((lines) => lines.length > 0)
		.map((lines) => ({
			event: lines.find((line) => line.startsWith("event: "))?.slice(7) ?? "message",
			data: lines.flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : [])).join("\n"),
		}));
}

const prompt = "Hello there";

export const surfaceCases: readonly SurfaceCase[] = [
	{
		name: "openai",
		ask: (model, stream) => ({ path: "/v1/chat/completions", body: { model, stream, messages: [{ role: "user", content: prompt }] } }),
		errorCode: (body) => read(body, "error", "code"),
		terminalCode: (events) => read(json(events.at(-1)?.data), "error", "code"),
		isComplete: (events) => events.at(-1)?.data === "[DONE]",
	},
	{
		name: "anthropic",
		ask: (model, stream) => ({ path: "/v1/messages", body: { model, stream, max_tokens: 200, messages: [{ role: "user", content: prompt }] } }),
		errorCode: (body) => {
			expect(body).toMatchObject({ type: "error", request_id: expect.any(String) });
			return read(body, "error", "type");
		},
		terminalCode: (events) => (events.at(-1)?.event === "error" ? read(json(events.at(-1)?.data), "error", "type") : undefined),
		isComplete: (events) => events.at(-1)?.event === "message_stop",
	},
	{
		name: "text",
		ask: (model, stream) => ({ path: stream ? "/stream" : "/generate-text", body: { model, prompt } }),
		errorCode: (body) => read(body, "code"),
		terminalCode: (events) => {
			if (events.at(-2)?.event !== "error") return undefined;
			expect(events.at(-1)).toMatchObject({ event: "done", data: expect.stringContaining('"code":1') });
			return read(json(events.at(-2)?.data), "code");
		},
		isComplete: (events) => events.at(-1)?.event === "done" && events.at(-2)?.event === "result",
	},
	{
		name: "prompt",
		ask: (model, stream) => ({ path: stream ? "/v1/stream" : "/v1/prompt", body: { model, prompt } }),
		errorCode: (body) => read(body, "code"),
		terminalCode: (events) => (events.at(-1)?.event === "error" ? read(json(events.at(-1)?.data), "code") : undefined),
		isComplete: (events) => events.at(-1)?.data === "[DONE]",
	},
];

function json(text: string | undefined): unknown {
	try {
		return JSON.parse(text ?? "");
	} catch {
		return undefined;
	}
}

function read(value: unknown, ...path: string[]): unknown {
	return path.reduce<unknown>((inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined), value);
}
