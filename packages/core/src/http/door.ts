import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Operation, SurfaceId } from "../contract/operation.ts";
import { authenticate, type Authentication } from "../effects/authenticate.ts";
import { authorize } from "../effects/authorize.ts";
import type { Services } from "../effects/services.ts";
import type { CorsOptions } from "../options.ts";
import { bearerToken } from "../rules/auth/token.ts";
import type { AnySurface, Call, Handler } from "./surface.ts";
import { decisionHeader } from "./answer-headers.ts";
import { inWords, readBody } from "./body.ts";
import { preflightReply, withCors } from "./cors.ts";
import { behindProxies } from "./forwarded.ts";
import { answerOnce, rememberBody } from "./idempotent-answer.ts";
import { errorReply, posternErrorBody } from "./json-reply.ts";
import { type GatewayRequest, isStreamBody, type Reply } from "./reply.ts";
import type { MatchedOperation, Router } from "./router.ts";
import type { RunningRequests } from "./running-requests.ts";

export interface DoorContext {
	readonly services: Services;
	readonly router: Router;
	readonly authentication: Authentication;
	surface(id: SurfaceId): AnySurface;
	readonly running: RunningRequests;
	readonly cors: CorsOptions | undefined;
	/** How many proxies stand in front of the gateway. */
	readonly trustedProxies: number;
}

/** What a request turned out to be, for the log. */
interface Visit {
	readonly requestId: string;
	readonly startedAt: number;
	operation?: string;
	errorCode?: string;
}

/** Every request of the gateway passes here: request id, route, identity, body, handler, and the one try/catch. */
export function createDoor(context: DoorContext): (request: GatewayRequest) => Promise<Reply> {
	const { services } = context;
	const { runtime, createId } = services;

	return async (given) => {
		const request = behindProxies(given, context.trustedProxies);
		const visit: Visit = { requestId: createId("req"), startedAt: runtime.now() };
		const leave = context.running.enter();
		let reply: Reply;
		try {
			const { telemetry } = services;
			reply = await (telemetry === undefined ? pass(request, visit, context) : telemetry.within((name) => request.header(name), () => pass(request, visit, context)));
		} catch (error) {
			runtime.observe({ type: "internal-error", requestId: visit.requestId, error });
			reply = plainError(gatewayError("INTERNAL_ERROR"), visit);
		}
		const told = services.limits.takeHeaders(visit.requestId);
		if (told !== undefined) reply = { ...reply, headers: { ...reply.headers, ...told } };
		reply = withCors(reply, request, context.cors);
		const end = () => {
			leave();
			runtime.observe({
				type: "request-end",
				requestId: visit.requestId,
				method: request.method,
				path: request.path,
				status: reply.status,
				durationMs: runtime.now() - visit.startedAt,
				...(visit.operation === undefined ? {} : { operation: visit.operation }),
				...(visit.errorCode === undefined ? {} : { errorCode: visit.errorCode }),
			});
		};
		if (isStreamBody(reply.body)) return { ...reply, body: withEnd(reply.body, end) };
		end();
		return reply;
	};
}

async function pass(request: GatewayRequest, visit: Visit, context: DoorContext): Promise<Reply> {
	const match = context.router.match(request.method, request.path, (name) => request.header(name));
	if (!match.found) {
		if (match.allow.length === 0) return plainError(gatewayError("NOT_FOUND", { message: `Not found: ${request.path.slice(0, 200)}` }), visit);
		if (request.method === "OPTIONS") return withRequestId(preflightReply(request, match.allow, context.cors), visit);
		const reply = plainError(gatewayError("METHOD_NOT_ALLOWED", { message: `Use ${match.allow.join(" or ")}` }), visit);
		return { ...reply, headers: { ...reply.headers, allow: match.allow.join(", ") } };
	}
	visit.operation = match.id;
	const surface = context.surface(match.operation.surface);
	const result = await perform(request, match, surface, visit, context);
	// A page that tells of an error is an answer in itself, and names the code in its header.
	const errorCode = result.ok ? result.value.headers["x-postern-error"] : result.problem.code;
	if (typeof errorCode === "string") visit.errorCode = errorCode;
	const reply = result.ok ? result.value : surface.errorReply(result.problem, visit.requestId);
	const code = result.ok ? {} : { "x-postern-error": result.problem.code, ...decisionHeader(result.problem) };
	// An answer that is given again tells the id of the request that it was made for.
	return { ...reply, headers: { ...code, "x-request-id": visit.requestId, ...surface.headers?.(visit.requestId), ...reply.headers } };
}

async function perform(request: GatewayRequest, match: MatchedOperation, surface: AnySurface, visit: Visit, context: DoorContext): ReturnType<Handler<unknown>> {
	const { services, authentication } = context;
	const operation: Operation = match.operation;
	if (context.running.isClosing() && operation.access !== "public") {
		return { ok: false, problem: gatewayError("SHUTTING_DOWN", { retryAfterMs: 1000 }) };
	}
	const identity =
		operation.access === "public"
			? ({ ok: true, value: { kind: "anonymous", id: "anonymous" } } as const)
			: await authenticate(authentication, request, presentedToken(request, surface));
	if (!identity.ok) return identity;
	const authorized = await authorize(operation, identity.value, match.parameters, request.header("x-project-id"), services.store.tenancy);
	if (!authorized.ok) return authorized;
	// Without the header, all of it costs nothing.
	const idempotencyKey = operation.idempotency === undefined ? undefined : request.header("idempotency-key");
	const remembered = idempotencyKey === undefined ? undefined : rememberBody(request);
	const body = operation.body === undefined ? undefined : await readBody(remembered?.request ?? request, operation.body, operation.bodyLimit ?? services.bodyLimitBytes, operation.isBodyOptional);
	if (body?.ok === false) return operation.bodyWords === undefined ? body : inWords(body.problem, operation.bodyWords);
	const call: Call<unknown> = {
		requestId: visit.requestId,
		operation: match.id,
		principal: authorized.value,
		body: body?.value,
		parameters: match.parameters,
		request,
	};
	const handlers = surface.handlers as Readonly<Record<string, Handler<unknown>>>;
	const handler = handlers[match.id];
	if (handler === undefined) throw new Error(`Operation ${match.id} has no handler`);
	if (idempotencyKey === undefined || remembered === undefined) return await handler(call, services);
	const keyed = { header: idempotencyKey, call, body: remembered.bytes(), operation, surface };
	return answerOnce(keyed, (detached) => handler(detached, services), services);
}

function presentedToken(request: GatewayRequest, surface: AnySurface): string | undefined {
	const { tokenHeader, tokenParameter } = surface;
	const own = tokenHeader === undefined ? undefined : request.header(tokenHeader);
	const inQuery = () => (tokenParameter === undefined ? undefined : (new URLSearchParams(request.query).get(tokenParameter) ?? undefined));
	return bearerToken(request.header("authorization")) ?? own ?? inQuery();
}

function plainError(error: GatewayError, visit: Visit): Reply {
	visit.errorCode = error.code;
	const reply = errorReply(error, posternErrorBody(error, visit.requestId));
	return { ...reply, headers: { ...reply.headers, "x-postern-error": error.code, "x-request-id": visit.requestId } };
}

function withRequestId(reply: Reply, { requestId }: Visit): Reply {
	return { ...reply, headers: { ...reply.headers, "x-request-id": requestId } };
}

/** Calls `end` once when the stream has ended or was let go, without another generator in the path of every batch. */
function withEnd(body: AsyncIterable<string>, end: () => void): AsyncIterable<string> {
	return {
		[Symbol.asyncIterator]() {
			const inner = body[Symbol.asyncIterator]();
			let isBegun = false;
			let isOver = false;
			const watch = (result: IteratorResult<string>) => {
				if (result.done === true && !isOver) {
					isOver = true;
					end();
				}
				return result;
			};
			return {
				next() {
					isBegun = true;
					return inner.next().then(watch);
				},
				async return() {
					// A generator that never began has no `finally` to run: it has to begin before it can let go of what it holds.
					if (!isBegun) await inner.next();
					return watch((await inner.return?.()) ?? { done: true, value: undefined });
				},
			};
		},
	};
}
