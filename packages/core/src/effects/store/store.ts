import type { NewTurn, Session, Turn, UsageRecord } from "../../contract/session.ts";
import type { AccountStore } from "./account-store.ts";
import type { AuditStore } from "./audit-store.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { IdempotencyStore } from "./idempotency-store.ts";
import type { InsightsStore } from "./insights-store.ts";
import type { LearningStore } from "./learning-store.ts";
import type { LimitStore } from "./limit-store.ts";
import type { TenancyStore } from "./tenancy-store.ts";

/**
 * The persistence verbs. Each is atomic: it happens whole or not at all, also when the process is killed in its midst, and two
 * at once behave as one after the other.
 */
export interface Store {
	/** @returns the session, or `undefined` where there is none by that id. */
	findSession(id: string): Promise<Session | undefined>;
	/**
	 * Adds a turn with the next sequence number, and the session itself with its first turn.
	 * @returns the turn as stored, or `undefined` where the session belongs to another owner, or where `follows` is not its newest
	 * turn: nothing is written then.
	 */
	appendTurn(turn: NewTurn): Promise<Turn | undefined>;
	/** The turn that a request made. `undefined` for one of another owner, and for one that was deleted. */
	findTurn(requestId: string, ownerId: string): Promise<Turn | undefined>;
	/**
	 * `findTurn` finds the turn no more. Later turns of its session stand on what was said in it: it goes altogether with the last
	 * of them.
	 * @returns `false` where there is none to be found.
	 */
	deleteTurn(requestId: string, ownerId: string): Promise<boolean>;
	/** The turns of a session in order; the newest `limit` of them where one is given. Empty for an unknown session. */
	listTurns(sessionId: string, limit?: number): Promise<readonly Turn[]>;
	/** Resolves once the record is durable against the death of the process. A record whose id is there already changes nothing. */
	recordUsage(record: UsageRecord): Promise<void>;
	/** Newest first. `limit` defaults to 100. */
	listUsage(filter?: UsageFilter): Promise<readonly UsageRecord[]>;
	readonly tenancy: TenancyStore;
	readonly accounts: AccountStore;
	readonly audit: AuditStore;
	readonly credentials: CredentialStore;
	readonly idempotency: IdempotencyStore;
	readonly limits: LimitStore;
	readonly insights: InsightsStore;
	readonly learning: LearningStore;
	/** Rejects where the store cannot serve. */
	check(): Promise<void>;
	/** Waits for what is being written. The store is of no use afterwards. */
	close(): Promise<void>;
}

export interface UsageFilter {
	readonly id?: string;
	readonly principalId?: string;
	readonly sessionId?: string;
	readonly projectId?: string;
	/** Records that began at this time or later, and before that one. */
	readonly from?: number;
	readonly to?: number;
	/** Only records behind this one in the list, which may be gone. */
	readonly behind?: Pick<UsageRecord, "id" | "startedAt">;
	readonly limit?: number;
}
