import type { Identity, LinkedIdentity, User, UserSession } from "../../../contract/account.ts";
import type { AttemptCounter } from "../../../rules/auth/attempts.ts";
import { type AccountStore, mostSessions, type NewUser } from "../account-store.ts";

/** Counters are kept against strangers: they could be made to fill the memory. */
const maxCounters = 10_000;

/** People and sessions are never pushed out. Every verb runs in one go, and so is atomic. What is kept and given out is frozen. */
export function memoryAccounts(assertOpen: () => void): AccountStore {
	const users = new Map<string, User>();
	const idByEmail = new Map<string, string>();
	const passwordHashes = new Map<string, string>();
	const identities = new Map<string, LinkedIdentity & { readonly userId: string }>();
	/** Those that were taken away, with whom. */
	const formerOwners = new Map<string, string>();
	const sessions = new Map<string, UserSession>();
	const counters = new Map<string, AttemptCounter>();

	function keep(user: User): void {
		users.set(user.id, Object.freeze(user));
	}

	function setPassword(userId: string, hash: string | undefined): void {
		if (hash === undefined) passwordHashes.delete(userId);
		else passwordHashes.set(userId, hash);
	}

	function link(userId: string, { provider, subject }: Identity, addedAt: number): void {
		const key = identityKey({ provider, subject });
		identities.set(key, Object.freeze({ provider, subject, addedAt, userId }));
		formerOwners.delete(key);
	}

	function identitiesOf(userId: string): readonly LinkedIdentity[] {
		const own = [...identities].filter(([, each]) => each.userId === userId).sort(([one], [other]) => (one < other ? -1 : 1));
		return own.map(([, { userId: _, ...identity }]) => identity);
	}

	function revoke(session: UserSession, at: number): void {
		sessions.set(session.id, Object.freeze({ ...session, revokedAt: at }));
	}

	function revokeAll(userId: string, at: number): void {
		for (const session of sessions.values()) if (session.userId === userId && session.revokedAt === undefined) revoke(session, at);
	}

	function forgetCounters(now: number): void {
		if (counters.size <= maxCounters) return;
		for (const { key, expiresAt } of counters.values()) if (expiresAt <= now) counters.delete(key);
		for (const key of [...counters.keys()].slice(0, Math.max(0, counters.size - maxCounters))) counters.delete(key);
	}

	return {
		async createUser({ passwordHash, identity, ...user }: NewUser) {
			assertOpen();
			if (idByEmail.has(user.email) || (identity !== undefined && identities.has(identityKey(identity)))) return "taken";
			keep(user);
			idByEmail.set(user.email, user.id);
			setPassword(user.id, passwordHash);
			if (identity !== undefined) link(user.id, identity, user.createdAt);
			return "created";
		},
		async findUser(id) {
			assertOpen();
			return users.get(id);
		},
		async findUsers(ids) {
			assertOpen();
			return [...new Set(ids)].flatMap((id) => users.get(id) ?? []);
		},
		async findUserByEmail(email) {
			assertOpen();
			return users.get(idByEmail.get(email) ?? "");
		},
		async verifyEmail(userId, at) {
			assertOpen();
			const user = users.get(userId);
			if (user !== undefined && user.emailVerifiedAt === undefined) keep({ ...user, emailVerifiedAt: at });
		},
		async findPasswordHash(userId) {
			assertOpen();
			return passwordHashes.get(userId);
		},
		async rehashPassword(userId, from, to) {
			assertOpen();
			if (passwordHashes.get(userId) === from) passwordHashes.set(userId, to);
		},
		async changePassword(userId, { from, to, at }) {
			assertOpen();
			if (!users.has(userId) || passwordHashes.get(userId) !== from) return false;
			setPassword(userId, to);
			revokeAll(userId, at);
			return true;
		},
		async addIdentity(userId, identity, at) {
			assertOpen();
			if (!users.has(userId)) throw new Error("There is no such user");
			const known = identities.get(identityKey(identity));
			if (known === undefined) link(userId, identity, at);
			return known === undefined || known.userId === userId ? "added" : "taken";
		},
		async listIdentities(userId) {
			assertOpen();
			return identitiesOf(userId);
		},
		async removeIdentity(userId, identity, usable) {
			assertOpen();
			const own = identitiesOf(userId);
			const key = identityKey(identity);
			if (!own.some((each) => identityKey(each) === key)) return "unknown";
			if (!passwordHashes.has(userId) && !own.some((each) => identityKey(each) !== key && usable.includes(each.provider))) return "last-way";
			identities.delete(key);
			formerOwners.set(key, userId);
			return "removed";
		},
		async findFormerOwner(identity) {
			assertOpen();
			return formerOwners.get(identityKey(identity));
		},
		async findUserByIdentity(identity) {
			assertOpen();
			return users.get(identities.get(identityKey(identity))?.userId ?? "");
		},
		async createSession(session) {
			assertOpen();
			if (!users.has(session.userId)) throw new Error("There is no such user");
			const own = [...sessions.values()].filter(({ userId }) => userId === session.userId);
			const over = own.filter(({ expiresAt }) => expiresAt <= session.createdAt);
			const rest = own.filter((each) => !over.includes(each)).sort((one, other) => one.createdAt - other.createdAt);
			for (const { id } of [...over, ...rest.slice(0, Math.max(0, rest.length - mostSessions + 1))]) sessions.delete(id);
			sessions.set(session.id, Object.freeze({ ...session }));
		},
		async findSession(id) {
			assertOpen();
			return sessions.get(id);
		},
		async revokeSession(id, at) {
			assertOpen();
			const session = sessions.get(id);
			if (session === undefined || session.revokedAt !== undefined) return false;
			revoke(session, at);
			return true;
		},
		async revokeSessions(userId, at) {
			assertOpen();
			revokeAll(userId, at);
		},
		async countAttempts(keys, now, decide) {
			assertOpen();
			const known = keys.map((key) => counters.get(key)).map((counter) => (counter === undefined || counter.expiresAt <= now ? undefined : counter));
			const decision = decide(known);
			for (const counter of decision.counters) {
				// To the end: who was seen last is forgotten last.
				counters.delete(counter.key);
				counters.set(counter.key, Object.freeze({ ...counter }));
			}
			forgetCounters(now);
			return decision.result;
		},
	};
}

function identityKey({ provider, subject }: Identity): string {
	return JSON.stringify([provider, subject]);
}
