import type { OperationInput, OperationResult } from "@postern/core/contract";
import type { CallOptions } from "./options.ts";
import { queryOf } from "./query.ts";
import type { Transport } from "./transport.ts";

export type Organisation = OperationResult<"getOrganisation">["organisation"];
export type Project = OperationResult<"getProject">["project"];
export type NewProject = OperationResult<"createProject">;
export type Member = OperationResult<"listMembers">["members"][number];
export type Invitation = OperationResult<"listInvitations">["invitations"][number];
export type NewInvitation = OperationResult<"createInvitation">;
/** A key without its secret. */
export type VirtualKeyDetails = OperationResult<"listKeys">["keys"][number];
/** `key` is shown this once. */
export type NewKey = OperationResult<"createKey">;
export type KeyRequest = OperationInput<"createKey">;
export type KeyRotation = OperationInput<"rotateKey">;
/** What is absent is not limited; 0 allows nothing. */
export type Limits = OperationInput<"setProjectLimits">;
/** What is left out stays. `cache: {}` leaves it to routes and the gateway. */
export type ProjectChange = OperationInput<"updateProject">;
export type LimitStandings = OperationResult<"getLimits">;
/** How one limit stands. */
export type LimitStanding = LimitStandings["limits"][number];
export type MemberRole = Member["role"];

/** 1000 at most, and as many unless told otherwise. `after` is the page before's `next`. */
export interface PageRequest {
	readonly limit?: number;
	readonly after?: string;
}
/** `next` is absent behind the last page. */
export type Page<List> = List & { readonly next?: string };

interface Named {
	readonly name: string;
}
interface Deleted {
	readonly id: string;
	readonly deleted: true;
}

/** Organisations with their members, projects with their keys. */
export interface TenancyMethods {
	/** The caller's own; page by page all of them for the operator, 100 unless told otherwise. */
	listOrganisations(page?: PageRequest, options?: CallOptions): Promise<Page<{ readonly organisations: readonly Organisation[] }>>;
	createOrganisation(request: Named, options?: CallOptions): Promise<{ readonly organisation: Organisation }>;
	getOrganisation(orgId: string, options?: CallOptions): Promise<{ readonly organisation: Organisation }>;
	updateOrganisation(orgId: string, change: Named, options?: CallOptions): Promise<{ readonly organisation: Organisation }>;
	/** Sets all of them: what is left out is not limited any more. For the operator. */
	setOrganisationLimits(orgId: string, limits: Limits, options?: CallOptions): Promise<{ readonly organisation: Organisation }>;

	listMembers(orgId: string, page?: PageRequest, options?: CallOptions): Promise<Page<{ readonly members: readonly Member[] }>>;
	changeMember(orgId: string, userId: string, change: { readonly role: MemberRole }, options?: CallOptions): Promise<{ readonly member: Member }>;
	/** Oneself too: to leave. */
	removeMember(orgId: string, userId: string, options?: CallOptions): Promise<Deleted>;
	/** The token is shown this once. */
	createInvitation(orgId: string, request: OperationInput<"createInvitation">, options?: CallOptions): Promise<NewInvitation>;
	listInvitations(orgId: string, page?: PageRequest, options?: CallOptions): Promise<Page<{ readonly invitations: readonly Invitation[] }>>;
	deleteInvitation(orgId: string, invitationId: string, options?: CallOptions): Promise<Deleted>;
	acceptInvitation(request: { readonly token: string }, options?: CallOptions): Promise<{ readonly organisation: Organisation }>;

	listProjects(filter?: PageRequest & { readonly organisationId?: string }, options?: CallOptions): Promise<Page<{ readonly projects: readonly Project[] }>>;
	/** With its first key, which is shown this once. */
	createProject(request: OperationInput<"createProject">, options?: CallOptions): Promise<NewProject>;
	getProject(projectId: string, options?: CallOptions): Promise<{ readonly project: Project }>;
	/** Another name, or whether its requests are answered from the cache. */
	updateProject(projectId: string, change: ProjectChange, options?: CallOptions): Promise<{ readonly project: Project }>;
	/** Its keys stop working. */
	deleteProject(projectId: string, options?: CallOptions): Promise<Deleted>;
	/** Sets all of them: what is left out is not limited any more. */
	setProjectLimits(projectId: string, limits: Limits, options?: CallOptions): Promise<{ readonly project: Project }>;

	listKeys(projectId: string, page?: PageRequest, options?: CallOptions): Promise<Page<{ readonly keys: readonly VirtualKeyDetails[] }>>;
	createKey(projectId: string, request?: KeyRequest, options?: CallOptions): Promise<NewKey>;
	/** Sets all of them: what is left out is not limited any more. */
	setKeyLimits(projectId: string, keyId: string, limits: Limits, options?: CallOptions): Promise<{ readonly key: VirtualKeyDetails }>;
	revokeKey(projectId: string, keyId: string, options?: CallOptions): Promise<Deleted>;
	/** The key of a project that has one key only. */
	revokeOnlyKey(projectId: string, options?: CallOptions): Promise<Deleted>;
	/** Another secret for the same key. `keyId` may be left out where the project has one key only. */
	rotateKey(projectId: string, rotation?: KeyRotation, options?: CallOptions): Promise<NewKey>;

	/** All limits that the caller's own requests count for, with what is left of each. */
	getLimits(options?: CallOptions): Promise<LimitStandings>;
	getOrganisationLimits(orgId: string, options?: CallOptions): Promise<LimitStandings>;
	/** Those of its organisation, which hold beside them, too. */
	getProjectLimits(projectId: string, options?: CallOptions): Promise<LimitStandings>;
	/** Those of its project and organisation too. */
	getKeyLimits(projectId: string, keyId: string, options?: CallOptions): Promise<LimitStandings>;
}

export function tenancyMethods({ json }: Transport): TenancyMethods {
	const org = (id: string, rest = "") => `/v1/orgs/${encodeURIComponent(id)}${rest}`;
	const project = (id: string, rest = "") => `/v1/projects/${encodeURIComponent(id)}${rest}`;
	const below = (path: string, id: string) => `/${path}/${encodeURIComponent(id)}`;
	const put = { method: "PUT" } as const;
	const patch = { method: "PATCH" } as const;
	const remove = { method: "DELETE" } as const;
	return {
		listOrganisations: (page, options) => json(`/v1/orgs${queryOf(page)}`, options),
		createOrganisation: (body, options) => json("/v1/orgs", options, { body }),
		getOrganisation: (id, options) => json(org(id), options),
		updateOrganisation: (id, body, options) => json(org(id), options, { ...patch, body }),
		setOrganisationLimits: (id, body, options) => json(org(id, "/limits"), options, { ...put, body }),
		listMembers: (id, page, options) => json(org(id, `/members${queryOf(page)}`), options),
		changeMember: (id, userId, body, options) => json(org(id, below("members", userId)), options, { ...patch, body }),
		removeMember: (id, userId, options) => json(org(id, below("members", userId)), options, remove),
		createInvitation: (id, body, options) => json(org(id, "/invitations"), options, { body }),
		listInvitations: (id, page, options) => json(org(id, `/invitations${queryOf(page)}`), options),
		deleteInvitation: (id, invitationId, options) => json(org(id, below("invitations", invitationId)), options, remove),
		acceptInvitation: (body, options) => json("/v1/invitations/accept", options, { body }),
		listProjects: (filter, options) => json(`/v1/projects${queryOf(filter)}`, options),
		createProject: (body, options) => json("/v1/projects", options, { body }),
		getProject: (id, options) => json(project(id), options),
		updateProject: (id, body, options) => json(project(id), options, { ...patch, body }),
		deleteProject: (id, options) => json(project(id), options, remove),
		setProjectLimits: (id, body, options) => json(project(id, "/limits"), options, { ...put, body }),
		listKeys: (id, page, options) => json(project(id, `/keys${queryOf(page)}`), options),
		createKey: (id, body = {}, options) => json(project(id, "/keys"), options, { body }),
		setKeyLimits: (id, keyId, body, options) => json(project(id, `${below("keys", keyId)}/limits`), options, { ...put, body }),
		revokeKey: (id, keyId, options) => json(project(id, below("keys", keyId)), options, remove),
		revokeOnlyKey: (id, options) => json(project(id, "/keys"), options, remove),
		rotateKey: (id, body = {}, options) => json(project(id, "/keys/rotate"), options, { body }),
		getLimits: (options) => json("/v1/limits", options),
		getOrganisationLimits: (id, options) => json(org(id, "/limits"), options),
		getProjectLimits: (id, options) => json(project(id, "/limits"), options),
		getKeyLimits: (id, keyId, options) => json(project(id, `${below("keys", keyId)}/limits`), options),
	};
}
