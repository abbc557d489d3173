import { PosternError } from "@postern/client";

export const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export interface Sent {
	readonly method: string;
	readonly url: string;
	readonly headers: Headers;
	readonly body: unknown;
	readonly signal: AbortSignal;
}

/** A fetch that answers with what it is given and keeps what it was sent. */
export function fakeFetch(answer: (request: Request) => Response | Promise<Response>) {
	const sent: Sent[] = [];
	return {
		sent,
		async fetch(request: Request): Promise<Response> {
			const { method, url, headers, signal } = request;
			const text = await request.text();
			sent.push({ method, url, headers, signal, body: text === "" ? undefined : JSON.parse(text) });
			return answer(request);
		},
	};
}

export interface BodyLog {
	/** Chunks that were pulled. */
	pulled: number;
	isCancelled: boolean;
}

/** A body of these chunks, each made when it is asked for. `open` leaves it without an end. */
export function body(chunks: readonly Uint8Array<ArrayBuffer>[], { open = false, log }: { open?: boolean; log?: BodyLog } = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
	let next = 0;
	return new ReadableStream(
		{
			pull(controller) {
				const chunk = chunks[next++];
				if (chunk !== undefined) controller.enqueue(chunk);
				else if (!open) controller.close();
				else return new Promise(() => undefined);
				if (log !== undefined && chunk !== undefined) log.pulled++;
				return undefined;
			},
			cancel() {
				if (log !== undefined) log.isCancelled = true;
			},
		},
		{ highWaterMark: 0 },
	);
}

const streamHeaders = { "content-type": "text/event-stream; charset=utf-8", "x-request-id": "req_header" };

export function eventStream(content: string | ReadableStream<Uint8Array<ArrayBuffer>>): Response {
	return new Response(content, { headers: streamHeaders });
}

export function jsonAnswer(value: unknown, init: ResponseInit = {}): Response {
	return new Response(JSON.stringify(value), { ...init, headers: { "content-type": "application/json", ...init.headers } });
}

/** A text as events in named form. */
export function named(...events: readonly (readonly [string, unknown])[]): string {
	return events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("");
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
	const all: Item[] = [];
	for await (const item of items) all.push(item);
	return all;
}

/** Each way to cut the bytes in two, and the way to send them one by one. */
export function splits(text: string): readonly (readonly Uint8Array<ArrayBuffer>[])[] {
	const bytes = encode(text);
	const halves = Array.from(bytes, (_, at) => [bytes.slice(0, at), bytes.slice(at)]);
	return [...halves, Array.from(bytes, (byte) => new Uint8Array([byte]))];
}

/** What a call failed with, as plain data: matchers look past an error's message otherwise. */
export async function failureOf(call: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
	const error: unknown = await call.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof PosternError)) throw new Error("The call did not fail with a PosternError", { cause: error });
	const { name, message, code, status, requestId, retryAfterMs, issues, rawText, cause } = error;
	return { name, message, code, status, requestId, retryAfterMs, issues, rawText, cause };
}
