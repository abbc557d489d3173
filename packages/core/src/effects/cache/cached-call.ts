import { cacheHeaderName, type CacheSetting } from "../../contract/cache.ts";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import { readCacheControl } from "../../rules/cache/control.ts";
import { type CacheRule, cacheRule } from "../../rules/cache/rule.ts";
import { questionOf } from "../../rules/cache/likeness.ts";
import { type CachedRequest, requestText } from "../../rules/cache/request-text.ts";
import { mayBeCached } from "../../rules/cache/worth-keeping.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import type { Candidates } from "../../rules/routing/plan.ts";
import type { EffectiveTools } from "../../rules/tools/policy.ts";
import { findAllowed } from "../candidates.ts";
import type { Conversation } from "../conversation.ts";
import type { Services } from "../services.ts";
import type { ResponseCache } from "./response-cache.ts";

/** A request that may be answered from the cache. */
export interface CachedCall {
	readonly conversation: Conversation;
	readonly isStreamed: boolean;
	readonly startedAt: number;
	readonly cache: ResponseCache;
	readonly rule: CacheRule & { readonly mode: "on" | "refresh" };
	/** SHA-256 of all that its answer depends on, its tenant first. */
	readonly key: string;
	readonly candidates: Candidates;
	/** Where another question may mean the same. */
	readonly question?: { readonly text: string; /** Of all else: only questions of one group are compared. */ readonly group: string };
}

/** Whether anybody asked that this request be answered from a cache, or told it not to. */
export function concernsCache({ cacheControl, principal }: Conversation, { cache }: Services): boolean {
	return cacheControl !== undefined || (cache !== undefined && (cache.isForAll || asks(principal.cache)));
}

function asks(setting: CacheSetting | undefined): boolean {
	return typeof setting === "object" && setting.ttlSeconds !== undefined;
}

/** @returns no call where the request is to be carried out as if there were no cache. Whether somebody asked for it is told apart. */
export async function cachedCall(
	conversation: Conversation,
	isStreamed: boolean,
	tools: EffectiveTools,
	services: Services,
): Promise<Decoded<{ readonly call?: CachedCall; readonly isAsked: boolean }, GatewayError>> {
	const startedAt = services.runtime.now();
	const { cache, routing } = services;
	const { cacheControl, principal, prompt, review, continuesSession = false } = conversation;
	const control = cacheControl === undefined ? undefined : readCacheControl(cacheControl, cacheHeaderName);
	if (control?.ok === false) return { ok: false, problem: invalidHeader(control.problem.message) };
	const without = (isAsked: boolean) => ({ ok: true, value: { isAsked } }) as const;
	if (cache === undefined) return without(true);

	// What is refused here is refused again where it is carried out, and told there.
	const found = findAllowed(conversation, principal, { routing: await services.credentials.routingFor(principal.projectId) });
	if (!found.ok) return without(false);
	const candidates = found.value;
	const route = candidates.route === undefined ? undefined : routing.routes[candidates.route]?.cache;
	const rule = cacheRule(control?.value, [principal.cache, route, cache.rules]);
	if (rule === undefined) return without(false);
	if (!isInUse(rule) || continuesSession || !mayBeCached(prompt, candidates)) return without(true);

	const request: CachedRequest = { principal, candidates, tools, isReviewed: review !== undefined, prompt };
	const question = cache.semantic === undefined || rule.isExact || request.isReviewed ? undefined : questionOf(prompt);
	const key = await sha256(requestText(request));
	const call: CachedCall = {
		conversation, isStreamed, startedAt, cache, rule, key, candidates,
		...(question === undefined ? {} : { question: { text: question.text, group: await sha256(requestText({ ...request, prompt: question.rest })) } }),
	};
	return { ok: true, value: { isAsked: true, call } };
}

function isInUse(rule: CacheRule): rule is CachedCall["rule"] {
	return rule.mode !== "off";
}

function invalidHeader(message: string): GatewayError {
	return gatewayError("VALIDATION_ERROR", {
		message: `Invalid request. ${cacheHeaderName}: ${message}`,
		issues: [{ path: cacheHeaderName, message }],
		param: cacheHeaderName,
	});
}

async function sha256(text: string): Promise<string> {
	const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
	return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
