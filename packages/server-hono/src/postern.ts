import type { IncomingMessage, ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { BodyTooLargeError, type BridgedRequest, fromWebRequest, type Gateway, internalErrorReply, toWebParts } from "@postern/core";
import type * as nodeEntry from "@postern/core/node";
import { type Context, type Handler, Hono } from "hono";
import { matchedRoutes } from "hono/route";
import type { StatusCode } from "hono/utils/http-status";
import { targetOf } from "./target.ts";

/**
 * The gateway as a Hono app of its own, to be mounted in yours:
 *
 *     app.route("/ai", postern(gateway));
 *
 * It answers every path below its mount point, unknown ones with the gateway's own 404. Your middleware stays in force, and sees
 * the response like any other. The `identify` hook finds the Hono context, with what your own login has set on it, as `original`.
 */
export function postern(gateway: Gateway): Hono {
	return new Hono().all("*", handler(gateway));
}

function handler(gateway: Gateway): Handler {
	return async (context) => {
		const target = targetOf(context);
		const sockets = nodeSockets(context.env);
		if (sockets === undefined) return respond(gateway, context, fromWebRequest(context.req.raw, { target, original: context }), context.req.raw.bodyUsed);
		const { incoming, outgoing } = sockets;
		const { answerNodeRequest, fromNodeRequest } = nodeBridge ?? (await loadNodeBridge());
		if (hasResponseToItself(context)) {
			await answerNodeRequest(gateway, incoming, outgoing, target, context);
			return alreadySent;
		}
		return respond(gateway, context, fromNodeRequest(incoming, outgoing, target, context), incoming.readableDidRead);
	};
}

/** By way of the context, so that middleware before and behind sees a response like any other. */
async function respond(gateway: Gateway, context: Context, bridged: BridgedRequest, isBodyRead: boolean): Promise<Response> {
	// Hono keeps what a middleware has read.
	const request = isBodyRead ? { ...bridged.request, body: (limit: number) => readKeptBody(context, limit) } : bridged.request;
	const reply = await gateway.handle(request).catch(() => internalErrorReply);
	const { status, headers, body } = toWebParts(reply, bridged, context.req.raw.method);
	return context.newResponse(body, { status: status as StatusCode, headers });
}

async function readKeptBody(context: Context, limit: number): Promise<Uint8Array> {
	const bytes = new Uint8Array(await context.req.arrayBuffer());
	if (bytes.byteLength > limit) throw new BodyTooLargeError();
	return bytes;
}

/**
 * Whether nothing else can want to touch the response: then it may be written straight to the socket. Middleware that sets a
 * header on its way back would make Hono build a new response, and the node server write a second head.
 */
function hasResponseToItself(context: Context): boolean {
	return matchedRoutes(context).length === 1 && context.req.raw.method !== "HEAD";
}

// Built after `serve()` it is one of the node server's own light responses, which that would write without a look at its mark.
// Asking for its body makes it a true one.
void RESPONSE_ALREADY_SENT.body;
const alreadySent = RESPONSE_ALREADY_SENT;

interface NodeSockets {
	readonly incoming: IncomingMessage;
	readonly outgoing: ServerResponse;
}

/** What `@hono/node-server` puts into the environment. */
function nodeSockets(environment: unknown): NodeSockets | undefined {
	if (typeof environment !== "object" || environment === null) return undefined;
	return "incoming" in environment && "outgoing" in environment ? (environment as NodeSockets) : undefined;
}

let nodeBridge: typeof nodeEntry | undefined;

/** Loaded at the first request that came through Node, so that this module also runs where there is no Node. */
async function loadNodeBridge(): Promise<typeof nodeEntry> {
	nodeBridge ??= await import("@postern/core/node");
	return nodeBridge;
}
