import type { GatewayError } from "../contract/errors.ts";
import type { Operation } from "../contract/operation.ts";
import { admitOnce, type Permit } from "../effects/idempotency.ts";
import type { Services } from "../effects/services.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { isFinal, readIdempotencyKey } from "../rules/idempotency/key.ts";
import { validationError } from "./body.ts";
import { type GatewayRequest, isStreamBody, type Reply, type StreamBody } from "./reply.ts";
import type { AnySurface, Call } from "./surface.ts";

/** Characters of an answer that is kept; of a longer one nothing is, and its repetition is done again. */
const longestAnswer = 1024 * 1024;

type Answer = Decoded<Reply, GatewayError>;

export interface KeyedCall {
	/** As the caller sent it. */
	readonly header: string;
	readonly call: Call<unknown>;
	/** What was read of the body. */
	readonly body: Uint8Array<ArrayBuffer>;
	readonly operation: Operation;
	readonly surface: AnySurface;
}

/**
 * Answers a request that carries an `Idempotency-Key`: done once, and its answer given again to every repetition.
 *
 * A caller that hangs up does not stop what is answered as a whole: it will come back with the same key, and what was paid for is there
 * by then. A stream that is let go is stopped as always, and its key is free again: whoever read a part of it decided to.
 */
export async function answerOnce({ header, call, body, operation, surface }: KeyedCall, handle: (call: Call<unknown>) => Promise<Answer>, services: Services): Promise<Answer> {
	const key = readIdempotencyKey(header);
	if (key === undefined) {
		const message = "must be 1 to 255 visible characters, in double quotes or without";
		return { ok: false, problem: validationError([{ path: "idempotency-key", message }], "Invalid request") };
	}
	const { request, principal, requestId } = call;
	const place = [principal.kind, principal.id, principal.projectId ?? "", call.operation, request.path, key];
	const admitted = await admitOnce(
		{
			key: await digest(JSON.stringify(place)),
			fingerprint: await digest(`${request.method} ${request.path}?${request.query}\n`, body),
			requestId,
			isSecret: operation.idempotency === "sealed",
		},
		services,
	);
	if (!admitted.ok) return admitted;
	if (admitted.value.state === "repeated") {
		const { answer, expiresAt } = admitted.value;
		return { ok: true, value: { ...answer, headers: { ...answer.headers, ...expiry(expiresAt), "idempotency-replayed": "true" } } };
	}
	const { permit } = admitted.value;
	try {
		return await answerFirst(await detached(call, handle), { requestId, surface, permit });
	} catch (error) {
		await permit.release();
		throw error;
	}
}

/** The handler's answer, which the caller's hang-up reaches only where it is a stream. */
async function detached(call: Call<unknown>, handle: (call: Call<unknown>) => Promise<Answer>): Promise<Answer> {
	const controller = new AbortController();
	const { signal } = call.request;
	const answer = await handle({ ...call, request: { ...call.request, signal: controller.signal } });
	if (answer.ok && isStreamBody(answer.value.body)) {
		if (signal.aborted) controller.abort(signal.reason);
		else signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
	}
	return answer;
}

interface First {
	readonly requestId: string;
	readonly surface: AnySurface;
	readonly permit: Permit;
}

async function answerFirst(answer: Answer, { requestId, surface, permit }: First): Promise<Answer> {
	const reply = answer.ok ? answer.value : surface.errorReply(answer.problem, requestId);
	const headers = {
		...withoutCookies(reply.headers),
		...(answer.ok ? {} : { "x-postern-error": answer.problem.code }),
		"x-request-id": requestId,
		...surface.headers?.(requestId),
	};
	const { status, body = "" } = reply;
	if (answer.ok && isStreamBody(body)) {
		const kept = recorded(body, (text) => (text === undefined ? permit.release() : permit.finish({ status, headers, body: text })));
		return { ok: true, value: { ...reply, headers: { ...reply.headers, ...expiry(permit.expiresAt) }, body: kept } };
	}
	if (typeof body !== "string" || body.length > longestAnswer || !isFinal(status)) {
		await permit.release();
		return answer;
	}
	await permit.finish({ status, headers, body });
	return answer.ok ? { ok: true, value: { ...reply, headers: { ...reply.headers, ...expiry(permit.expiresAt) } } } : answer;
}

/**
 * The same stream, remembered.
 * @param onEnd called once, before the reader is told of the end: with the whole text of a stream that ended as it should, and with
 *   `undefined` where it broke, was let go or grew too long.
 */
function recorded(body: StreamBody, onEnd: (text: string | undefined) => Promise<void>): StreamBody {
	return {
		[Symbol.asyncIterator]() {
			const inner = body[Symbol.asyncIterator]();
			let text: string | undefined = "";
			return {
				async next() {
					const result = await inner.next().catch(async (error: unknown) => {
						await onEnd(undefined);
						throw error;
					});
					if (result.done === true) {
						await onEnd(body.isComplete?.() === false ? undefined : text);
						return result;
					}
					if (text !== undefined) text = text.length + result.value.length > longestAnswer ? undefined : text + result.value;
					return result;
				},
				async return() {
					try {
						return (await inner.return?.()) ?? { done: true, value: undefined };
					} finally {
						await onEnd(undefined);
					}
				},
			};
		},
	};
}

/** The request with its body remembered, once it is read. */
export function rememberBody(request: GatewayRequest): { readonly request: GatewayRequest; bytes(): Uint8Array<ArrayBuffer> } {
	let bytes = new Uint8Array();
	return {
		bytes: () => bytes,
		request: {
			...request,
			async body(limit) {
				const read = await request.body(limit);
				bytes = new Uint8Array(read);
				return read;
			},
		},
	};
}

function withoutCookies(headers: Reply["headers"]): Reply["headers"] {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "set-cookie"));
}

/** When the answer is forgotten, as HTTP writes dates. */
function expiry(expiresAt: number): Readonly<Record<string, string>> {
	return { "idempotency-expires": new Date(expiresAt).toUTCString() };
}

async function digest(text: string, bytes: Uint8Array = new Uint8Array()): Promise<string> {
	const encoded = new TextEncoder().encode(text);
	const all = new Uint8Array(encoded.length + bytes.length);
	all.set(encoded);
	all.set(bytes, encoded.length);
	const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
	return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
