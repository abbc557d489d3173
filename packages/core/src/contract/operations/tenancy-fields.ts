import { z } from "zod";
import { mostTtlSeconds } from "../cache.ts";
import { type Operation, requestErrors, surfaceIds } from "../operation.ts";
import { roles } from "../tenancy.ts";

/** What organisations, projects and keys are called: one line, nothing that turns the text around it. */
export const name = z
	.string()
	.trim()
	.min(1)
	.max(100)
	.regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, "has control characters");

/** As the operator may choose it. */
export const chosenId = z
	.string()
	.max(100)
	.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, "is made of letters, digits, . _ : and -, and begins with a letter or digit");

export const role = z.enum(roles);
export const time = z.iso.datetime();

const atLeastNone = z.int().nonnegative();
const budget = z
	.strictObject({
		period: z.enum(["day", "month"]).meta({ description: "A calendar day or month, UTC" }),
		microUsd: atLeastNone.exactOptional().meta({ description: "Millionths of a US dollar" }),
		tokens: atLeastNone.exactOptional(),
		requests: atLeastNone.exactOptional(),
	})
	.refine(({ microUsd, tokens, requests }) => microUsd !== undefined || tokens !== undefined || requests !== undefined, { message: "Give microUsd, tokens or requests" });
export const limitRules = z
	.strictObject({
		requestsPerMinute: atLeastNone.exactOptional(),
		tokensPerMinute: atLeastNone.exactOptional().meta({ description: "Input and output together" }),
		concurrentRequests: atLeastNone.exactOptional(),
		budgets: z.array(budget).max(8).exactOptional(),
	})
	.meta({ id: "LimitRules", description: "What is absent is not limited; 0 allows nothing" });

const cacheRules = z
	.strictObject({
		ttlSeconds: z.int().min(1).max(mostTtlSeconds).exactOptional().meta({ description: "How long answers are kept; absent: as the route or the gateway says, also whether at all" }),
		toolCalls: z.boolean().exactOptional().meta({ description: "Whether answers that call tools are kept too" }),
	})
	.meta({ id: "CacheRules" });
export const cacheSetting = z.union([z.literal(false), cacheRules], { error: 'Write {"ttlSeconds": 300}, {} or false' }).meta({
	id: "CacheSetting",
	description: "Whether the project's requests are answered from the cache. `false`: only those that ask for it by `x-postern-cache`. Goes before what routes and the gateway say",
});

const word = z.string().min(1).max(200);
export const keyScopes = z
	.strictObject({
		surfaces: z.array(z.enum(surfaceIds)).min(1).exactOptional(),
		models: z.array(word).min(1).max(200).exactOptional().meta({ description: "Routes and `provider/model`; a `*` at the end stands for anything", example: ["fast", "openai/*"] }),
		tools: z.array(word).max(200).exactOptional().meta({ description: "Narrows the gateway's tool policy. Empty: no tools" }),
	})
	.meta({ id: "KeyScopes", description: "What is absent is not narrowed" });

const keptSince = time.optional().meta({ description: "Absent for what only the embedding app knows, as long as nothing is kept under it" });
export const organisation = z
	.object({
		id: z.string().meta({ example: "org_5f0c7d1e2a3b4c5d6e7f8091" }),
		name: z.string(),
		isPersonal: z.boolean().meta({ description: "Made for one person when that one registered" }),
		role: role.optional().meta({ description: "The caller's own" }),
		limits: limitRules.optional(),
		createdAt: keptSince,
	})
	.meta({ id: "Organisation" });

export const project = z
	.object({
		id: z.string().meta({ example: "prj_5f0c7d1e2a3b4c5d6e7f8091" }),
		name: z.string(),
		organisationId: z.string(),
		role: role.optional().meta({ description: "The caller's own; a key has none" }),
		limits: limitRules.optional(),
		cache: cacheSetting.optional(),
		createdAt: keptSince,
	})
	.meta({ id: "Project" });

export const virtualKey = z
	.object({
		id: z.string().meta({ example: "key_5f0c7d1e2a3b4c5d6e7f8091" }),
		projectId: z.string(),
		name: z.string(),
		prefix: z.string().meta({ description: "The key's first characters: more of it was shown only once", example: "pst_4fJq81Zd" }),
		scopes: keyScopes.optional(),
		limits: limitRules.optional(),
		createdBy: z.string().optional(),
		createdAt: time,
		expiresAt: time.optional(),
		lastUsedAt: time.optional().meta({ description: "To the minute" }),
		previousUntil: time.optional().meta({ description: "Until when the secret before the last rotation works too" }),
	})
	.meta({ id: "VirtualKey" });

export const deleted = z.object({ id: z.string(), deleted: z.literal(true) }).meta({ id: "Deleted" });

export const orgId = { orgId: "The organisation's id (`org_...`)" } as const;
export const projectId = { projectId: "The project's id (`prj_...`)" } as const;

/** How all lists are read on: as the audit log is. */
export const pageQuery = {
	limit: "How many at most: 1 to 1000. Default 1000",
	after: "Only those behind this place: `next` of the page before",
} as const;
export const next = z.string().optional().meta({ description: "`after` of the next page; absent behind the last one" });

export const readErrors = ["UNAUTHORIZED", "INVALID_TOKEN", "FORBIDDEN", "NOT_FOUND"] as const satisfies Operation["errors"];
/** Of lists: a page that cannot be read is refused. */
export const listErrors = ["VALIDATION_ERROR", ...readErrors] as const satisfies Operation["errors"];
export const changeErrors = [...requestErrors, "NOT_FOUND"] as const satisfies Operation["errors"];
