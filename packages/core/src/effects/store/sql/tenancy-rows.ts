import type { CacheSetting } from "../../../contract/cache.ts";
import type { KeyScopes, LimitRules, Membership, Organisation, Project, Role, VirtualKey } from "../../../contract/tenancy.ts";
import type { Invitation, NewKey, ProjectChange } from "../tenancy-store.ts";
import type { InvitationsTable, MembersTable, OrganisationsTable, ProjectsTable, VirtualKeysTable } from "./schema.ts";
import { restoredText, storableText } from "./storable-text.ts";

export function organisationRow({ id, name, isPersonal, limits, createdAt }: Organisation): OrganisationsTable {
	return { id: storableText(id), name: storableText(name), is_personal: isPersonal ? 1 : 0, limits: jsonText(limits), created_at: createdAt };
}

export function organisationOf(row: OrganisationsTable): Organisation {
	return {
		id: restoredText(row.id),
		name: restoredText(row.name),
		isPersonal: row.is_personal === 1,
		...limitsOf(row),
		createdAt: row.created_at,
	};
}

export function memberRow({ organisationId, userId, role }: Membership): MembersTable {
	return { organisation_id: storableText(organisationId), user_id: storableText(userId), role };
}

export function membershipOf(row: MembersTable): Membership {
	return { organisationId: restoredText(row.organisation_id), userId: restoredText(row.user_id), role: row.role as Role };
}

export function invitationRow(invitation: Invitation): InvitationsTable {
	return {
		id: storableText(invitation.id),
		organisation_id: storableText(invitation.organisationId),
		email: storableText(invitation.email),
		role: invitation.role,
		invited_by: storableText(invitation.invitedBy),
		created_at: invitation.createdAt,
		expires_at: invitation.expiresAt,
		token_hash: storableText(invitation.tokenHash),
	};
}

export function invitationOf(row: InvitationsTable): Invitation {
	return {
		id: restoredText(row.id),
		organisationId: restoredText(row.organisation_id),
		email: restoredText(row.email),
		role: row.role as Invitation["role"],
		invitedBy: restoredText(row.invited_by),
		createdAt: row.created_at,
		expiresAt: row.expires_at,
		tokenHash: restoredText(row.token_hash),
	};
}

export function projectRow({ id, organisationId, name, limits, cache, createdAt }: Project): ProjectsTable {
	return {
		id: storableText(id),
		organisation_id: storableText(organisationId),
		name: storableText(name),
		limits: jsonText(limits),
		cache: jsonText(cache),
		created_at: createdAt,
	};
}

export function projectOf(row: ProjectsTable): Project {
	return {
		id: restoredText(row.id),
		organisationId: restoredText(row.organisation_id),
		name: restoredText(row.name),
		...limitsOf(row),
		...(row.cache === null ? {} : { cache: JSON.parse(row.cache) as CacheSetting }),
		createdAt: row.created_at,
	};
}

export function keyRow(key: NewKey): VirtualKeysTable {
	return {
		id: storableText(key.id),
		project_id: storableText(key.projectId),
		name: storableText(key.name),
		prefix: storableText(key.prefix),
		hash: storableText(key.hash),
		previous_hash: null,
		previous_until: null,
		scopes: jsonText(key.scopes),
		limits: jsonText(key.limits),
		created_by: key.createdBy === undefined ? null : storableText(key.createdBy),
		created_at: key.createdAt,
		expires_at: key.expiresAt ?? null,
		last_used_at: null,
		revoked_at: null,
	};
}

export function keyOf(row: VirtualKeysTable): VirtualKey {
	return {
		id: restoredText(row.id),
		projectId: restoredText(row.project_id),
		name: restoredText(row.name),
		prefix: restoredText(row.prefix),
		...(row.scopes === null ? {} : { scopes: JSON.parse(row.scopes) as KeyScopes }),
		...limitsOf(row),
		...(row.created_by === null ? {} : { createdBy: restoredText(row.created_by) }),
		createdAt: row.created_at,
		...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
		...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
		...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
		...(row.previous_until === null ? {} : { previousUntil: row.previous_until }),
	};
}

/** What changes of an organisation. */
export function changeRow({ name, limits }: { readonly name?: string; readonly limits?: LimitRules }): { name?: string; limits?: string | null } {
	return { ...(name === undefined ? {} : { name: storableText(name) }), ...(limits === undefined ? {} : { limits: jsonText(limits) }) };
}

export function projectChangeRow({ cache, ...change }: ProjectChange): ReturnType<typeof changeRow> & { cache?: string | null } {
	return { ...changeRow(change), ...(cache === undefined ? {} : { cache: jsonText(cache) }) };
}

function jsonText(value: object | false | undefined): string | null {
	return value === undefined ? null : JSON.stringify(value);
}

function limitsOf({ limits }: { readonly limits: string | null }): { readonly limits?: LimitRules } {
	return limits === null ? {} : { limits: JSON.parse(limits) as LimitRules };
}
