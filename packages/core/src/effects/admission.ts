import type { EmbeddingRequest } from "../contract/embedding.ts";
import type { GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import type { Warning } from "../contract/prompt.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { estimateInputTokens } from "../rules/embeddings/inputs.ts";
import { hasBudget, type RequestSize } from "../rules/limits/asks.ts";
import { mostInputTokens, mostPromptTokens } from "../rules/usage/most-tokens.ts";
import { estimatePromptTokens } from "../rules/usage/prompt-tokens.ts";
import type { ExchangeRequest, Outcome, RunRequest } from "./exchange.ts";
import type { Admission, Limiter } from "./limits.ts";

interface Admitting {
	readonly limits: Limiter;
}

/** Nobody else's requests wait for the store. */
export function isLimited({ limits }: Principal): boolean {
	return limits !== undefined && limits.length > 0;
}

/** Holds what a prompt may use. An answer for which not all of a budget is left that it might need is asked for in so many tokens. */
export async function admitPrompt(request: ExchangeRequest, services: Admitting): Outcome<ExchangeRequest> {
	const { prompt, warnings, review } = request;
	const { settings } = prompt;
	const promptTokens = estimatePromptTokens(prompt);
	const size: RequestSize = {
		promptTokens,
		mostPromptTokens: isBudgeted(request) ? mostPromptTokens(prompt) : promptTokens,
		maxOutputTokens: settings.maxOutputTokens,
		rounds: review === undefined ? 1 : 2,
	};
	const admitted = await admit(request, size, services);
	if (!admitted.ok) return admitted;
	const { plan, lease, maxOutputTokens } = admitted.value;
	if (maxOutputTokens === undefined) return { ok: true, value: { ...request, plan, lease } };
	const shortened: Warning = {
		code: "changed-setting",
		field: "settings.maxOutputTokens",
		message: `Little is left of a budget: the answer may have ${maxOutputTokens} tokens`,
	};
	return { ok: true, value: { ...request, plan, lease, prompt: { ...prompt, settings: { ...settings, maxOutputTokens } }, warnings: [...warnings, shortened] } };
}

export async function admitEmbedding(request: RunRequest, { inputs }: EmbeddingRequest, services: Admitting): Outcome<RunRequest> {
	const promptTokens = estimateInputTokens(inputs);
	const size: RequestSize = { promptTokens, mostPromptTokens: isBudgeted(request) ? mostInputTokens(inputs) : promptTokens, maxOutputTokens: 0, rounds: 1 };
	const admitted = await admit(request, size, services);
	if (!admitted.ok) return admitted;
	const { plan, lease } = admitted.value;
	return { ok: true, value: { ...request, plan, lease } };
}

/** Only budgets need to know how long a prompt can be: all of it has to be looked at for that. */
function isBudgeted({ principal }: Pick<RunRequest, "principal">): boolean {
	return hasBudget(principal.limits ?? []);
}

/** Where a request is not admitted, what it holds already is given back. */
async function admit(request: RunRequest, size: RequestSize, { limits }: Admitting): Promise<Decoded<Admission, GatewayError>> {
	const { requestId, plan, principal, onEnd } = request;
	let isAdmitted = false;
	try {
		const admitted = await limits.admit({ requestId, plan, size, parties: principal.limits ?? [] });
		isAdmitted = admitted.ok;
		return admitted;
	} finally {
		if (!isAdmitted) onEnd?.();
	}
}
