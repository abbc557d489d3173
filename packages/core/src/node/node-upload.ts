import type { IncomingMessage, ServerResponse } from "node:http";

const smallUploadBytes = 1024 * 1024;
const longestUploadBytes = 64 * 1024 * 1024;
const longestWaitMs = 5_000;

/** True while the caller still sends a body that nobody has read. */
export function hasUploadLeft(incoming: IncomingMessage): boolean {
	if (incoming.complete || incoming.destroyed || incoming.httpVersionMajor >= 2) return false;
	const length = incoming.headers["content-length"];
	return incoming.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

/** A small rest is cheaper to read than a new connection is to make. */
export function mayStayOpen(incoming: IncomingMessage): boolean {
	return Number(incoming.headers["content-length"] ?? Number.POSITIVE_INFINITY) <= smallUploadBytes;
}

/** Throws away what the caller still sends. Resolves at its end, or when it lasts too long. */
export function passUpload(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
	return new Promise((resolve) => {
		let size = 0;
		const finish = (): void => {
			clearTimeout(timer);
			incoming.off("data", onData).off("end", finish).off("close", finish);
			outgoing.off("close", finish);
			// Whatever comes later flows away too.
			incoming.resume();
			resolve();
		};
		const onData = (chunk: Uint8Array): void => {
			size += chunk.byteLength;
			if (size > longestUploadBytes) finish();
		};
		const timer = setTimeout(finish, longestWaitMs);
		timer.unref();
		incoming.on("error", () => {});
		incoming.on("data", onData).on("end", finish).on("close", finish).resume();
		outgoing.on("close", finish);
	});
}
