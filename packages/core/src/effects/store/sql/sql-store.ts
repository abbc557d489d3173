import { type CompiledQuery, type Kysely, sql } from "kysely";
import { dayOf } from "../../../rules/usage/rollup.ts";
import { groupCommit } from "../group-commit.ts";
import type { Store } from "../store.ts";
import { assertUsageRecord } from "../usage-record.ts";
import { sqlLimits } from "./limit-queries.ts";
import type { Database, UsageRow } from "./schema.ts";
import { appendTurn, deleteTurn, findSession, findTurn, listTurns } from "./session-queries.ts";
import { sqlAccounts } from "./account-queries.ts";
import { sqlAudit } from "./audit-queries.ts";
import { sqlCredentials } from "./credential-queries.ts";
import { pruneFeedback, sqlLearning } from "./learning-queries.ts";
import { sqlIdempotency } from "./idempotency-queries.ts";
import { rollupGroups, rollupQuery } from "./rollup-queries.ts";
import type { SqlAccess } from "./sql-access.ts";
import { sqlTenancy } from "./tenancy-queries.ts";
import { listUsage, usageRow } from "./usage-queries.ts";

/** An open, migrated database, with what is done in another way on each. */
export interface SqlDatabase {
	readonly kysely: Kysely<Database>;
	/** Resolves once all rows are committed, or rejects with none of them. One whose id is there already changes nothing. */
	commitUsage(rows: readonly UsageRow[]): Promise<void>;
	/** Resolves once every committed row is in `usage_records` and in the roll-ups. */
	settleUsage(): Promise<void>;
	/** Runs a query that may have to read much: where there are threads, beside the event loop. */
	report(query: CompiledQuery): Promise<readonly Readonly<Record<string, unknown>>[]>;
	/** Deletes the rows of a table that began before a time, a few at once. */
	pruneUsage(table: PrunedTable, before: number): Promise<void>;
	/** Resolves when a transaction that writes can begin without blocking the event loop. */
	writable(): Promise<void>;
	/** Rejects where the database is not fit, beyond what a query would show. */
	check(): Promise<void>;
	close(): Promise<void>;
}

export type PrunedTable = "usage_records" | "usage_rollups";

/**
 * @param open is called at the first verb, and again at the next one where it rejected: a disk that comes back is met again.
 * @param defer calls back at the end of the event loop's turn: what is recorded until then is one group.
 */
export function sqlStore(open: () => Promise<SqlDatabase>, defer: (callback: () => void) => void): Store {
	let opened: Promise<SqlDatabase> | undefined;
	let closing: Promise<void> | undefined;
	const running = new Set<Promise<unknown>>();

	function database(): Promise<SqlDatabase> {
		if (opened === undefined) {
			const attempt = open();
			opened = attempt;
			attempt.catch(() => {
				opened = undefined;
			});
		}
		return opened;
	}

	/** Runs a verb, and lets `close` wait for it. */
	function run<Result>(verb: (database: SqlDatabase) => Promise<Result>): Promise<Result> {
		if (closing !== undefined) return Promise.reject(new Error("The store is closed"));
		const result = database().then(verb);
		running.add(result);
		const ended = () => running.delete(result);
		result.then(ended, ended);
		return result;
	}

	const ledger = groupCommit<UsageRow>(async (rows) => (await database()).commitUsage(rows), defer);

	const access: SqlAccess = {
		read: (verb) => run(({ kysely }) => verb(kysely)),
		write: (verb) =>
			run(async ({ kysely, writable }) => {
				await writable();
				return verb(kysely);
			}),
	};

	const limits = sqlLimits(
		{
			read: access.read,
			// What ends while the store closes is settled still.
			write: async (verb) => {
				const { kysely, writable } = await database();
				await writable();
				return verb(kysely);
			},
		},
		() => {
			if (closing !== undefined) throw new Error("The store is closed");
		},
		defer,
	);

	return {
		findSession: (id) => access.read((kysely) => findSession(kysely, id)),
		appendTurn: (turn) => access.write((kysely) => appendTurn(kysely, turn)),
		findTurn: (requestId, ownerId) => access.read((kysely) => findTurn(kysely, requestId, ownerId)),
		deleteTurn: (requestId, ownerId) => access.write((kysely) => deleteTurn(kysely, requestId, ownerId)),
		listTurns: (sessionId, limit) => access.read((kysely) => listTurns(kysely, sessionId, limit)),
		async recordUsage(record) {
			if (closing !== undefined) throw new Error("The store is closed");
			assertUsageRecord(record);
			await ledger.add(usageRow(record));
		},
		listUsage: (filter = {}) =>
			run(async ({ kysely, settleUsage }) => {
				await settleUsage();
				return listUsage(kysely, filter);
			}),
		tenancy: sqlTenancy(access),
		accounts: sqlAccounts(access),
		idempotency: sqlIdempotency(access),
		credentials: sqlCredentials(access),
		audit: sqlAudit(access, (inside) => ({
			tenancy: sqlTenancy(inside),
			accounts: sqlAccounts(inside),
			credentials: sqlCredentials(inside),
			learning: sqlLearning(inside),
		})),
		limits: limits.store,
		insights: {
			sum: (query) =>
				run(async ({ kysely, settleUsage, report }) => {
					await settleUsage();
					return rollupGroups(await report(rollupQuery(kysely, query)), query);
				}),
			prune: ({ records, rollups }) =>
				run(async ({ pruneUsage }) => {
					if (records !== undefined) {
						await pruneUsage("usage_records", records);
						await pruneFeedback(access, records);
					}
					if (rollups !== undefined) await pruneUsage("usage_rollups", dayOf(rollups));
				}),
		},
		learning: sqlLearning(access),
		check: () =>
			run(async ({ kysely, check }) => {
				await check();
				await sql`select id from sessions limit 1`.execute(kysely);
			}),
		close() {
			closing ??= finish();
			return closing;
		},
	};

	async function finish(): Promise<void> {
		await Promise.all([ledger.idle(), limits.idle()]);
		await Promise.allSettled(running);
		if (opened !== undefined) await (await opened).close();
	}
}
