import type { Identity, LinkedIdentity, User, UserSession } from "../../contract/account.ts";
import type { AttemptCounter } from "../../rules/auth/attempts.ts";

/** People, how they prove who they are, and the browsers they are signed in with. Each verb is atomic. */
export interface AccountStore {
	/** @returns `taken` where another one has the address or the identity: nothing is written then. */
	createUser(user: NewUser): Promise<"created" | "taken">;
	findUser(id: string): Promise<User | undefined>;
	/** Those that are there, in no particular order. */
	findUsers(ids: readonly string[]): Promise<readonly User[]>;
	findUserByEmail(email: string): Promise<User | undefined>;
	/** Only ever sets it: an address that was once vouched for stays so. */
	verifyEmail(userId: string, at: number): Promise<void>;

	/** `undefined` also for somebody who signs in by other means. */
	findPasswordHash(userId: string): Promise<string | undefined>;
	/** The same password, hashed in another way: nothing happens where it is no more the one that `from` is a hash of. */
	rehashPassword(userId: string, from: string, to: string): Promise<void>;
	/**
	 * Another password, or none, and every session of the person revoked, at once.
	 * @param from the hash that was there when the person proved to know it; `undefined` where there was none.
	 * @returns `false` where it is another one by now: nothing is changed then.
	 */
	changePassword(userId: string, change: PasswordChange): Promise<boolean>;

	/** @returns `taken` where the identity is another person's; what is this person's already is `added` again. */
	addIdentity(userId: string, identity: Identity, at: number): Promise<"added" | "taken">;
	/** By provider and subject. */
	listIdentities(userId: string): Promise<readonly LinkedIdentity[]>;
	/**
	 * It opens nothing from then on. That it did is remembered, until somebody adds it again.
	 * @param usable the providers by which people can sign in now.
	 * @returns `last-way` where neither a password nor another identity of these would be left: nothing is changed then.
	 */
	removeIdentity(userId: string, identity: Identity, usable: readonly string[], at: number): Promise<"removed" | "unknown" | "last-way">;
	/** The id of the person from whom an identity was taken away. */
	findFormerOwner(identity: Identity): Promise<string | undefined>;
	findUserByIdentity(identity: Identity): Promise<User | undefined>;

	/** Those of the person's sessions that are over when this one begins are forgotten, and the oldest beyond {@link mostSessions}. */
	createSession(session: UserSession): Promise<void>;
	/** Revoked and expired ones too. */
	findSession(id: string): Promise<UserSession | undefined>;
	/** @returns `false` where there is none, or it was revoked before. */
	revokeSession(id: string, at: number): Promise<boolean>;
	/** All of a person that are not revoked yet. */
	revokeSessions(userId: string, at: number): Promise<void>;

	/**
	 * Hands the counters of these keys, in their order, to `decide`, and keeps those that it gives back: two at once decide one after
	 * the other. A counter that is over at `now` is as good as none.
	 */
	countAttempts<Result>(keys: readonly string[], now: number, decide: DecideAttempt<Result>): Promise<Result>;
}

/** Of one person at once: whoever signs in again and again must not fill the store. */
export const mostSessions = 100;

export interface NewUser extends User {
	readonly passwordHash?: string;
	readonly identity?: Identity;
}

export interface PasswordChange {
	readonly from: string | undefined;
	readonly to: string | undefined;
	readonly at: number;
}

/** Pure: a store may call it more than once. */
export type DecideAttempt<Result> = (counters: readonly (AttemptCounter | undefined)[]) => {
	readonly counters: readonly AttemptCounter[];
	readonly result: Result;
};
