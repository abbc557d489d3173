import type { Kysely, Selectable } from "kysely";
import type { Identity, LinkedIdentity, User, UserSession } from "../../../contract/account.ts";
import type { AttemptCounter } from "../../../rules/auth/attempts.ts";
import { type AccountStore, type DecideAttempt, mostSessions, type NewUser, type PasswordChange } from "../account-store.ts";
import type { AttemptCountersTable, Database, UserSessionsTable, UsersTable } from "./schema.ts";
import type { SqlAccess } from "./sql-access.ts";
import { restoredText, storableText } from "./storable-text.ts";
import { inTransaction } from "./transaction.ts";

export function sqlAccounts({ read, write }: SqlAccess): AccountStore {
	return {
		createUser: (user) => write((kysely) => createUser(kysely, user)),
		findUser: (id) => read(async (kysely) => restoreUser(await users(kysely).where("id", "=", storableText(id)).executeTakeFirst())),
		findUsers: (ids) => read((kysely) => findUsers(kysely, ids)),
		findUserByEmail: (email) => read(async (kysely) => restoreUser(await users(kysely).where("email", "=", storableText(email)).executeTakeFirst())),
		verifyEmail: (userId, at) => write((kysely) => verifyEmail(kysely, userId, at)),
		findPasswordHash: (userId) => read((kysely) => findPasswordHash(kysely, userId)),
		rehashPassword: (userId, from, to) => write((kysely) => rehashPassword(kysely, userId, from, to)),
		changePassword: (userId, change) => write((kysely) => changePassword(kysely, userId, change)),
		addIdentity: (userId, identity, at) => write(async (kysely) => ((await insertIdentity(kysely, userId, identity, at)) ? "added" : "taken")),
		listIdentities: (userId) => read((kysely) => listIdentities(kysely, userId)),
		removeIdentity: (userId, identity, usable, at) => write((kysely) => removeIdentity(kysely, userId, identity, usable, at)),
		findFormerOwner: (identity) => read((kysely) => findFormerOwner(kysely, identity)),
		findUserByIdentity: (identity) => read((kysely) => findUserByIdentity(kysely, identity)),
		createSession: (session) => write((kysely) => createSession(kysely, session)),
		findSession: (id) => read((kysely) => findSession(kysely, id)),
		revokeSession: (id, at) => write((kysely) => revokeSession(kysely, id, at)),
		revokeSessions: (userId, at) => write((kysely) => revokeSessions(kysely, userId, at)),
		countAttempts: (keys, now, decide) => write((kysely) => countAttempts(kysely, keys, now, decide)),
	};
}

function users(kysely: Kysely<Database>) {
	return kysely.selectFrom("users").selectAll();
}

function createUser(kysely: Kysely<Database>, { identity, ...user }: NewUser): Promise<"created" | "taken"> {
	return inTransaction(kysely, async (transaction) => {
		const row: UsersTable = {
			id: storableText(user.id),
			email: storableText(user.email),
			shown_email: storableText(user.shownEmail),
			name: storableText(user.name),
			password_hash: user.passwordHash === undefined ? null : storableText(user.passwordHash),
			email_verified_at: user.emailVerifiedAt ?? null,
			created_at: user.createdAt,
		};
		const inserted = await transaction
			.insertInto("users")
			.values(row)
			.onConflict((conflict) => conflict.column("email").doNothing())
			.returning("id")
			.executeTakeFirst();
		if (inserted === undefined) return "taken";
		if (identity === undefined || (await insertIdentity(transaction, user.id, identity, user.createdAt))) return "created";
		await transaction.deleteFrom("users").where("id", "=", row.id).execute();
		return "taken";
	});
}

/** SQLite binds at most 32 766 values in one statement. */
const idsPerStatement = 1000;

async function findUsers(kysely: Kysely<Database>, ids: readonly string[]): Promise<readonly User[]> {
	const all = [...new Set(ids.map(storableText))];
	const found: User[] = [];
	for (let at = 0; at < all.length; at += idsPerStatement) {
		const rows = await users(kysely).where("id", "in", all.slice(at, at + idsPerStatement)).execute();
		found.push(...rows.flatMap((row) => restoreUser(row) ?? []));
	}
	return found;
}

async function verifyEmail(kysely: Kysely<Database>, userId: string, at: number): Promise<void> {
	await kysely.updateTable("users").set({ email_verified_at: at }).where("id", "=", storableText(userId)).where("email_verified_at", "is", null).execute();
}

async function findPasswordHash(kysely: Kysely<Database>, userId: string): Promise<string | undefined> {
	const row = await kysely.selectFrom("users").select("password_hash").where("id", "=", storableText(userId)).executeTakeFirst();
	return row === undefined || row.password_hash === null ? undefined : restoredText(row.password_hash);
}

async function rehashPassword(kysely: Kysely<Database>, userId: string, from: string, to: string): Promise<void> {
	await kysely
		.updateTable("users")
		.set({ password_hash: storableText(to) })
		.where("id", "=", storableText(userId))
		.where("password_hash", "=", storableText(from))
		.execute();
}

function changePassword(kysely: Kysely<Database>, userId: string, { from, to, at }: PasswordChange): Promise<boolean> {
	return inTransaction(kysely, async (transaction) => {
		const changed = await transaction
			.updateTable("users")
			.set({ password_hash: to === undefined ? null : storableText(to) })
			.where("id", "=", storableText(userId))
			.where((row) => (from === undefined ? row("password_hash", "is", null) : row("password_hash", "=", storableText(from))))
			.returning("id")
			.executeTakeFirst();
		if (changed === undefined) return false;
		await revokeSessions(transaction, userId, at);
		return true;
	});
}

/** @returns whether it is this person's, now or before. */
async function insertIdentity(kysely: Kysely<Database>, userId: string, { provider, subject }: Identity, at: number): Promise<boolean> {
	await kysely
		.insertInto("identities")
		.values({ provider: storableText(provider), subject: storableText(subject), user_id: storableText(userId), created_at: at, removed_at: null })
		.onConflict((conflict) =>
			conflict
				.columns(["provider", "subject"])
				.doUpdateSet({ user_id: storableText(userId), created_at: at, removed_at: null })
				.where("identities.removed_at", "is not", null),
		)
		.execute();
	const owner = await kysely
		.selectFrom("identities")
		.select("user_id")
		.where("provider", "=", storableText(provider))
		.where("subject", "=", storableText(subject))
		.executeTakeFirst();
	return owner?.user_id === storableText(userId);
}

async function listIdentities(kysely: Kysely<Database>, userId: string): Promise<readonly LinkedIdentity[]> {
	const own = kysely.selectFrom("identities").selectAll().where("user_id", "=", storableText(userId)).where("removed_at", "is", null);
	return (await own.orderBy("provider").orderBy("subject").execute()).map((row) => ({
		provider: restoredText(row.provider),
		subject: restoredText(row.subject),
		...(row.created_at === null ? {} : { addedAt: row.created_at }),
	}));
}

function removeIdentity(
	kysely: Kysely<Database>,
	userId: string,
	{ provider, subject }: Identity,
	usable: readonly string[],
	at: number,
): ReturnType<AccountStore["removeIdentity"]> {
	return inTransaction(kysely, async (transaction) => {
		const id = storableText(userId);
		// Locks the person first: of two ways that are taken away at once one stays.
		const person = await transaction.updateTable("users").set({ id }).where("id", "=", id).returning("password_hash").executeTakeFirst();
		const own = await listIdentities(transaction, userId);
		const others = own.filter((each) => each.provider !== provider || each.subject !== subject);
		if (others.length === own.length) return "unknown";
		if (person?.password_hash === null && !others.some((each) => usable.includes(each.provider))) return "last-way";
		const removed = transaction.updateTable("identities").set({ removed_at: at }).where("provider", "=", storableText(provider));
		await removed.where("subject", "=", storableText(subject)).execute();
		return "removed";
	});
}

async function findFormerOwner(kysely: Kysely<Database>, { provider, subject }: Identity): Promise<string | undefined> {
	const removed = kysely.selectFrom("identities").select("user_id").where("removed_at", "is not", null);
	const row = await removed.where("provider", "=", storableText(provider)).where("subject", "=", storableText(subject)).executeTakeFirst();
	return row === undefined ? undefined : restoredText(row.user_id);
}

async function findUserByIdentity(kysely: Kysely<Database>, { provider, subject }: Identity): Promise<User | undefined> {
	const row = await kysely
		.selectFrom("users")
		.innerJoin("identities", "identities.user_id", "users.id")
		.selectAll("users")
		.where("identities.provider", "=", storableText(provider))
		.where("identities.subject", "=", storableText(subject))
		.where("identities.removed_at", "is", null)
		.executeTakeFirst();
	return restoreUser(row);
}

function createSession(kysely: Kysely<Database>, { id, userId, createdAt, expiresAt, revokedAt }: UserSession): Promise<void> {
	return inTransaction(kysely, async (transaction) => {
		const user_id = storableText(userId);
		await transaction.deleteFrom("user_sessions").where("user_id", "=", user_id).where("expires_at", "<=", createdAt).execute();
		await transaction
			.deleteFrom("user_sessions")
			.where("user_id", "=", user_id)
			.where("id", "in", (own) =>
				own
					.selectFrom("user_sessions")
					.select("id")
					.where("user_id", "=", user_id)
					.orderBy("created_at", "desc")
					.limit(mostSessions)
					.offset(mostSessions - 1),
			)
			.execute();
		await transaction
			.insertInto("user_sessions")
			.values({ id: storableText(id), user_id, created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt ?? null })
			.execute();
	});
}

async function findSession(kysely: Kysely<Database>, id: string): Promise<UserSession | undefined> {
	const row = await kysely.selectFrom("user_sessions").selectAll().where("id", "=", storableText(id)).executeTakeFirst();
	return row === undefined ? undefined : restoreSession(row);
}

async function revokeSession(kysely: Kysely<Database>, id: string, at: number): Promise<boolean> {
	const revoked = await kysely
		.updateTable("user_sessions")
		.set({ revoked_at: at })
		.where("id", "=", storableText(id))
		.where("revoked_at", "is", null)
		.returning("id")
		.executeTakeFirst();
	return revoked !== undefined;
}

async function revokeSessions(kysely: Kysely<Database>, userId: string, at: number): Promise<void> {
	await kysely.updateTable("user_sessions").set({ revoked_at: at }).where("user_id", "=", storableText(userId)).where("revoked_at", "is", null).execute();
}

async function countAttempts<Result>(kysely: Kysely<Database>, keys: readonly string[], now: number, decide: DecideAttempt<Result>): Promise<Result> {
	// Not in the transaction: on PostgreSQL two of them would lock each other's rows in different orders.
	await kysely.deleteFrom("attempt_counters").where("expires_at", "<=", now).execute();
	return inTransaction(kysely, async (transaction) => {
		const known = new Map<string, AttemptCounter>();
		for (const key of keys.toSorted()) {
			// Locks the row before anything is decided by it, whether it was there or not.
			const row = await transaction
				.insertInto("attempt_counters")
				.values({ key: storableText(key), failures: 0, last_at: 0, succeeded_at: null, expires_at: now })
				.onConflict((conflict) => conflict.column("key").doUpdateSet((set) => ({ failures: set.ref("attempt_counters.failures") })))
				.returningAll()
				.executeTakeFirstOrThrow();
			if (row.expires_at > now) known.set(key, restoreCounter(row));
		}
		const { counters, result } = decide(keys.map((key) => known.get(key)));
		for (const { key, failures, lastAt, succeededAt, expiresAt } of counters) {
			await transaction
				.updateTable("attempt_counters")
				.set({ failures, last_at: lastAt, succeeded_at: succeededAt ?? null, expires_at: expiresAt })
				.where("key", "=", storableText(key))
				.execute();
		}
		return result;
	});
}

function restoreUser(row: Selectable<UsersTable> | undefined): User | undefined {
	if (row === undefined) return undefined;
	return {
		id: restoredText(row.id),
		email: restoredText(row.email),
		shownEmail: restoredText(row.shown_email),
		name: restoredText(row.name),
		...(row.email_verified_at === null ? {} : { emailVerifiedAt: row.email_verified_at }),
		createdAt: row.created_at,
	};
}

function restoreSession(row: Selectable<UserSessionsTable>): UserSession {
	return {
		id: restoredText(row.id),
		userId: restoredText(row.user_id),
		createdAt: row.created_at,
		expiresAt: row.expires_at,
		...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at }),
	};
}

function restoreCounter(row: Selectable<AttemptCountersTable>): AttemptCounter {
	return {
		key: restoredText(row.key),
		failures: row.failures,
		lastAt: row.last_at,
		...(row.succeeded_at === null ? {} : { succeededAt: row.succeeded_at }),
		expiresAt: row.expires_at,
	};
}
