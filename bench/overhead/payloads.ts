/** What travels in the benchmark: sizes as in docs/performance.md. One `~` in an answer, or in each piece of a stream, is counted at the far end. */

export const mark = 0x7e;

const requestBytes = 735;
const answerBytes = 1024;
const chunkBytes = 330;

export interface Workload {
	readonly kind: "whole" | "stream";
	/** The request's body. The stand-in reads from the model's name what to answer. */
	readonly body: string;
	/** Marks in one answer. */
	readonly marks: number;
	/** The text that one answer says, to be compared with what arrives. */
	readonly text: string;
}

export function wholeWorkload(): Workload {
	return { kind: "whole", body: requestBody("upstream/whole", false), marks: 1, text: answerText };
}

/** A stream of `chunks` pieces at `perSecond`. */
export function pacedWorkload(chunks: number, perSecond: number): Workload {
	return { kind: "stream", body: requestBody(`upstream/paced-${chunks}-${perSecond}`, true), marks: chunks, text: chunkText.repeat(chunks) };
}

/** A stream of `chunks` pieces as fast as it goes: many of them share one read. */
export function burstWorkload(chunks: number): Workload {
	return { kind: "stream", body: requestBody(`upstream/burst-${chunks}`, true), marks: chunks, text: chunkText.repeat(chunks) };
}

/** What a request's body asks the stand-in for. */
export function readAsk(body: string): { kind: "whole" } | { kind: "paced"; chunks: number; perSecond: number } | { kind: "burst"; chunks: number } {
	if (!body.includes('"stream":true')) return { kind: "whole" };
	const paced = /paced-(\d+)-(\d+)/.exec(body);
	if (paced !== null) return { kind: "paced", chunks: Number(paced[1]), perSecond: Number(paced[2]) };
	const burst = /burst-(\d+)/.exec(body);
	return { kind: "burst", chunks: Number(burst?.[1] ?? 1) };
}

function requestBody(model: string, stream: boolean): string {
	const build = (filler: string): string =>
		JSON.stringify({
			model,
			messages: [
				{ role: "system", content: "You are a helpful assistant that answers briefly." },
				{ role: "user", content: `Explain recursion in simple terms. ${filler}` },
			],
			temperature: 0.7,
			max_completion_tokens: 512,
			...(stream ? { stream } : {}),
		});
	return build(fillTo(requestBytes - build("").length));
}

function fillTo(length: number): string {
	return "the quick brown fox jumps over the lazy dog ".repeat(Math.ceil(length / 44)).slice(0, length);
}

const created = 1_760_000_000;
const usage = { prompt_tokens: 152, completion_tokens: 96, total_tokens: 248 };

const buildAnswer = (content: string): string =>
	JSON.stringify({
		id: "chatcmpl-Bench0000000000000000000001",
		object: "chat.completion",
		created,
		model: "gpt-4o-mini-2024-07-18",
		choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" }],
		usage: { ...usage, prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } },
		service_tier: "default",
		system_fingerprint: "fp_bench00001",
	});
const answerText = `~${fillTo(answerBytes - buildAnswer("~").length)}`;

const buildChunk = (delta: Record<string, unknown>, finishReason: string | null): string =>
	`data: ${JSON.stringify({
		id: "chatcmpl-Bench0000000000000000000001",
		object: "chat.completion.chunk",
		created,
		model: "gpt-4o-mini-2024-07-18",
		service_tier: "default",
		system_fingerprint: "fp_bench00001",
		choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
	})}\n\n`;
const chunkText = `~${fillTo(chunkBytes - buildChunk({ content: "~" }, null).length)}`;

/** What the stand-in says, as a client of HTTP reads it. */
export const standInTexts = {
	whole: buildAnswer(answerText),
	/** The role's chunk and the first piece of text, as one write. */
	firstChunk: buildChunk({ role: "assistant", content: "", refusal: null }, null) + buildChunk({ content: chunkText }, null),
	chunk: buildChunk({ content: chunkText }, null),
	streamEnd: `${buildChunk({}, "stop")}${usageChunk()}data: [DONE]\n\n`,
};

/** The same, precomputed as bytes of HTTP/1.1. */
export const standInBytes = {
	whole: Buffer.from(head("application/json", `content-length: ${Buffer.byteLength(standInTexts.whole)}`) + standInTexts.whole),
	streamHead: Buffer.from(head("text/event-stream", "transfer-encoding: chunked")),
	firstChunk: httpChunk(standInTexts.firstChunk),
	chunk: httpChunk(standInTexts.chunk),
	/** Bytes of 32 chunks as one chunk of the transfer coding. */
	chunks32: httpChunk(standInTexts.chunk.repeat(32)),
	streamEnd: Buffer.concat([httpChunk(standInTexts.streamEnd), Buffer.from("0\r\n\r\n")]),
};

function usageChunk(): string {
	return `data: ${JSON.stringify({ id: "chatcmpl-Bench0000000000000000000001", object: "chat.completion.chunk", created, model: "gpt-4o-mini-2024-07-18", choices: [], usage })}\n\n`;
}

function head(contentType: string, length: string): string {
	return `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\nx-request-id: req_bench\r\nopenai-processing-ms: 1\r\n${length}\r\n\r\n`;
}

function httpChunk(text: string): Buffer {
	const bytes = Buffer.from(text);
	return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
}
