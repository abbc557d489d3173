import type { Access } from "../../contract/operation.ts";
import type { Principal } from "../../contract/principal.ts";
import { type Role, roles } from "../../contract/tenancy.ts";

/**
 * `sign-in`: only a person can, and this is none. `hidden`: whoever has no part in a project or organisation is told that there is
 * none, so that ids cannot be tried out.
 */
export type AccessDecision = "allow" | "sign-in" | "forbidden" | "hidden";

/**
 * The one place that decides whether a principal may call an operation.
 * @param organisationId the organisation that the path names, by itself or by its project; `undefined` where there is none such.
 */
export function decideAccess(access: Access, principal: Principal, organisationId: string | undefined): AccessDecision {
	if (access === "public" || access === "principal") return "allow";
	if (access === "person") return principal.kind === "key" ? "forbidden" : "allow";
	if (access === "user") return principal.kind === "user" ? "allow" : "sign-in";
	if (isOperator(principal)) return access === "operator" || organisationId !== undefined ? "allow" : "hidden";
	if (access === "operator") return "forbidden";
	const role = roleIn(principal, organisationId);
	if (role === undefined) return "hidden";
	return isAtLeast(role, access.role) ? "allow" : "forbidden";
}

/** Where authentication is switched off, everybody is the operator. */
export function isOperator({ kind }: Principal): boolean {
	return kind === "operator" || kind === "anonymous";
}

/** The principal's role in an organisation. A key has none: it is made for using models, not for changing who may. */
export function roleIn(principal: Principal, organisationId: string | undefined): Role | undefined {
	if (organisationId === undefined) return undefined;
	switch (principal.kind) {
		case "operator":
		case "anonymous":
			return "owner";
		case "user":
			return principal.memberships?.find((membership) => membership.organisationId === organisationId)?.role;
		case "host":
			return principal.organisationId === organisationId ? (principal.role ?? "member") : undefined;
		case "key":
			return undefined;
	}
}

export function isAtLeast(role: Role, needed: Role): boolean {
	return roles.indexOf(role) >= roles.indexOf(needed);
}
