import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import type { Candidates } from "../rules/routing/plan.ts";
import { guardPrompt } from "../rules/tools/guard.ts";
import { type EffectiveTools, narrowTools } from "../rules/tools/policy.ts";
import { concernsCache } from "./cache/cached-call.ts";
import { converseStreamCached } from "./cache/stream.ts";
import { converseWholeCached } from "./cache/whole.ts";
import { findAllowed } from "./candidates.ts";
import { admitPrompt, isLimited } from "./admission.ts";
import { takeSlot } from "./concurrency.ts";
import type { Conversation } from "./conversation.ts";
import type { ExchangeRequest, Outcome, StreamResult, WholeResult } from "./exchange.ts";
import { exchangeStream } from "./exchange-stream.ts";
import { exchangeWhole } from "./exchange-whole.ts";
import { planExchange } from "./plan-exchange.ts";
import { recordRefusal } from "./refusal-record.ts";
import type { Services } from "./services.ts";
import type { Knowledge } from "./store/learning-store.ts";

/** An answer from the cache, or by plan, tool policy, concurrency slot and limits, then the exchange. */
export function converseWhole(conversation: Conversation, services: Services): Outcome<WholeResult> {
	if (!concernsCache(conversation, services)) return carryOutWhole(conversation, services);
	return converseWholeCached(conversation, toolsFor(conversation, services), carryOutWhole, services);
}

/** The same for a streamed answer. */
export function converseStream(conversation: Conversation, services: Services): Outcome<StreamResult> {
	if (!concernsCache(conversation, services)) return carryOutStream(conversation, services);
	return converseStreamCached(conversation, toolsFor(conversation, services), carryOutStream, services);
}

async function carryOutWhole(conversation: Conversation, services: Services): Outcome<WholeResult> {
	const ready = await makeReady(conversation, services, false);
	return ready.ok ? await exchangeWhole(ready.value, services) : ready;
}

async function carryOutStream(conversation: Conversation, services: Services): Outcome<StreamResult> {
	const ready = await makeReady(conversation, services, true);
	return ready.ok ? await exchangeStream(ready.value, services) : ready;
}

async function makeReady(conversation: Conversation, services: Services, isStreamed: boolean): Outcome<ExchangeRequest> {
	const startedAt = services.runtime.now();
	const { principal } = conversation;
	const found = findAllowed(conversation, principal, { routing: await services.credentials.routingFor(principal.projectId) });
	const learning = found.ok ? knowledgeFor(principal, found.value, services) : undefined;
	const knowledge = learning === undefined ? undefined : await learning;
	const prepared = found.ok ? prepare(conversation, found.value, knowledge, services, isStreamed) : found;
	const admitted = prepared.ok && isLimited(conversation.principal) ? await admitPrompt(prepared.value, services) : prepared;
	if (!admitted.ok) await recordRefusal({ ...conversation, isStreamed, startedAt, error: admitted.problem, ...(found.ok ? { candidates: found.value } : {}) }, services);
	return admitted;
}

/** Of a route that learns: what it has learnt in the caller's project. */
function knowledgeFor({ projectId }: Principal, { strategy, route }: Candidates, { learner }: Services): Promise<Knowledge> | undefined {
	return strategy === "learned" && route !== undefined ? learner.knowledge({ projectId, route }) : undefined;
}

function prepare(
	conversation: Conversation,
	candidates: Candidates,
	knowledge: Knowledge | undefined,
	services: Services,
	isStreamed: boolean,
): Decoded<ExchangeRequest, GatewayError> {
	const { sessionId, lastTarget } = conversation;
	const plan = planExchange({ prompt: conversation.prompt, isStreamed, sessionId, lastTarget, knowledge }, candidates, services);
	if (!plan.ok) return plan;
	const tools = toolsFor(conversation, services);
	if (tools.allowed?.length === 0 && conversation.allowedTools !== undefined) return { ok: false, problem: gatewayError("NO_TOOLS_AVAILABLE") };
	const guarded = guardPrompt(conversation.prompt, tools);
	if (!guarded.ok) return guarded;
	const slot = takeSlot(services.slots(conversation.surface, isStreamed));
	if (!slot.ok) return slot;
	const { prompt, warnings } = guarded.value;
	return { ok: true, value: { ...conversation, isStreamed, prompt, plan: plan.value, tools, warnings, onEnd: slot.value } };
}

/** The gateway's policy, narrowed by the key's scopes, narrowed by the request. */
function toolsFor({ principal, allowedTools }: Conversation, { toolPolicy }: Services): EffectiveTools {
	const byKey = narrowTools(toolPolicy, principal.scopes?.tools);
	if (allowedTools === undefined) return byKey;
	const { allowed, disallowed, isOnlyRequested } = byKey;
	const byRequest = narrowTools({ ...(allowed === undefined ? {} : { allowed }), disallowed }, allowedTools);
	return isOnlyRequested ? { ...byRequest, isOnlyRequested } : byRequest;
}
