import type { Json, JsonObject } from "../../contract/json.ts";
import type { Principal } from "../../contract/principal.ts";
import type { Extras, Prompt } from "../../contract/prompt.ts";
import type { Candidates } from "../routing/plan.ts";
import type { EffectiveTools } from "../tools/policy.ts";

/** All that an answer can depend on. Whether it is streamed is not: an answer is the same in both forms. */
export interface CachedRequest {
	readonly principal: Pick<Principal, "kind" | "id" | "organisationId" | "projectId">;
	/** Those that the caller may use: another choice of models, in the configuration or in a key's scopes, is another request. */
	readonly candidates: Pick<Candidates, "route" | "targets">;
	readonly tools: EffectiveTools;
	/** Its answer is reviewed: what is kept was accepted. */
	readonly isReviewed: boolean;
	readonly prompt: Prompt;
}

/**
 * The canonical text of a request: two requests have the same one exactly where no answer could be right for one and wrong for the
 * other. It begins with the tenant, and as it is JSON that can be read back, no two requests are ever taken for one.
 */
export function requestText({ principal, candidates, tools, isReviewed, prompt }: CachedRequest): string {
	const { extras, ...rest } = prompt;
	return canonicalJson({
		version: 1,
		tenant: tenantOf(principal),
		route: candidates.route,
		targets: [...new Set(candidates.targets.map(({ providerName, model }) => `${providerName}/${model}`))],
		tools,
		isReviewed,
		prompt: { ...rest, extras: extras === undefined ? undefined : relevantExtras(extras) },
	});
}

/**
 * Whose entries these are: a project's keys and people share, everybody else is alone. With the organisation, since an embedding app that
 * names a project may not know that another one has it.
 */
function tenantOf({ kind, id, organisationId, projectId }: CachedRequest["principal"]): readonly (string | null)[] {
	return projectId === undefined ? [kind, id] : ["project", organisationId ?? null, projectId];
}

/** Fields that tell the provider how to send an answer or how to save work on it, and never what it is. */
const withoutEffect = ["stream_options", "prompt_cache_key", "prompt_cache_retention"];

function relevantExtras({ dialect, fields, headers = {} }: Extras): Extras | undefined {
	const kept = Object.entries(fields).filter(([name, value]) => value !== undefined && !withoutEffect.includes(name));
	if (kept.length === 0 && Object.keys(headers).length === 0) return undefined;
	return { dialect, fields: Object.fromEntries(kept), headers };
}

/** JSON text with its keys in order, whatever order they came in; absent and `undefined` are the same. */
export function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_, inner: Json | undefined) => (isObject(inner) ? sorted(inner) : inner));
}

/** Without a prototype: `__proto__` is a key like others. */
function sorted(value: JsonObject): JsonObject {
	const ordered: Record<string, Json | undefined> = Object.create(null);
	for (const key of Object.keys(value).toSorted()) ordered[key] = value[key];
	return ordered;
}

function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
