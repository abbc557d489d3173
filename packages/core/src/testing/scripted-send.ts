import { SendError, type Send, type UpstreamRequest } from "../rules/providers/transport.ts";

/** What a scripted provider answers to one request. */
export interface ScriptedAnswer {
	/** Default 200. */
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** One read each. */
	readonly chunks?: readonly string[];
	/** How it ends after the chunks: cleanly, by a reset, or never. Default `end`. */
	readonly then?: "end" | "reset" | "stall";
	/** Instead of headers: a connection that fails, or that never answers. */
	readonly instead?: "refused" | "connect-timeout" | "silence";
}

export interface ScriptedSend {
	readonly send: Send;
	/** The requests so far, with their bodies as JSON. */
	readonly requests: readonly { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }[];
	/** How many requests were aborted, or let go before their end. */
	cancelled(): number;
}

/** A transport that plays answers one after another; the last one again where more are asked for. */
export function scriptedSend(...answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]]): ScriptedSend {
	const requests: { url: string; headers: Readonly<Record<string, string>>; body: unknown }[] = [];
	let cancelled = 0;

	async function send({ url, headers, body, signal }: UpstreamRequest): ReturnType<Send> {
		const answer = answers[Math.min(requests.length, answers.length - 1)] ?? answers[0];
		requests.push({ url, headers, body: body === undefined ? undefined : JSON.parse(body) });
		let isOver = false;
		const { promise: aborted, reject } = Promise.withResolvers<never>();
		aborted.catch(() => {});
		const cancel = () => {
			if (isOver) return;
			isOver = true;
			cancelled++;
			reject(new SendError("aborted", "The request was aborted"));
		};
		if (signal.aborted) cancel();
		signal.addEventListener("abort", cancel, { once: true });
		if (answer.instead === "silence") return aborted;
		if (answer.instead !== undefined || isOver) {
			isOver = true;
			throw new SendError(answer.instead === "connect-timeout" ? "connect-timeout" : signal.aborted ? "aborted" : "network", "No connection");
		}
		const chunks = (answer.chunks ?? []).map((chunk) => new TextEncoder().encode(chunk));
		return {
			status: answer.status ?? 200,
			headers: answer.headers ?? {},
			body: {
				async read() {
					if (signal.aborted) throw new SendError("aborted", "The request was aborted");
					const chunk = chunks.shift();
					if (chunk !== undefined) return chunk;
					if (answer.then === "stall" && !isOver) return aborted;
					isOver = true;
					if (answer.then === "reset") throw new SendError("network", "Connection reset");
					return undefined;
				},
				cancel,
			},
		};
	}

	return { send, requests, cancelled: () => cancelled };
}
