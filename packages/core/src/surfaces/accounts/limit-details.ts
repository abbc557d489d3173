import type { LimitedParty, LimitRules } from "../../contract/tenancy.ts";
import type { AuditDetails } from "../../rules/audit/details.ts";

/** What the audit log tells of limits that were set. */
export function limitDetails(level: Exclude<LimitedParty["kind"], "host">, { budgets, ...rules }: LimitRules): AuditDetails<"limits.changed"> {
	return { level, ...rules, ...(budgets === undefined ? {} : { budgets: budgets.length }) };
}
