import type { IncomingMessage, ServerResponse } from "node:http";
import { type BridgedRequest, returnOnHangUp } from "../http/bridge.ts";
import { isStreamBody, type Reply } from "../http/reply.ts";
import { hasUploadLeft, mayStayOpen, passUpload } from "./node-upload.ts";

/** Writes a reply straight to the response: one write for a whole body, one for each item of a stream. Nothing after a hang-up. */
export async function writeNodeReply(incoming: IncomingMessage, outgoing: ServerResponse, reply: Reply, bridged: BridgedRequest): Promise<void> {
	const { status, headers, body } = reply;
	if (isStreamBody(body)) {
		await writeStream(incoming, outgoing, reply, body[Symbol.asyncIterator](), bridged);
		return;
	}
	if (bridged.request.signal.aborted) return;
	const length = body === undefined ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
	const framed = status === 204 || status === 304 ? headers : { ...headers, "content-length": String(length) };
	if (!hasUploadLeft(incoming)) {
		outgoing.writeHead(status, framed).end(body);
		return;
	}
	outgoing.writeHead(status, mayStayOpen(incoming) ? framed : { ...framed, connection: "close" });
	if (length === 0) outgoing.flushHeaders();
	else outgoing.write(body);
	flushOf(outgoing)?.();
	// A connection closed on an upload is reset, and the caller might never read the answer: end only when it has come.
	await passUpload(incoming, outgoing);
	outgoing.end();
}

async function writeStream(
	incoming: IncomingMessage,
	outgoing: ServerResponse,
	{ status, headers }: Reply,
	iterator: AsyncIterator<string>,
	bridged: BridgedRequest,
): Promise<void> {
	const { signal } = bridged.request;
	const unwatch = returnOnHangUp(iterator, signal);
	if (signal.aborted) return;
	outgoing.writeHead(status, headers);
	if (incoming.method === "HEAD" || status === 204 || status === 304) {
		bridged.hangUp();
		outgoing.end();
		return;
	}
	outgoing.socket?.setNoDelay(true);
	const flush = flushOf(outgoing);
	// The head travels with the first item where that is ready, alone where it is not.
	const flushHead = setImmediate(() => outgoing.flushHeaders());
	let wake: (() => void) | undefined;
	const onReady = (): void => wake?.();
	// One listener for the whole stream: `compression()` moves those for `drain` elsewhere, where they cannot be taken off.
	outgoing.on("drain", onReady).on("close", onReady);
	try {
		for (;;) {
			const { done, value } = await iterator.next();
			if (signal.aborted) return;
			if (done === true) break;
			if (value === "") continue;
			const hasRoom = outgoing.write(value);
			flush?.();
			if (hasRoom || outgoing.destroyed) continue;
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
		outgoing.end();
	} finally {
		clearImmediate(flushHead);
		unwatch();
		outgoing.off("drain", onReady).off("close", onReady);
	}
}

/** What the `compression()` middleware adds, so that its buffer does not hold items back. */
function flushOf(outgoing: ServerResponse): (() => void) | undefined {
	if (!("flush" in outgoing) || typeof outgoing.flush !== "function") return undefined;
	const { flush } = outgoing;
	return () => {
		flush.call(outgoing);
	};
}
