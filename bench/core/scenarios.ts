import type { Gateway, GatewayRequest, Reply } from "@postern/core";
import { burstWorkload, pacedWorkload, wholeWorkload } from "../overhead/payloads.ts";

export interface CoreScenario {
	readonly name: string;
	call(): Promise<void>;
	/** Of what the figures are told: one request, or the chunks of one stream. */
	readonly count: number;
	/** So many calls are one slice of a few milliseconds at most. */
	readonly atOnce: number;
	/** So many calls, and the compiler has seen enough. */
	readonly warmUp: number;
}

const chunks = 500;

export function coreScenarios(gateway: Pick<Gateway, "handle">): readonly CoreScenario[] {
	const chat = JSON.parse(wholeWorkload().body);
	const [system, user] = chat.messages;
	const message = { model: chat.model, max_tokens: 512, temperature: chat.temperature, system: system.content, messages: [user] };
	const ask = (path: string, body: object) => {
		const request = createRequest(path, JSON.stringify(body));
		return async () => drain(await gateway.handle(request()));
	};
	const whole = (name: string, path: string, body: object) => ({ name: `whole answer${name}`, call: ask(path, body), count: 1, atOnce: 20, warmUp: 20_000 });
	const stream = (name: string, path: string, body: object) => ({ name: `chunk${name}`, call: ask(path, body), count: chunks, atOnce: 1, warmUp: 200 });
	return [
		whole("", "/v1/chat/completions", chat),
		whole(", its price known", "/v1/chat/completions", { ...chat, model: "upstream/priced" }),
		whole(", by a route of three", "/v1/chat/completions", { ...chat, model: "route" }),
		whole(", translated", "/v1/messages", message),
		stream(" that comes alone", "/v1/chat/completions", JSON.parse(pacedWorkload(chunks, 100).body)),
		stream(" among 32", "/v1/chat/completions", JSON.parse(burstWorkload(chunks).body)),
		stream(" that comes alone, translated", "/v1/messages", { ...message, model: JSON.parse(pacedWorkload(chunks, 100).body).model, stream: true }),
	];
}

/** @returns what makes such a request anew for each call, as an adapter would. */
function createRequest(path: string, text: string): () => GatewayRequest {
	const headers: Readonly<Record<string, string>> = { authorization: "Bearer bench-token", "content-type": "application/json", host: "gateway.local" };
	const bytes = new TextEncoder().encode(text);
	return () => ({
		method: "POST",
		path,
		query: "",
		mountPath: "",
		host: "gateway.local",
		header: (name) => headers[name],
		body: () => Promise.resolve(bytes),
		signal: new AbortController().signal,
		original: undefined,
	});
}

/** Reads an answer to its end, which must be one of success. */
async function drain({ status, body }: Reply): Promise<void> {
	if (status !== 200) throw new Error(`Status ${status}: ${String(body)}`);
	if (typeof body !== "object" || body instanceof Uint8Array) return;
	let last = "";
	for await (const text of body) if (text !== "") last = text;
	if (!/\[DONE\]|message_stop/.test(last)) throw new Error(`The stream ended with ${last.slice(-200)}`);
}
