import type { Membership, Organisation, Project, Role, VirtualKey } from "../../../contract/tenancy.ts";
import { isAtLeast } from "../../../rules/auth/access.ts";
import { assertListLimit } from "../list-limit.ts";
import type { Invitation, NewKey, TenancyStore } from "../tenancy-store.ts";
import { byAge, byName, oldestFirst } from "./list-pages.ts";

type StoredKey = VirtualKey & { readonly hash: string; readonly previousHash?: string };

/** Nothing here is ever pushed out: who may and who may not is no cache. Every verb runs in one go, and so is atomic. */
export function memoryTenancy(assertOpen: () => void): TenancyStore {
	// Each in the order of creation.
	const organisations = new Map<string, Organisation>();
	const members = new Map<string, Map<string, Role>>();
	const invitations = new Map<string, Invitation>();
	const projects = new Map<string, Project>();
	const keys = new Map<string, StoredKey>();
	/** The key of each secret that was ever its own; whether it still is, the key says. */
	const keyOf = new Map<string, string>();

	function membersOf(organisationId: string): Map<string, Role> {
		const known = members.get(organisationId);
		if (known === undefined) throw new Error("There is no such organisation");
		return known;
	}

	function join({ organisationId, userId, role }: Membership): Membership {
		const known = membersOf(organisationId);
		const before = known.get(userId);
		const kept = before === undefined || isAtLeast(role, before) ? role : before;
		known.set(userId, kept);
		return { organisationId, userId, role: kept };
	}

	/** Whether nobody would be an owner without this one. */
	function isLastOwner(known: ReadonlyMap<string, Role>, userId: string): boolean {
		return known.get(userId) === "owner" && [...known].every(([id, role]) => id === userId || role !== "owner");
	}

	function openInvitation(tokenHash: string, email: string, now: number): Invitation | undefined {
		return [...invitations.values()].find((each) => each.tokenHash === tokenHash && each.email === email && each.expiresAt > now);
	}

	function addKey(key: NewKey): void {
		if (keys.has(key.id) || keyOf.has(key.hash)) throw new Error("There is such a key already");
		keys.set(key.id, copy(key));
		keyOf.set(key.hash, key.id);
	}

	function liveKey(projectId: string, keyId: string): StoredKey | undefined {
		const key = keys.get(keyId);
		return key === undefined || key.projectId !== projectId || key.revokedAt !== undefined ? undefined : key;
	}

	return {
		async createOrganisation(organisation, ownerId) {
			assertOpen();
			if (organisations.has(organisation.id)) return;
			organisations.set(organisation.id, copy(organisation));
			members.set(organisation.id, new Map(ownerId === undefined ? [] : [[ownerId, "owner"]]));
		},
		async findOrganisation(id) {
			assertOpen();
			return copy(organisations.get(id));
		},
		async listOrganisations(userId) {
			assertOpen();
			return [...organisations.values()].sort(oldestFirst).flatMap((organisation) => {
				const role = members.get(organisation.id)?.get(userId);
				return role === undefined ? [] : [{ ...copy(organisation), role }];
			});
		},
		async listAllOrganisations({ limit, after }) {
			assertOpen();
			const all = [...organisations.values()].sort(oldestFirst);
			const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
			if (after !== undefined && start === 0) return [];
			return copy(all.slice(start, start + assertListLimit(limit)));
		},
		async updateOrganisation(id, change) {
			assertOpen();
			const known = organisations.get(id);
			if (known === undefined) return undefined;
			organisations.set(id, { ...known, ...copy(change) });
			return copy(organisations.get(id));
		},
		async listMemberships(userId) {
			assertOpen();
			return [...members].flatMap(([organisationId, known]) => {
				const role = known.get(userId);
				return role === undefined ? [] : [{ organisationId, userId, role }];
			});
		},
		async listMembers(organisationId, page) {
			assertOpen();
			const known = [...(members.get(organisationId) ?? [])].map(([userId, role]) => ({ organisationId, userId, role }));
			return byName(known, ({ userId }) => userId, page);
		},
		async findMember(organisationId, userId) {
			assertOpen();
			const role = members.get(organisationId)?.get(userId);
			return role === undefined ? undefined : { organisationId, userId, role };
		},
		async addMember(membership) {
			assertOpen();
			join(membership);
		},
		async changeMember({ organisationId, userId, role }) {
			assertOpen();
			const known = members.get(organisationId);
			if (known?.has(userId) !== true) return "unknown";
			if (role !== "owner" && isLastOwner(known, userId)) return "last-owner";
			known.set(userId, role);
			return "changed";
		},
		async removeMember(organisationId, userId) {
			assertOpen();
			const known = members.get(organisationId);
			if (known?.has(userId) !== true) return "unknown";
			if (isLastOwner(known, userId)) return "last-owner";
			known.delete(userId);
			return "removed";
		},
		async createInvitation(invitation) {
			assertOpen();
			membersOf(invitation.organisationId);
			for (const { id, organisationId, email } of invitations.values()) {
				if (organisationId === invitation.organisationId && email === invitation.email) invitations.delete(id);
			}
			invitations.set(invitation.id, copy(invitation));
		},
		async listInvitations(organisationId, now, page) {
			assertOpen();
			const open = [...invitations.values()].filter((each) => each.organisationId === organisationId && each.expiresAt > now);
			return copy(byAge(open, page));
		},
		async findInvitation(tokenHash, email, now) {
			assertOpen();
			return copy(openInvitation(tokenHash, email, now));
		},
		async deleteInvitation(organisationId, id) {
			assertOpen();
			return invitations.get(id)?.organisationId === organisationId && invitations.delete(id);
		},
		async acceptInvitation(tokenHash, email, userId, now) {
			assertOpen();
			const found = openInvitation(tokenHash, email, now);
			if (found === undefined) return undefined;
			invitations.delete(found.id);
			return join({ organisationId: found.organisationId, userId, role: found.role });
		},
		async createProject(project, key) {
			assertOpen();
			membersOf(project.organisationId);
			if (projects.has(project.id)) return false;
			if (key !== undefined) addKey(key);
			projects.set(project.id, copy(project));
			return true;
		},
		async findProject(id) {
			assertOpen();
			return copy(projects.get(id));
		},
		async listProjects(organisationIds, page) {
			assertOpen();
			const found = [...projects.values()].filter(({ organisationId }) => organisationIds === undefined || organisationIds.includes(organisationId));
			return copy(byAge(found, page));
		},
		async updateProject(id, change) {
			assertOpen();
			const known = projects.get(id);
			if (known === undefined) return undefined;
			projects.set(id, { ...known, ...copy(change) });
			return copy(projects.get(id));
		},
		async deleteProject(id) {
			assertOpen();
			for (const key of keys.values()) if (key.projectId === id) keys.delete(key.id);
			return projects.delete(id);
		},
		async createKey(key) {
			assertOpen();
			if (!projects.has(key.projectId)) return false;
			addKey(key);
			return true;
		},
		async listKeys(projectId, page) {
			assertOpen();
			const live = [...keys.values()].filter((key) => key.projectId === projectId && key.revokedAt === undefined);
			return byAge(live, page).map(shown);
		},
		async updateKey(projectId, keyId, { limits }) {
			assertOpen();
			const key = liveKey(projectId, keyId);
			if (key === undefined) return undefined;
			keys.set(keyId, { ...key, limits: copy(limits) });
			return shown({ ...key, limits });
		},
		async revokeKey(projectId, keyId, now) {
			assertOpen();
			const key = liveKey(projectId, keyId);
			if (key === undefined) return false;
			keys.set(keyId, { ...key, revokedAt: now });
			return true;
		},
		async rotateKey(projectId, keyId, { hash, prefix, previousUntil }) {
			assertOpen();
			const key = liveKey(projectId, keyId);
			if (key === undefined) return undefined;
			const { previousHash: _hash, previousUntil: _until, ...rest } = key;
			const next = { ...rest, hash, prefix, ...(previousUntil === undefined ? {} : { previousHash: key.hash, previousUntil }) };
			keys.set(keyId, next);
			keyOf.set(hash, keyId);
			return shown(next);
		},
		async findKey(hash, now) {
			assertOpen();
			const key = keys.get(keyOf.get(hash) ?? "");
			const project = projects.get(key?.projectId ?? "");
			const organisation = organisations.get(project?.organisationId ?? "");
			if (key === undefined || project === undefined || organisation === undefined || !isValid(key, hash, now)) return undefined;
			return { key: shown(key), project: copy(project), organisation: copy(organisation) };
		},
		async touchKeys(uses) {
			assertOpen();
			for (const { keyId, at } of uses) {
				const key = keys.get(keyId);
				if (key !== undefined) keys.set(keyId, { ...key, lastUsedAt: Math.max(key.lastUsedAt ?? at, at) });
			}
		},
	};
}

function isValid({ hash, previousHash, previousUntil = 0, revokedAt, expiresAt = Number.POSITIVE_INFINITY }: StoredKey, presented: string, now: number): boolean {
	const isOwn = hash === presented || (previousHash === presented && previousUntil > now);
	return isOwn && revokedAt === undefined && expiresAt > now;
}

function shown({ hash: _hash, previousHash: _previous, ...key }: StoredKey): VirtualKey {
	return copy(key);
}

/** Nobody who holds on to what was passed in or given out can change what is kept. */
function copy<Value>(value: Value): Value {
	return structuredClone(value);
}
