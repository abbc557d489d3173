import type { IncomingMessage, ServerResponse } from "node:http";
import { internalErrorReply, pathOf, type RequestTarget, splitPath } from "../http/bridge.ts";
import type { Gateway } from "../options.ts";
import { writeNodeReply } from "./node-reply.ts";
import { fromNodeRequest } from "./node-request.ts";

export interface NodeHandlerOptions {
	/** Where the gateway is mounted (`/ai`), where no framework has taken that from the path. */
	readonly basePath?: string;
}

/** Resolves when the response is written, or the caller gone. Never rejects. `original` is for `identify`; default: the request. */
export type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse, original?: unknown) => Promise<void>;

/** The gateway as a `node:http` request listener, without web objects. Under Express and connect it finds its mount path itself. */
export function nodeHandler(gateway: Pick<Gateway, "handle">, options: NodeHandlerOptions = {}): NodeHandler {
	const basePath = (options.basePath ?? "").replace(/\/+$/, "");
	return (incoming, outgoing, original = incoming) => answerNodeRequest(gateway, incoming, outgoing, targetOf(incoming, basePath), original);
}

/** For frameworks with a path of their own: answers as if `target` had been asked for. */
export async function answerNodeRequest(
	gateway: Pick<Gateway, "handle">,
	incoming: IncomingMessage,
	outgoing: ServerResponse,
	target: RequestTarget,
	original: unknown,
): Promise<void> {
	const bridged = fromNodeRequest(incoming, outgoing, target, original);
	try {
		const reply = await gateway.handle(bridged.request);
		// Something else has answered meanwhile (a timeout middleware), or nobody is there any longer.
		if (outgoing.headersSent || outgoing.destroyed) bridged.hangUp();
		await writeNodeReply(incoming, outgoing, reply, bridged);
	} catch {
		fail(outgoing);
	} finally {
		bridged.settle();
	}
}

/** After the headers only the broken connection can say it. */
function fail(outgoing: ServerResponse): void {
	const { status, headers, body } = internalErrorReply;
	if (outgoing.headersSent) outgoing.destroy();
	else outgoing.writeHead(status, headers).end(body);
}

function targetOf(incoming: IncomingMessage, basePath: string): RequestTarget {
	const url = incoming.url ?? "/";
	const mountPath = mountPathOf(incoming, url);
	if (mountPath !== "") return { ...splitPath(url, ""), mountPath };
	// A proxy may ask for a whole URL.
	return splitPath(url.startsWith("/") ? url : pathOf(url), basePath);
}

/** What a framework has cut from the path: Express says it, connect leaves it to be found. */
function mountPathOf(incoming: IncomingMessage, url: string): string {
	if ("baseUrl" in incoming && typeof incoming.baseUrl === "string") return incoming.baseUrl;
	if ("originalUrl" in incoming && typeof incoming.originalUrl === "string" && incoming.originalUrl.endsWith(url)) {
		return incoming.originalUrl.slice(0, -url.length);
	}
	return "";
}
