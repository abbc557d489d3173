import { auditPage } from "../audit.ts";
import type { Operation } from "../operation.ts";

const query = {
	limit: "How many events at most: 1 to 1000. Default 100",
	before: "Only events behind this one, by its id: `next` of the page before",
} as const;

export const auditOperations = {
	listAuditEvents: {
		surface: "accounts",
		method: "GET",
		path: "/v1/orgs/:orgId/audit",
		summary: "What happened in an organisation that security depends on",
		description: "Sign-ins, members, projects, keys, limits, credentials; newest first. A person's own events stand in its personal organisation.",
		access: { role: "owner", in: "organisation" },
		parameters: { orgId: "The organisation's id (`org_...`)" },
		query,
		output: { kind: "json", schema: auditPage },
		errors: ["VALIDATION_ERROR", "UNAUTHORIZED", "INVALID_TOKEN", "FORBIDDEN", "NOT_FOUND"],
	},
	listGatewayAuditEvents: {
		surface: "accounts",
		method: "GET",
		path: "/v1/audit",
		summary: "What happened outside of organisations",
		description: "Sign-ins to accounts that are not there, and the gateway's own credentials; newest first.",
		access: "operator",
		query,
		output: { kind: "json", schema: auditPage },
		errors: ["VALIDATION_ERROR", "UNAUTHORIZED", "INVALID_TOKEN", "FORBIDDEN"],
	},
} as const satisfies Record<string, Operation>;
