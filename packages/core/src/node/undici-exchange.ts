import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import { type ByteSource, SendError, type UpstreamResponse } from "../rules/providers/transport.ts";

/** One request and its answer, as undici drives it. */
export interface Exchange extends Dispatcher.DispatchHandler {
	/** This socket connects for the request. */
	onConnecting(socket: Socket): void;
	/** True once the request is on a connection, or over. */
	hasStarted(): boolean;
	/** To be called right after `dispatch`. */
	startConnectClock(connectTimeoutMs: number): void;
}

export function isExchange(handler: Dispatcher.DispatchHandler): handler is Exchange {
	return "onConnecting" in handler;
}

/** A reader that is this many bytes behind stops the network. */
const highWaterMarkBytes = 64 * 1024;

export function createExchange(
	signal: AbortSignal,
	resolve: (response: UpstreamResponse) => void,
	reject: (error: SendError) => void,
): Exchange {
	let controller: Dispatcher.DispatchController | undefined;
	let connecting: Socket | undefined;
	let connectTimer: NodeJS.Timeout | undefined;
	let failure: SendError | undefined;
	let isComplete = false;
	let chunks: Uint8Array[] = [];
	let size = 0;
	let waiting: { resolve(bytes: Uint8Array | undefined): void; reject(error: SendError): void } | undefined;
	let isDelivering = false;

	function release(): void {
		signal.removeEventListener("abort", onAbort);
		clearTimeout(connectTimer);
		connecting = undefined;
	}

	function fail(error: SendError): void {
		if (failure !== undefined || isComplete) return;
		failure = error;
		const socket = connecting;
		release();
		chunks = [];
		size = 0;
		reject(error);
		waiting?.reject(error);
		waiting = undefined;
		if (controller === undefined) socket?.destroy(error);
		else controller.abort(error);
	}

	function onAbort(): void {
		fail(new SendError("aborted", "The request was cancelled"));
	}

	function take(): Uint8Array | undefined {
		const only = chunks[0];
		const bytes = chunks.length > 1 ? Buffer.concat(chunks, size) : only;
		chunks = [];
		size = 0;
		controller?.resume();
		return bytes;
	}

	function deliver(): void {
		isDelivering = false;
		const reader = waiting;
		if (reader === undefined) return;
		waiting = undefined;
		reader.resolve(take());
	}

	/** A microtask later, so that all chunks of one network read become one read here. */
	function deliverSoon(): void {
		if (waiting === undefined || isDelivering) return;
		isDelivering = true;
		queueMicrotask(deliver);
	}

	const body: ByteSource = {
		read() {
			if (failure !== undefined) return Promise.reject(failure);
			if (signal.aborted) return Promise.reject(new SendError("aborted", "The request was cancelled"));
			if (chunks.length > 0 || isComplete) return Promise.resolve(take());
			return new Promise((resolveRead, rejectRead) => {
				waiting = { resolve: resolveRead, reject: rejectRead };
			});
		},
		cancel: onAbort,
	};

	signal.addEventListener("abort", onAbort);
	return {
		onConnecting(socket) {
			if (failure === undefined) connecting = socket;
			else socket.destroy(failure);
		},
		hasStarted: () => controller !== undefined || failure !== undefined,
		startConnectClock(connectTimeoutMs) {
			if (controller !== undefined || failure !== undefined) return;
			connectTimer = setTimeout(() => {
				fail(new SendError("connect-timeout", `No connection to the provider within ${connectTimeoutMs} ms`));
			}, connectTimeoutMs);
			connectTimer.unref();
		},
		onRequestStart(requestController) {
			controller = requestController;
			connecting = undefined;
			clearTimeout(connectTimer);
			if (failure !== undefined) controller.abort(failure);
		},
		onResponseStart(_controller, status, headers) {
			// 1xx: the answer itself is still to come.
			if (status >= 200) resolve({ status, headers: headerRecord(headers), body });
		},
		onResponseData(_controller, chunk) {
			if (chunk.byteLength === 0) return;
			chunks.push(chunk);
			size += chunk.byteLength;
			if (size >= highWaterMarkBytes) controller?.pause();
			deliverSoon();
		},
		onResponseEnd() {
			isComplete = true;
			release();
			deliverSoon();
		},
		onResponseError(_controller, error) {
			fail(sendErrorOf(error, controller !== undefined));
		},
	};
}

function headerRecord(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
	const record: Record<string, string> = {};
	for (const name in headers) {
		const value = headers[name];
		if (value !== undefined) record[name] = typeof value === "string" ? value : value.join(", ");
	}
	return record;
}

function sendErrorOf(cause: Error, isConnected: boolean): SendError {
	if (cause instanceof SendError) return cause;
	const code = "code" in cause && typeof cause.code === "string" ? cause.code : "unknown";
	if (!isConnected && (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT")) {
		return new SendError("connect-timeout", `No connection to the provider (${code})`, { cause });
	}
	return new SendError("network", `The connection to the provider failed (${code})`, { cause });
}
