import type { Principal } from "../contract/principal.ts";
import type { Organisation, Project } from "../contract/tenancy.ts";
import type { TenancyStore } from "./store/tenancy-store.ts";

/**
 * An embedding app names the organisation and the project of its principals itself. They stand in the store only once something is
 * kept under them: a key, limits, another name; `createdAt` is 0 until then. What stands in the store goes before what the app says, so
 * that nobody can claim a project of another organisation by its id.
 */
export async function findOwnProject(id: string, principal: Principal, tenancy: TenancyStore): Promise<Project | undefined> {
	return (await tenancy.findProject(id)) ?? namedProject(id, principal);
}

export async function findOwnOrganisation(id: string, principal: Principal, tenancy: TenancyStore): Promise<Organisation | undefined> {
	return (await tenancy.findOrganisation(id)) ?? namedOrganisation(id, principal);
}

/** The same, and it stands in the store from now on. */
export async function keepOwnProject(id: string, principal: Principal, tenancy: TenancyStore, now: number): Promise<Project | undefined> {
	const stored = await tenancy.findProject(id);
	const named = namedProject(id, principal);
	if (stored !== undefined || named === undefined) return stored;
	await keepOwnOrganisation(named.organisationId, principal, tenancy, now);
	await tenancy.createProject({ ...named, createdAt: now });
	return tenancy.findProject(id);
}

export async function keepOwnOrganisation(id: string, principal: Principal, tenancy: TenancyStore, now: number): Promise<Organisation | undefined> {
	const named = namedOrganisation(id, principal);
	if (named !== undefined) await tenancy.createOrganisation({ ...named, createdAt: now });
	return tenancy.findOrganisation(id);
}

function namedProject(id: string, { kind, projectId, organisationId }: Principal): Project | undefined {
	return kind === "host" && projectId === id && organisationId !== undefined ? { id, organisationId, name: id, createdAt: 0 } : undefined;
}

function namedOrganisation(id: string, { kind, organisationId }: Principal): Organisation | undefined {
	return kind === "host" && organisationId === id ? { id, name: id, isPersonal: false, createdAt: 0 } : undefined;
}
