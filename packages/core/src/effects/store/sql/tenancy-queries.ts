import type { Kysely, Transaction } from "kysely";
import type { Membership, Role } from "../../../contract/tenancy.ts";
import { isAtLeast } from "../../../rules/auth/access.ts";
import { assertListLimit } from "../list-limit.ts";
import type { FoundKey, KeyUse, NewKey, TenancyStore } from "../tenancy-store.ts";
import { deleteLearning } from "./learning-queries.ts";
import { byAge, byName } from "./list-pages.ts";
import type { Database } from "./schema.ts";
import type { SqlAccess } from "./sql-access.ts";
import { restoredText, storableText } from "./storable-text.ts";
import * as rows from "./tenancy-rows.ts";
import { inTransaction } from "./transaction.ts";

/** Verbs that change who belongs to an organisation lock its row first: what they read there stays true until they are done. */
export function sqlTenancy({ read, write }: SqlAccess): TenancyStore {
	const transact = <Result>(verb: (transaction: Transaction<Database>) => Promise<Result>) => write((kysely) => inTransaction(kysely, verb));

	return {
		createOrganisation: (organisation, ownerId) =>
			transact(async (transaction) => {
				const created = await transaction
					.insertInto("organisations")
					.values(rows.organisationRow(organisation))
					.onConflict((conflict) => conflict.column("id").doNothing())
					.returning("id")
					.executeTakeFirst();
				if (created === undefined || ownerId === undefined) return;
				await transaction.insertInto("members").values(rows.memberRow({ organisationId: organisation.id, userId: ownerId, role: "owner" })).execute();
			}),
		findOrganisation: (id) =>
			read(async (kysely) => {
				const row = await kysely.selectFrom("organisations").selectAll().where("id", "=", storableText(id)).executeTakeFirst();
				return row === undefined ? undefined : rows.organisationOf(row);
			}),
		listOrganisations: (userId) =>
			read(async (kysely) => {
				const found = await kysely
					.selectFrom("organisations")
					.innerJoin("members", "members.organisation_id", "organisations.id")
					.selectAll("organisations")
					.select("members.role")
					.where("members.user_id", "=", storableText(userId))
					.orderBy("organisations.created_at")
					.orderBy("organisations.id")
					.execute();
				return found.map((row) => ({ ...rows.organisationOf(row), role: row.role as Role }));
			}),
		listAllOrganisations: ({ limit, after }) =>
			read(async (kysely) => {
				let query = kysely.selectFrom("organisations").selectAll();
				if (after !== undefined) {
					const last = await kysely.selectFrom("organisations").select(["created_at", "id"]).where("id", "=", storableText(after)).executeTakeFirst();
					if (last === undefined) return [];
					query = query.where((where) => where(where.refTuple("created_at", "id"), ">", where.tuple(last.created_at, last.id)));
				}
				const found = await query.orderBy("created_at").orderBy("id").limit(assertListLimit(limit)).execute();
				return found.map(rows.organisationOf);
			}),
		updateOrganisation: (id, change) =>
			write(async (kysely) => {
				const row = await kysely
					.updateTable("organisations")
					.set({ id: storableText(id), ...rows.changeRow(change) })
					.where("id", "=", storableText(id))
					.returningAll()
					.executeTakeFirst();
				return row === undefined ? undefined : rows.organisationOf(row);
			}),

		listMemberships: (userId) =>
			read(async (kysely) => (await kysely.selectFrom("members").selectAll().where("user_id", "=", storableText(userId)).execute()).map(rows.membershipOf)),
		listMembers: (organisationId, page) =>
			read(async (kysely) => {
				const found = kysely.selectFrom("members").selectAll().where("organisation_id", "=", storableText(organisationId));
				return (await byName(found, "user_id", page).execute()).map(rows.membershipOf);
			}),
		findMember: (organisationId, userId) =>
			read(async (kysely) => {
				const members = kysely.selectFrom("members").selectAll().where("organisation_id", "=", storableText(organisationId));
				const row = await members.where("user_id", "=", storableText(userId)).executeTakeFirst();
				return row === undefined ? undefined : rows.membershipOf(row);
			}),
		addMember: (membership) =>
			transact(async (transaction) => {
				await join(transaction, membership);
			}),
		changeMember: (membership) =>
			transact(async (transaction) => {
				const { organisationId, userId, role } = membership;
				await lockOrganisation(transaction, organisationId);
				const owners = await standing(transaction, organisationId, userId);
				if (owners === "unknown" || (owners === "last-owner" && role !== "owner")) return owners;
				const changed = transaction.updateTable("members").set({ role }).where("organisation_id", "=", storableText(organisationId));
				await changed.where("user_id", "=", storableText(userId)).execute();
				return "changed";
			}),
		removeMember: (organisationId, userId) =>
			transact(async (transaction) => {
				await lockOrganisation(transaction, organisationId);
				const owners = await standing(transaction, organisationId, userId);
				if (owners !== "free") return owners;
				const gone = transaction.deleteFrom("members").where("organisation_id", "=", storableText(organisationId));
				await gone.where("user_id", "=", storableText(userId)).execute();
				return "removed";
			}),

		createInvitation: (invitation) =>
			transact(async (transaction) => {
				const row = rows.invitationRow(invitation);
				await transaction.deleteFrom("invitations").where("organisation_id", "=", row.organisation_id).where("email", "=", row.email).execute();
				await transaction.insertInto("invitations").values(row).execute();
			}),
		listInvitations: (organisationId, now, page) =>
			read(async (kysely) => {
				const open = kysely.selectFrom("invitations").selectAll().where("organisation_id", "=", storableText(organisationId)).where("expires_at", ">", now);
				return (await byAge(open, page).execute()).map(rows.invitationOf);
			}),
		findInvitation: (tokenHash, email, now) =>
			read(async (kysely) => {
				const named = kysely.selectFrom("invitations").selectAll().where("token_hash", "=", storableText(tokenHash)).where("email", "=", storableText(email));
				const row = await named.where("expires_at", ">", now).executeTakeFirst();
				return row === undefined ? undefined : rows.invitationOf(row);
			}),
		deleteInvitation: (organisationId, id) =>
			write(async (kysely) => {
				const gone = kysely.deleteFrom("invitations").where("id", "=", storableText(id)).where("organisation_id", "=", storableText(organisationId));
				return (await gone.returning("id").executeTakeFirst()) !== undefined;
			}),
		acceptInvitation: (tokenHash, email, userId, now) =>
			transact(async (transaction) => {
				const row = await transaction
					.deleteFrom("invitations")
					.where("token_hash", "=", storableText(tokenHash))
					.where("email", "=", storableText(email))
					.where("expires_at", ">", now)
					.returningAll()
					.executeTakeFirst();
				if (row === undefined) return undefined;
				const { organisationId, role } = rows.invitationOf(row);
				return join(transaction, { organisationId, userId, role });
			}),

		createProject: (project, key) =>
			transact(async (transaction) => {
				const created = await transaction
					.insertInto("projects")
					.values(rows.projectRow(project))
					.onConflict((conflict) => conflict.column("id").doNothing())
					.returning("id")
					.executeTakeFirst();
				if (created !== undefined && key !== undefined) await insertKey(transaction, key);
				return created !== undefined;
			}),
		findProject: (id) =>
			read(async (kysely) => {
				const row = await kysely.selectFrom("projects").selectAll().where("id", "=", storableText(id)).executeTakeFirst();
				return row === undefined ? undefined : rows.projectOf(row);
			}),
		listProjects: (organisationIds, page) =>
			read(async (kysely) => {
				if (organisationIds?.length === 0) return [];
				const all = kysely.selectFrom("projects").selectAll();
				const found = organisationIds === undefined ? all : all.where("organisation_id", "in", organisationIds.map(storableText));
				return (await byAge(found, page).execute()).map(rows.projectOf);
			}),
		updateProject: (id, change) =>
			write(async (kysely) => {
				const row = await kysely
					.updateTable("projects")
					.set({ id: storableText(id), ...rows.projectChangeRow(change) })
					.where("id", "=", storableText(id))
					.returningAll()
					.executeTakeFirst();
				return row === undefined ? undefined : rows.projectOf(row);
			}),
		deleteProject: (id) =>
			transact(async (transaction) => {
				await deleteLearning(transaction, id);
				return (await transaction.deleteFrom("projects").where("id", "=", storableText(id)).returning("id").executeTakeFirst()) !== undefined;
			}),

		createKey: (key) =>
			transact(async (transaction) => {
				// Locks the project: it cannot go before its key is there.
				const projectId = storableText(key.projectId);
				const project = await transaction.updateTable("projects").set({ id: projectId }).where("id", "=", projectId).returning("id").executeTakeFirst();
				if (project !== undefined) await insertKey(transaction, key);
				return project !== undefined;
			}),
		listKeys: (projectId, page) =>
			read(async (kysely) => {
				const live = kysely.selectFrom("virtual_keys").selectAll().where("project_id", "=", storableText(projectId)).where("revoked_at", "is", null);
				return (await byAge(live, page).execute()).map(rows.keyOf);
			}),
		updateKey: (projectId, keyId, { limits }) =>
			write(async (kysely) => {
				const row = await kysely
					.updateTable("virtual_keys")
					.set({ limits: JSON.stringify(limits) })
					.where("id", "=", storableText(keyId))
					.where("project_id", "=", storableText(projectId))
					.where("revoked_at", "is", null)
					.returningAll()
					.executeTakeFirst();
				return row === undefined ? undefined : rows.keyOf(row);
			}),
		revokeKey: (projectId, keyId, now) =>
			write(async (kysely) => {
				const row = await kysely
					.updateTable("virtual_keys")
					.set({ revoked_at: now, previous_hash: null, previous_until: null })
					.where("id", "=", storableText(keyId))
					.where("project_id", "=", storableText(projectId))
					.where("revoked_at", "is", null)
					.returning("id")
					.executeTakeFirst();
				return row !== undefined;
			}),
		rotateKey: (projectId, keyId, { hash, prefix, previousUntil }) =>
			write(async (kysely) => {
				// One statement: it reads the secret that it replaces under the row's lock, so that of rotations at once one secret is left.
				const row = await kysely
					.updateTable("virtual_keys")
					.set((set) => ({
						previous_hash: previousUntil === undefined ? null : set.ref("hash"),
						previous_until: previousUntil ?? null,
						hash: storableText(hash),
						prefix: storableText(prefix),
					}))
					.where("id", "=", storableText(keyId))
					.where("project_id", "=", storableText(projectId))
					.where("revoked_at", "is", null)
					.returningAll()
					.executeTakeFirst();
				return row === undefined ? undefined : rows.keyOf(row);
			}),
		findKey: (hash, now) => read((kysely) => findKey(kysely, hash, now)),
		touchKeys: (uses) => (uses.length === 0 ? Promise.resolve() : transact((transaction) => touchKeys(transaction, uses))),
	};
}

async function lockOrganisation(transaction: Transaction<Database>, id: string): Promise<void> {
	await transaction.updateTable("organisations").set({ id: storableText(id) }).where("id", "=", storableText(id)).execute();
}

async function join(transaction: Transaction<Database>, membership: Membership): Promise<Membership> {
	const { organisationId, userId, role } = membership;
	await lockOrganisation(transaction, organisationId);
	const known = await transaction
		.selectFrom("members")
		.select("role")
		.where("organisation_id", "=", storableText(organisationId))
		.where("user_id", "=", storableText(userId))
		.executeTakeFirst();
	if (known !== undefined && isAtLeast(known.role as Role, role)) return { ...membership, role: known.role as Role };
	await transaction
		.insertInto("members")
		.values(rows.memberRow(membership))
		.onConflict((conflict) => conflict.columns(["organisation_id", "user_id"]).doUpdateSet({ role }))
		.execute();
	return membership;
}

/** Whether a member could go. */
async function standing(transaction: Transaction<Database>, organisationId: string, userId: string): Promise<"unknown" | "last-owner" | "free"> {
	const members = await transaction.selectFrom("members").select(["user_id", "role"]).where("organisation_id", "=", storableText(organisationId)).execute();
	const member = members.find((each) => restoredText(each.user_id) === userId);
	if (member === undefined) return "unknown";
	return member.role === "owner" && members.filter(({ role }) => role === "owner").length === 1 ? "last-owner" : "free";
}

async function insertKey(transaction: Transaction<Database>, key: NewKey): Promise<void> {
	await transaction.insertInto("virtual_keys").values(rows.keyRow(key)).execute();
}

async function findKey(kysely: Kysely<Database>, hash: string, now: number): Promise<FoundKey | undefined> {
	const presented = storableText(hash);
	const row = await kysely
		.selectFrom("virtual_keys")
		.selectAll()
		.where((where) => where.or([where("hash", "=", presented), where.and([where("previous_hash", "=", presented), where("previous_until", ">", now)])]))
		.where("revoked_at", "is", null)
		.where((where) => where.or([where("expires_at", "is", null), where("expires_at", ">", now)]))
		.executeTakeFirst();
	if (row === undefined) return undefined;
	const project = await kysely.selectFrom("projects").selectAll().where("id", "=", row.project_id).executeTakeFirst();
	if (project === undefined) return undefined;
	const organisation = await kysely.selectFrom("organisations").selectAll().where("id", "=", project.organisation_id).executeTakeFirst();
	if (organisation === undefined) return undefined;
	return { key: rows.keyOf(row), project: rows.projectOf(project), organisation: rows.organisationOf(organisation) };
}

async function touchKeys(transaction: Transaction<Database>, uses: readonly KeyUse[]): Promise<void> {
	for (const { keyId, at } of uses) {
		await transaction
			.updateTable("virtual_keys")
			.set({ last_used_at: at })
			.where("id", "=", storableText(keyId))
			.where((where) => where.or([where("last_used_at", "is", null), where("last_used_at", "<", at)]))
			.execute();
	}
}
