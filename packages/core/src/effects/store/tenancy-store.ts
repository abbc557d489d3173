import type { CacheSetting } from "../../contract/cache.ts";
import type { LimitRules, Membership, Organisation, Project, Role, VirtualKey } from "../../contract/tenancy.ts";
import type { AgedPage, NamedPage } from "./list-page.ts";

/**
 * Organisations, their members and projects, and the projects' keys. Each verb is atomic. What does not exist and what belongs to
 * somebody else is the same: `undefined` or `false`.
 */
export interface TenancyStore {
	/** With its first owner, where it has one. One whose id is there already stays as it is. */
	createOrganisation(organisation: Organisation, ownerId?: string): Promise<void>;
	findOrganisation(id: string): Promise<Organisation | undefined>;
	/** The organisations of which the user is a member, with its role, oldest first. */
	listOrganisations(userId: string): Promise<readonly (Organisation & { readonly role: Role })[]>;
	/** All, or those behind the one with the id `after`; oldest first. */
	listAllOrganisations(page: { readonly limit: number; readonly after?: string }): Promise<readonly Organisation[]>;
	updateOrganisation(id: string, change: { readonly name?: string; readonly limits?: LimitRules }): Promise<Organisation | undefined>;

	listMemberships(userId: string): Promise<readonly Membership[]>;
	/** By user id; all, or a page. */
	listMembers(organisationId: string, page?: NamedPage): Promise<readonly Membership[]>;
	findMember(organisationId: string, userId: string): Promise<Membership | undefined>;
	/** A member who is there already keeps the higher of both roles. Rejects where there is no such organisation. */
	addMember(membership: Membership): Promise<void>;
	/** @returns `last-owner` where nobody would own the organisation any more: nothing is changed then. */
	changeMember(membership: Membership): Promise<"changed" | "unknown" | "last-owner">;
	removeMember(organisationId: string, userId: string): Promise<"removed" | "unknown" | "last-owner">;

	/** Takes the place of an earlier one for the same address. Rejects where there is no such organisation. */
	createInvitation(invitation: Invitation): Promise<void>;
	/** Those that are neither accepted nor over at `now`, oldest first; all, or a page. */
	listInvitations(organisationId: string, now: number, page?: AgedPage): Promise<readonly Invitation[]>;
	/** The one that a token and an address would accept at `now`. */
	findInvitation(tokenHash: string, email: string, now: number): Promise<Invitation | undefined>;
	deleteInvitation(organisationId: string, id: string): Promise<boolean>;
	/** Uses the invitation up and adds the member, at once. @returns `undefined` where there is none for this token and address at `now`. */
	acceptInvitation(tokenHash: string, email: string, userId: string, now: number): Promise<Membership | undefined>;

	/**
	 * With its first key, where one is given: both or neither. Rejects where there is no such organisation.
	 * @returns `false` where there is a project with this id already: nothing is changed then.
	 */
	createProject(project: Project, key?: NewKey): Promise<boolean>;
	findProject(id: string): Promise<Project | undefined>;
	/** Oldest first; all, or a page. @param organisationIds whose; `undefined`: everybody's. */
	listProjects(organisationIds: readonly string[] | undefined, page?: AgedPage): Promise<readonly Project[]>;
	updateProject(id: string, change: ProjectChange): Promise<Project | undefined>;
	/** Its keys are revoked with it; its records stay. */
	deleteProject(id: string): Promise<boolean>;

	/** @returns `false` where there is no such project (any more). */
	createKey(key: NewKey): Promise<boolean>;
	/** Those that are not revoked, expired ones among them; oldest first; all, or a page. */
	listKeys(projectId: string, page?: AgedPage): Promise<readonly VirtualKey[]>;
	/** @returns `undefined` where the project has no such key, or it was revoked. */
	updateKey(projectId: string, keyId: string, change: { readonly limits: LimitRules }): Promise<VirtualKey | undefined>;
	/** @returns `false` where the project has no such key, or it was revoked before. */
	revokeKey(projectId: string, keyId: string, now: number): Promise<boolean>;
	/**
	 * The secret of before works until `previousUntil`, in milliseconds since 1970; at once no more where that is absent. One that was
	 * in its grace period already works no more.
	 */
	rotateKey(projectId: string, keyId: string, next: NextSecret): Promise<VirtualKey | undefined>;
	/** By the hash of a secret that is valid at `now`: neither revoked nor expired, the newest one or one in its grace period. */
	findKey(hash: string, now: number): Promise<FoundKey | undefined>;
	/** When keys were last used. Never goes back in time; unknown keys are passed over. */
	touchKeys(uses: readonly KeyUse[]): Promise<void>;
}

export interface ProjectChange {
	readonly name?: string;
	readonly limits?: LimitRules;
	readonly cache?: CacheSetting;
}

export interface NewKey extends Omit<VirtualKey, "lastUsedAt" | "revokedAt" | "previousUntil"> {
	/** SHA-256 of the whole key, in hexadecimal. */
	readonly hash: string;
}

export interface NextSecret {
	readonly hash: string;
	readonly prefix: string;
	readonly previousUntil?: number;
}

export interface KeyUse {
	readonly keyId: string;
	readonly at: number;
}

/** A key with all that decides on its requests. */
export interface FoundKey {
	readonly key: VirtualKey;
	readonly project: Project;
	readonly organisation: Organisation;
}

export interface Invitation {
	readonly id: string;
	readonly organisationId: string;
	/** As accounts keep it. */
	readonly email: string;
	readonly role: Exclude<Role, "owner">;
	readonly invitedBy: string;
	readonly createdAt: number;
	readonly expiresAt: number;
	/** SHA-256 of the token that was shown once. */
	readonly tokenHash: string;
}

