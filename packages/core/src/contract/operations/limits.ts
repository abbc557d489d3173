import { z } from "zod";
import type { Operation } from "../operation.ts";
import { changeErrors, limitRules, orgId, projectId, readErrors, time, virtualKey } from "./tenancy-fields.ts";

const count = z.number().nonnegative();

export const limitStanding = z
	.object({
		party: z.object({ kind: z.enum(["organisation", "project", "key", "host"]), id: z.string() }).meta({ description: "Whose limit it is" }),
		policy: z.string().meta({ description: "As the `RateLimit` header names it", example: "project-month-usd" }),
		unit: z.enum(["requests", "tokens", "microUsd", "concurrentRequests"]),
		per: z.enum(["minute", "day", "month"]).optional().meta({ description: "Days and months are calendar ones, UTC; absent for requests at once" }),
		limit: count,
		used: count,
		held: count.meta({ description: "What running requests may still use of a budget" }),
		remaining: count.meta({ description: "What is left for another request: `limit` without `used` and `held`" }),
		resetsAt: time.optional().meta({ description: "When a budget begins anew, or the first of what was used in the minute comes back" }),
	})
	.meta({ id: "LimitStanding" });
export type LimitStanding = z.output<typeof limitStanding>;

const standings = { kind: "json", schema: z.object({ limits: z.array(limitStanding) }) } as const;
const keyInPath = { ...projectId, keyId: "The key's id (`key_...`)" } as const;

export const limitOperations = {
	getLimits: {
		surface: "accounts",
		method: "GET",
		path: "/v1/limits",
		summary: "All limits that the caller's requests count for, with what is left of each",
		description: "Of a key: its own, those of its project and of its organisation. Others name the project by `x-project-id`.",
		access: "principal",
		output: standings,
		errors: readErrors,
	},
	getOrganisationLimits: {
		surface: "accounts",
		method: "GET",
		path: "/v1/orgs/:orgId/limits",
		summary: "The limits of an organisation, with what is used and left of each",
		access: { role: "member", in: "organisation" },
		parameters: orgId,
		output: standings,
		errors: readErrors,
	},
	getProjectLimits: {
		surface: "accounts",
		method: "GET",
		path: "/v1/projects/:projectId/limits",
		summary: "The limits of a project, with what is used and left of each",
		description: "Those of its organisation, which hold beside them, come first.",
		access: { role: "member", in: "project" },
		parameters: projectId,
		output: standings,
		errors: readErrors,
	},
	getKeyLimits: {
		surface: "accounts",
		method: "GET",
		path: "/v1/projects/:projectId/keys/:keyId/limits",
		summary: "The limits of a key, with what is used and left of each",
		description: "Those of its organisation and its project, which hold beside them, come first.",
		access: { role: "member", in: "project" },
		parameters: keyInPath,
		output: standings,
		errors: readErrors,
	},
	setKeyLimits: {
		surface: "accounts",
		method: "PUT",
		path: "/v1/projects/:projectId/keys/:keyId/limits",
		summary: "Set all limits of a key",
		description: "What is left out is not limited any more. Those of the project and the organisation hold beside them.",
		access: { role: "admin", in: "project" },
		parameters: keyInPath,
		body: limitRules,
		output: { kind: "json", schema: z.object({ key: virtualKey }) },
		errors: changeErrors,
		example: { requestsPerMinute: 60, budgets: [{ period: "day", microUsd: 1_000_000 }] },
	},
} as const satisfies Record<string, Operation>;
