import { expect } from "vitest";
import type { Json, JsonObject } from "../../src/contract/json.ts";
import type { DialectId, Prompt } from "../../src/contract/prompt.ts";
import type { Answer, StreamEvent } from "../../src/contract/stream-event.ts";
import { providerCodecs } from "../../src/rules/dialects/index.ts";
import { createAnswerFold } from "../../src/rules/sessions/fold.ts";
import { eventsOf } from "../gateway/support.ts";

/** How one kind of caller asks and reads: the other end of a surface. */
export interface Client {
	request(prompt: Prompt, stream: boolean, model: string): { readonly path: string; readonly body: JsonObject };
	/** The answer as the caller understands it. */
	readWhole(body: Json): Answer;
	/** The same from a stream; an error at its end where there was one. */
	readStream(text: string): { readonly answer: Answer; readonly isFailed: boolean };
}

export const callerIds = ["chat completions", "responses", "messages", "gemini", "text", "prompt"] as const;
export type CallerId = (typeof callerIds)[number];

/** A caller of a dialect is a client of it, and so is the gateway: the codec towards providers serves both. */
function dialectClient(dialect: DialectId, base: string): Client {
	const codec = providerCodecs[dialect];
	return {
		request(prompt, stream, model) {
			const options = { model, stream, quirks: {} };
			const { body, warnings } = codec.encodeRequest(prompt, options);
			expect(warnings, "the caller must be able to say what it asks").toEqual([]);
			return { path: base + codec.path(options), body };
		},
		readWhole(body) {
			const decoded = codec.decodeAnswer(body);
			if (!decoded.ok) throw new Error(decoded.problem.message);
			return decoded.value;
		},
		readStream(text) {
			const decoder = codec.createStreamDecoder();
			const events = [...decoder.push(new TextEncoder().encode(text)), ...decoder.close()];
			const fold = createAnswerFold();
			fold.push(events.filter((event): event is Exclude<StreamEvent, { type: "error" }> => event.type !== "error"));
			return { answer: fold.answer(), isFailed: events.at(-1)?.type === "error" };
		},
	};
}

/** The surfaces of one text: nothing but words and tokens comes back. */
function answerOf(text: string, usage: { readonly inputTokens?: number; readonly outputTokens?: number } = {}): Answer {
	return { content: [{ type: "text", text }], finish: { reason: "stop", usage } };
}

function onlyText(prompt: Prompt): string {
	return prompt.messages.flatMap(({ content }) => content.map((part) => (part.type === "text" ? part.text : ""))).join("");
}

type Told = { readonly text?: string; readonly object?: Json; readonly usage?: Answer["finish"]["usage"]; readonly tokensIn?: number; readonly tokensOut?: number };

const textClient: Client = {
	request(prompt, stream, model) {
		const schema = prompt.output?.type === "json-schema" ? { schema: prompt.output.schema } : {};
		const kind = prompt.output?.type === "json-schema" ? "object" : "text";
		return { path: stream ? (kind === "text" ? "/stream" : "/stream-object") : `/generate-${kind}`, body: { model, prompt: onlyText(prompt), ...schema } };
	},
	readWhole(body) {
		const { text, object, usage } = body as Told;
		return answerOf(text ?? JSON.stringify(object), usage);
	},
	readStream(text) {
		const events = eventsOf(text).map(({ event, data }) => ({ event, data: data as Told }));
		const object = events.find(({ event }) => event === "object")?.data.object;
		const words = events.map(({ event, data }) => (event === "text" ? data.text : "")).join("");
		const usage = events.find(({ event }) => event === "result")?.data.usage;
		return { answer: answerOf(object === undefined ? words : JSON.stringify(object), usage), isFailed: events.some(({ event }) => event === "error") };
	},
};

const promptClient: Client = {
	request: (prompt, stream, model) => ({ path: stream ? "/v1/stream" : "/v1/prompt", body: { model, prompt: onlyText(prompt) } }),
	readWhole(body) {
		const { text = "", tokensIn = 0, tokensOut = 0 } = body as Told;
		return answerOf(text, { inputTokens: tokensIn, outputTokens: tokensOut });
	},
	readStream(text) {
		const events = eventsOf(text);
		const words = events.flatMap(({ event, data }) => (event === "message" && data !== "[DONE]" ? [String(data)] : [])).join("");
		return { answer: answerOf(words), isFailed: events.at(-1)?.event === "error" };
	},
};

export const clients: Readonly<Record<CallerId, Client>> = {
	"chat completions": dialectClient("openai-chat", "/v1"),
	responses: dialectClient("openai-responses", "/v1"),
	messages: dialectClient("anthropic-messages", "/v1"),
	gemini: dialectClient("gemini", "/v1beta"),
	text: textClient,
	prompt: promptClient,
};
