import { errorTable } from "../contract/errors.ts";
import type { GatewayRequest, Reply } from "./reply.ts";

/** A request that an adapter made of its framework's, with what the adapter must do when the caller goes or is served. */
export interface BridgedRequest {
	readonly request: GatewayRequest;
	/** The caller has gone: aborts the request's signal. */
	hangUp(): void;
	/** The caller is served: lets go of what watched for a hang-up. */
	settle(): void;
}

/** Why a request's signal aborts. One for all: making one, with its stack, costs more than the abort. */
export const hungUp = new DOMException("The caller hung up", "AbortError");

export interface RequestTarget {
	readonly path: string;
	readonly query: string;
	readonly mountPath: string;
}

/** Splits `/ai/v1/prompt?x=1`. A path that is not under `mountPath` stays as it is, as if mounted at the root. */
export function splitPath(url: string, mountPath: string): RequestTarget {
	const mark = url.indexOf("?");
	const path = mark === -1 ? url : url.slice(0, mark);
	const query = mark === -1 ? "" : url.slice(mark + 1);
	if (mountPath === "" || !path.startsWith(mountPath)) return { path, query, mountPath: "" };
	if (path.length === mountPath.length) return { path: "/", query, mountPath };
	if (path.charCodeAt(mountPath.length) !== 47 /* a slash */) return { path, query, mountPath: "" };
	return { path: path.slice(mountPath.length), query, mountPath };
}

/** Path and query of an absolute URL, as they stand in it. */
export function pathOf(url: string): string {
	const start = url.indexOf("/", url.indexOf("://") + 3);
	const fragment = url.indexOf("#");
	return start === -1 ? "/" : url.slice(start, fragment === -1 ? undefined : fragment);
}

/** Name and port in an absolute URL. */
export function hostOf(url: string): string {
	const start = url.indexOf("://") + 3;
	const end = url.indexOf("/", start);
	return url.slice(start, end === -1 ? undefined : end);
}

/**
 * Returns the iterator once the signal has aborted, in this order: the other one waits for a silent provider.
 * @returns what ends the watch.
 */
export function returnOnHangUp(iterator: AsyncIterator<unknown>, signal: AbortSignal): () => void {
	const onAbort = (): void => {
		iterator.return?.().catch(() => {});
	};
	if (signal.aborted) onAbort();
	else signal.addEventListener("abort", onAbort);
	return () => signal.removeEventListener("abort", onAbort);
}

/** A bug of ours. The caller is told no more than that. */
export const internalErrorReply: Reply = {
	status: errorTable.INTERNAL_ERROR.status,
	headers: { "content-type": "application/json" },
	body: JSON.stringify({ error: errorTable.INTERNAL_ERROR.message, code: "INTERNAL_ERROR" }),
};
