import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Principal } from "../contract/principal.ts";
import type { UsageRecord } from "../contract/session.ts";
import { decideAccess, isOperator, roleIn } from "../rules/auth/access.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { forProject } from "./authorize.ts";
import { findOwnProject } from "./own-tenancy.ts";
import type { TenancyStore } from "./store/tenancy-store.ts";

/**
 * The project whose figures a principal asks for: the one that it names, or else its own.
 * @returns `undefined` for all of the gateway, which only the operator sees.
 */
export async function findInsightsScope(principal: Principal, named: string | undefined, tenancy: TenancyStore): Promise<Decoded<string | undefined, GatewayError>> {
	const projectId = named ?? principal.projectId;
	if (projectId === undefined) {
		if (isOperator(principal)) return { ok: true, value: undefined };
		const message = "name a project, here or in the header x-project-id";
		return { ok: false, problem: gatewayError("VALIDATION_ERROR", { message: `projectId: ${message}`, issues: [{ path: "projectId", message }] }) };
	}
	const allowed = await forProject(projectId, principal, tenancy);
	return allowed.ok ? { ok: true, value: projectId } : allowed;
}

/**
 * The same for what only the operator and admins may change.
 * @returns `undefined` for what belongs to no project, which is the operator's.
 */
export async function findAdministeredScope(principal: Principal, named: string | undefined, tenancy: TenancyStore): Promise<Decoded<string | undefined, GatewayError>> {
	const scope = await findInsightsScope(principal, named, tenancy);
	if (!scope.ok || scope.value === undefined) return scope;
	const project = await findOwnProject(scope.value, principal, tenancy);
	const decision = decideAccess({ role: "admin", in: "project" }, principal, project?.organisationId);
	if (decision === "allow") return scope;
	if (decision === "hidden") return { ok: false, problem: gatewayError("NOT_FOUND", { message: "Unknown project" }) };
	return { ok: false, problem: gatewayError("FORBIDDEN", { message: "Not permitted: this needs the role admin" }) };
}

/** Whether a principal may see how a request went: its own, those of its project, and those of an organisation that it belongs to. */
export function maySee(principal: Principal, { principalId, projectId, organisationId }: UsageRecord): boolean {
	if (isOperator(principal) || principal.id === principalId) return true;
	return (projectId !== undefined && projectId === principal.projectId) || roleIn(principal, organisationId) !== undefined;
}
