import type { CorsOptions } from "../options.ts";
import type { GatewayRequest, Reply, ReplyHeaders } from "./reply.ts";

/**
 * Lets scripts of listed pages read an answer, with cookies. Others get the answer of a gateway that knows of no pages: an origin is
 * never echoed because it was sent.
 */
export function withCors(reply: Reply, request: GatewayRequest, cors: CorsOptions | undefined): Reply {
	if (cors === undefined) return reply;
	const { vary } = reply.headers;
	// Also where no origin was sent: a cache must not give that answer to a page.
	const headers: ReplyHeaders = { ...reply.headers, vary: vary === undefined ? "origin" : `${String(vary)}, origin` };
	const origin = listedOrigin(request, cors);
	if (origin === undefined) return { ...reply, headers };
	const exposed = Object.keys(headers).filter((name) => readable.test(name));
	return {
		...reply,
		headers: {
			...headers,
			"access-control-allow-origin": origin,
			"access-control-allow-credentials": "true",
			...(exposed.length === 0 ? {} : { "access-control-expose-headers": exposed.join(", ") }),
		},
	};
}

/** What a script may read beside the headers that it always may. */
const readable = /^(?:x-|age$|retry-after|ratelimit|request-id|idempoten|location)/;

/** The answer to a browser that asks first, and to everybody who asks what a path knows (RFC 9110 9.3.7). */
export function preflightReply(request: GatewayRequest, methods: readonly string[], cors: CorsOptions | undefined): Reply {
	const allow = [...methods, "OPTIONS"].join(", ");
	const isListed = cors !== undefined && listedOrigin(request, cors) !== undefined;
	if (!isListed) return { status: 204, headers: { allow }, body: undefined };
	// SDKs send headers of their own; what a listed page's request may carry is for its handlers to judge.
	const asked = (request.header("access-control-request-headers") ?? "").split(",").map((name) => name.trim().toLowerCase());
	const allowed = asked.filter((name) => /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)).slice(0, 50);
	return {
		status: 204,
		headers: {
			allow,
			vary: "access-control-request-headers",
			"access-control-allow-methods": methods.join(", "),
			...(allowed.length === 0 ? {} : { "access-control-allow-headers": allowed.join(", ") }),
			"access-control-max-age": String(Math.floor((cors.maxAgeMs ?? defaultMaxAgeMs) / 1000)),
		},
		body: undefined,
	};
}

const defaultMaxAgeMs = 600_000;

function listedOrigin(request: GatewayRequest, { origins }: CorsOptions): string | undefined {
	const origin = request.header("origin");
	return origin !== undefined && origins.includes(origin) ? origin : undefined;
}
