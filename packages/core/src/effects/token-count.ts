import type { GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import type { Prompt } from "../contract/prompt.ts";
import { providerCodecs } from "../rules/dialects/index.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { errorFromFailure } from "../rules/routing/error.ts";
import type { ModelRequest } from "../rules/routing/plan.ts";
import { estimatePromptTokens } from "../rules/usage/prompt-tokens.ts";
import { findAllowed } from "./candidates.ts";
import type { Services } from "./services.ts";
import { createUpstreamCall, hangUp, isFailure, readJson, timeout } from "./upstream-call.ts";

export interface CountedTokens {
	readonly inputTokens: number;
	/** The provider cannot count: a quarter of the prompt's characters. */
	readonly isEstimated: boolean;
}

export interface CountTokensCall {
	readonly principal: Principal;
	readonly request: { readonly signal: AbortSignal };
}

/** Counts a prompt's tokens at the first target of its plan, where that one can; no answer is made, nothing is recorded. */
export async function countTokens(
	request: ModelRequest,
	prompt: Prompt,
	{ principal, request: { signal } }: CountTokensCall,
	services: Services,
): Promise<Decoded<CountedTokens, GatewayError>> {
	const found = findAllowed(request, principal, { routing: await services.credentials.routingFor(principal.projectId) });
	if (!found.ok) return found;
	const [{ provider, model }] = found.value.targets;
	const codec = providerCodecs[provider.dialect];
	if (codec.tokenCount === undefined) return { ok: true, value: { inputTokens: estimatePromptTokens(prompt), isEstimated: true } };
	const call = createUpstreamCall(provider, codec, services.clocks, services.runtime);
	const onHangUp = () => call.abort(hangUp);
	signal.addEventListener("abort", onHangUp, { once: true });
	const cancel = services.runtime.schedule(services.clocks.firstEventMs, () => call.abort(timeout("total")));
	try {
		const options = { model, stream: false, quirks: provider.quirks };
		const encoded = codec.tokenCount.encodeRequest(prompt, options);
		const response = await call.send(codec.tokenCount.path(options), encoded);
		if (isFailure(response)) return { ok: false, problem: errorFromFailure(response) };
		const read = await readJson(response.body);
		if (!("json" in read)) return { ok: false, problem: errorFromFailure(read) };
		const counted = codec.tokenCount.decodeAnswer(read.json);
		return counted.ok
			? { ok: true, value: { inputTokens: counted.value, isEstimated: false } }
			: { ok: false, problem: errorFromFailure(counted.problem) };
	} catch (error) {
		return { ok: false, problem: errorFromFailure(call.failureFrom(error)) };
	} finally {
		cancel();
		signal.removeEventListener("abort", onHangUp);
	}
}
