import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** An OpenAI-compatible provider in the test's hands. */
export interface StandIn {
	/** For `OPENAI_BASE_URL`. */
	readonly url: string;
	/** The next request that comes in, with its answer still to be written. */
	next(): Promise<{ readonly request: IncomingMessage; readonly response: ServerResponse }>;
}

export async function startStandIn(answer?: (request: IncomingMessage, response: ServerResponse) => void): Promise<StandIn> {
	const arrived: { request: IncomingMessage; response: ServerResponse }[] = [];
	const waiting: ((exchange: { request: IncomingMessage; response: ServerResponse }) => void)[] = [];
	const server = createServer((request, response) => {
		request.resume();
		if (answer !== undefined) return answer(request, response);
		const next = waiting.shift();
		if (next === undefined) arrived.push({ request, response });
		else next({ request, response });
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.close();
		server.closeAllConnections();
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		next: () => {
			const first = arrived.shift();
			return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
		},
	};
}

const common = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_760_000_000, model: "gpt-4o-mini" };

export function chunk(content: string): string {
	return `data: ${JSON.stringify({ ...common, choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }] })}\n\n`;
}

export const streamEnd =
	`data: ${JSON.stringify({ ...common, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n` +
	`data: ${JSON.stringify({ ...common, choices: [], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } })}\n\ndata: [DONE]\n\n`;
