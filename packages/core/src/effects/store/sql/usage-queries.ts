import { type Kysely, sql } from "kysely";
import type { ExchangeTrace, UsageOutcome, UsageRecord } from "../../../contract/session.ts";
import type { Usage } from "../../../contract/stream-event.ts";
import { assertListLimit, defaultUsageLimit } from "../list-limit.ts";
import type { UsageFilter } from "../store.ts";
import { rollupRows } from "./rollup-rows.ts";
import { rollupUpsert } from "./rollup-statement.ts";
import type { Database, UsageRow } from "./schema.ts";
import { restoredText, storableText } from "./storable-text.ts";
import { inTransaction } from "./transaction.ts";

/** SQLite binds at most 32 766 values in one statement, PostgreSQL 65 535; a row has 30. */
const rowsPerStatement = 1000;

/** All rows and what they add to the roll-ups, or none. One whose id is there already changes nothing. */
export async function insertUsage(database: Kysely<Database>, rows: readonly UsageRow[]): Promise<void> {
	await inTransaction(database, async (transaction) => {
		for (let at = 0; at < rows.length; at += rowsPerStatement) {
			const some = rows.slice(at, at + rowsPerStatement);
			const inserted = await transaction
				.insertInto("usage_records")
				.values(some)
				// Not `insert or ignore`: that would also drop, in silence, a row that breaks another constraint.
				.onConflict((conflict) => conflict.column("id").doNothing())
				.returning("id")
				.execute();
			const fresh = new Set(inserted.map(({ id }) => id));
			// Of two with one id the first was inserted.
			await rollUp(transaction, some.filter(({ id }) => fresh.delete(id)));
		}
	});
}

async function rollUp(database: Kysely<Database>, rows: readonly UsageRow[]): Promise<void> {
	const { before, after } = rollupUpsert;
	for (const row of rollupRows(rows.map(usageRecord))) await sql`${sql.raw(before)} (${sql.join(row)}) ${sql.raw(after)}`.execute(database);
}

export async function listUsage(database: Kysely<Database>, filter: UsageFilter): Promise<readonly UsageRecord[]> {
	let query = database.selectFrom("usage_records").selectAll();
	if (filter.id !== undefined) query = query.where("id", "=", storableText(filter.id));
	if (filter.principalId !== undefined) query = query.where("principal_id", "=", storableText(filter.principalId));
	if (filter.sessionId !== undefined) query = query.where("session_id", "=", storableText(filter.sessionId));
	if (filter.projectId !== undefined) query = query.where("project_id", "=", storableText(filter.projectId));
	if (filter.from !== undefined) query = query.where("started_at", ">=", filter.from);
	if (filter.to !== undefined) query = query.where("started_at", "<", filter.to);
	if (filter.behind !== undefined) {
		const { id, startedAt } = filter.behind;
		query = query.where(({ eb, refTuple, tuple }) => eb(refTuple("started_at", "id"), "<", tuple(startedAt, storableText(id))));
	}
	const rows = await query
		.orderBy("started_at", "desc")
		.orderBy("id", "desc")
		.limit(assertListLimit(filter.limit ?? defaultUsageLimit))
		.execute();
	return rows.map(usageRecord);
}

export function usageRow(record: UsageRecord): UsageRow {
	const { usage } = record;
	return {
		id: storableText(record.id),
		started_at: record.startedAt,
		surface: storableText(record.surface),
		operation: storableText(record.operation),
		principal_id: storableText(record.principalId),
		session_id: optionalText(record.sessionId),
		route: optionalText(record.route),
		provider: storableText(record.provider),
		model: storableText(record.model),
		streamed: record.streamed ? 1 : 0,
		attempts: record.attempts,
		outcome: record.outcome,
		status: record.status,
		error_code: optionalText(record.errorCode),
		input_tokens: usage.inputTokens ?? null,
		output_tokens: usage.outputTokens ?? null,
		cached_input_tokens: usage.cachedInputTokens ?? null,
		cache_write_tokens: usage.cacheWriteTokens ?? null,
		reasoning_tokens: usage.reasoningTokens ?? null,
		audio_input_tokens: usage.audioInputTokens ?? null,
		audio_output_tokens: usage.audioOutputTokens ?? null,
		is_estimated: record.isEstimated ? 1 : 0,
		first_event_ms: record.firstEventMs ?? null,
		duration_ms: record.durationMs,
		key_id: optionalText(record.keyId),
		project_id: optionalText(record.projectId),
		organisation_id: optionalText(record.organisationId),
		credential: optionalText(record.credential),
		cost_micro_usd: record.costMicroUsd ?? null,
		price_version: optionalText(record.priceVersion),
		cached: record.cached ?? null,
		trace: record.trace === undefined ? null : JSON.stringify(record.trace),
	};
}

function usageRecord(row: UsageRow): UsageRecord {
	return {
		id: restoredText(row.id),
		startedAt: row.started_at,
		surface: restoredText(row.surface),
		operation: restoredText(row.operation),
		principalId: restoredText(row.principal_id),
		...(row.key_id === null ? {} : { keyId: restoredText(row.key_id) }),
		...(row.project_id === null ? {} : { projectId: restoredText(row.project_id) }),
		...(row.organisation_id === null ? {} : { organisationId: restoredText(row.organisation_id) }),
		...(row.session_id === null ? {} : { sessionId: restoredText(row.session_id) }),
		...(row.route === null ? {} : { route: restoredText(row.route) }),
		provider: restoredText(row.provider),
		model: restoredText(row.model),
		...(row.credential === null ? {} : { credential: restoredText(row.credential) }),
		streamed: row.streamed === 1,
		attempts: row.attempts,
		outcome: row.outcome as UsageOutcome,
		status: row.status,
		...(row.error_code === null ? {} : { errorCode: restoredText(row.error_code) }),
		usage: usageOf(row),
		...(row.cost_micro_usd === null ? {} : { costMicroUsd: row.cost_micro_usd }),
		...(row.price_version === null ? {} : { priceVersion: restoredText(row.price_version) }),
		...(row.cached === null ? {} : { cached: row.cached as "exact" | "semantic" }),
		...(row.is_estimated === 1 ? { isEstimated: true } : {}),
		...(row.first_event_ms === null ? {} : { firstEventMs: row.first_event_ms }),
		durationMs: row.duration_ms,
		...(row.trace === null ? {} : { trace: JSON.parse(row.trace) as ExchangeTrace }),
	};
}

function usageOf(row: UsageRow): Usage {
	return {
		...(row.input_tokens === null ? {} : { inputTokens: row.input_tokens }),
		...(row.output_tokens === null ? {} : { outputTokens: row.output_tokens }),
		...(row.cached_input_tokens === null ? {} : { cachedInputTokens: row.cached_input_tokens }),
		...(row.cache_write_tokens === null ? {} : { cacheWriteTokens: row.cache_write_tokens }),
		...(row.reasoning_tokens === null ? {} : { reasoningTokens: row.reasoning_tokens }),
		...(row.audio_input_tokens === null ? {} : { audioInputTokens: row.audio_input_tokens }),
		...(row.audio_output_tokens === null ? {} : { audioOutputTokens: row.audio_output_tokens }),
	};
}

function optionalText(text: string | undefined): string | null {
	return text === undefined ? null : storableText(text);
}
