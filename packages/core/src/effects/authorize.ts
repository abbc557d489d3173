import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Access, Operation } from "../contract/operation.ts";
import type { Principal } from "../contract/principal.ts";
import type { LimitedParty, Organisation, Project } from "../contract/tenancy.ts";
import { decideAccess, isOperator, roleIn } from "../rules/auth/access.ts";
import { allowsSurface } from "../rules/auth/scopes.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { findOwnProject } from "./own-tenancy.ts";
import type { TenancyStore } from "./store/tenancy-store.ts";

/**
 * Whether a principal may call an operation, and for which project: the path's, the key's own, or the one that `x-project-id` names.
 * @returns the principal with the project and the limits that its request counts for.
 */
export async function authorize(
	operation: Operation,
	principal: Principal,
	{ projectId, orgId }: Readonly<Record<string, string>>,
	namedProject: string | undefined,
	tenancy: TenancyStore,
): Promise<Decoded<Principal, GatewayError>> {
	const { access, surface } = operation;
	if (principal.scopes !== undefined && !allowsSurface(principal.scopes, surface)) {
		return refuse(gatewayError("FORBIDDEN", { message: `This key may not be used on the ${surface} surface` }));
	}
	const isScoped = typeof access === "object";
	const organisationId = isScoped ? await (access.in === "project" ? organisationOf(projectId, principal, tenancy) : knownOrganisation(orgId, principal, tenancy)) : undefined;
	const decision = decideAccess(access, principal, organisationId);
	if (decision === "hidden") return refuse(gatewayError("NOT_FOUND", { message: isScoped && access.in === "organisation" ? "Unknown organisation" : "Unknown project" }));
	if (decision === "sign-in") return refuse(gatewayError("UNAUTHORIZED", { message: "Sign in first: this is for people with an account" }));
	if (decision === "forbidden") return refuse(gatewayError("FORBIDDEN", { message: forbidden(access) }));
	if (access !== "principal") return { ok: true, value: principal };
	if (namedProject === undefined) return { ok: true, value: await withStoredSettings(principal, tenancy) };
	return forProject(namedProject, principal, tenancy);
}

/** What is kept under an embedding app's organisation and project: limits hold beside what the app says, a cache setting where it says nothing. */
async function withStoredSettings(principal: Principal, tenancy: TenancyStore): Promise<Principal> {
	const { kind, organisationId, projectId } = principal;
	if (kind !== "host" || organisationId === undefined) return principal;
	const project = projectId === undefined ? undefined : await tenancy.findProject(projectId);
	return withSettings(principal, await tenancy.findOrganisation(organisationId), project?.organisationId === organisationId ? project : undefined);
}

function withSettings(principal: Principal, organisation: Organisation | undefined, project: Project | undefined): Principal {
	const parties = limitsOf(organisation, project);
	const cache = principal.cache ?? project?.cache;
	return {
		...principal,
		...(parties.length === 0 ? {} : { limits: [...(principal.limits ?? []), ...parties] }),
		...(cache === undefined ? {} : { cache }),
	};
}

function forbidden(access: Access): string {
	if (access === "operator") return "Only the operator may do this";
	if (access === "person") return "A key may not do this: sign in, or use the operator's token";
	return `Not permitted: this needs the role ${typeof access === "object" ? access.role : "owner"}`;
}

async function organisationOf(projectId: string | undefined, principal: Principal, tenancy: TenancyStore): Promise<string | undefined> {
	return projectId === undefined ? undefined : (await findOwnProject(projectId, principal, tenancy))?.organisationId;
}

/** An organisation of the embedding app need not stand in the store. */
async function knownOrganisation(id: string | undefined, principal: Principal, tenancy: TenancyStore): Promise<string | undefined> {
	if (id === undefined) return undefined;
	if (roleIn(principal, id) !== undefined && !isOperator(principal)) return id;
	return (await tenancy.findOrganisation(id))?.id;
}

/** The principal with another project, and its limits beside the principal's own. */
export async function forProject(projectId: string, principal: Principal, tenancy: TenancyStore): Promise<Decoded<Principal, GatewayError>> {
	if (projectId === principal.projectId) return { ok: true, value: await withStoredSettings(principal, tenancy) };
	if (principal.kind === "key") return refuse(gatewayError("FORBIDDEN", { message: "This key belongs to another project than the one named: leave x-project-id and projectId out" }));
	const project = await tenancy.findProject(projectId);
	const organisation = project === undefined ? undefined : await tenancy.findOrganisation(project.organisationId);
	if (project === undefined || organisation === undefined || roleIn(principal, organisation.id) === undefined) {
		return refuse(gatewayError("NOT_FOUND", { message: "Unknown project", param: "x-project-id" }));
	}
	return { ok: true, value: withSettings({ ...principal, projectId, organisationId: organisation.id }, organisation, project) };
}

/** The limits of a project, those of its organisation first. */
export function limitsOf(organisation: Organisation | undefined, project: Project | undefined): readonly LimitedParty[] {
	return [
		...(organisation?.limits === undefined ? [] : [{ kind: "organisation", id: organisation.id, rules: organisation.limits } as const]),
		...(project?.limits === undefined ? [] : [{ kind: "project", id: project.id, rules: project.limits } as const]),
	];
}

function refuse(problem: GatewayError): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem };
}
