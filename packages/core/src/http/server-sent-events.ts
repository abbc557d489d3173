import type { Reply, StreamBody } from "./reply.ts";

/** The headers of an event stream; the last two keep proxies from changing or holding it back. */
export function eventStreamReply(body: StreamBody, headers: Readonly<Record<string, string>> = {}): Reply {
	return { status: 200, headers: { ...eventStreamHeaders, ...headers }, body };
}

const eventStreamHeaders = {
	"content-type": "text/event-stream; charset=utf-8",
	"cache-control": "no-cache, no-transform",
	"x-accel-buffering": "no",
} as const;

/** One named event with JSON data, which never holds a line break. */
export function namedEvent(name: string, data: object): string {
	return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A comment keeps the connection alive and says nothing. */
export const pingComment = ": ping\n\n";
