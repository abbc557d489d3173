import type { IncomingMessage, ServerResponse } from "node:http";
import { type BridgedRequest, hungUp, type RequestTarget } from "../http/bridge.ts";
import { readNodeBody } from "./node-body.ts";

/** The gateway's request over Node's own, without web objects. The caller has gone when the response closes unfinished. */
export function fromNodeRequest(incoming: IncomingMessage, outgoing: ServerResponse, target: RequestTarget, original: unknown): BridgedRequest {
	const controller = new AbortController();
	const hangUp = (): void => controller.abort(hungUp);
	const onClose = (): void => {
		if (!outgoing.writableFinished) hangUp();
	};
	if (outgoing.destroyed) hangUp();
	else outgoing.on("close", onClose);
	return {
		hangUp,
		settle: () => outgoing.off("close", onClose),
		request: {
			method: incoming.method ?? "GET",
			path: target.path,
			query: target.query,
			mountPath: target.mountPath,
			remoteAddress: incoming.socket.remoteAddress,
			isSecure: "encrypted" in incoming.socket && incoming.socket.encrypted === true,
			host: incoming.headers.host ?? authorityOf(incoming),
			header(name) {
				const value = incoming.headers[name];
				return typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : undefined;
			},
			body: (limit) => readNodeBody(incoming, limit, hangUp),
			signal: controller.signal,
			original,
		},
	};
}

/** HTTP/2 says it in a header of its own. */
function authorityOf({ headers }: IncomingMessage): string | undefined {
	const authority = headers[":authority"];
	return typeof authority === "string" ? authority : undefined;
}
