import { type Kysely, sql } from "kysely";

/** Sums by hours and by days beside those by quarters of an hour; and no indexes that nothing asks for: every record pays for them. */
export async function createLongerRollups(database: Kysely<unknown>): Promise<void> {
	for (const [letter, milliseconds] of [["h", 3_600_000], ["d", 86_400_000]] as const) {
		const added = sums.map((column) => `sum(${column})`).join(", ");
		await sql
			.raw(
				`insert into usage_rollups (scope, bucket, provider, model, route, outcome, cached, ${sums.join(", ")})
				select substr(scope, 1, 1) || '${letter}' || substr(scope, 2), floor(bucket / ${milliseconds}) * ${milliseconds}, provider, model, route, outcome, cached, ${added}
				from usage_rollups where substr(scope, 1, 2) in ('g', 'p:')
				group by 1, 2, 3, 4, 5, 6, 7`,
			)
			.execute(database);
	}
	await database.schema.dropIndex("usage_by_principal").execute();
	await database.schema.dropIndex("usage_by_session").execute();
}

const sums = [
	"requests", "input_tokens", "output_tokens", "cached_input_tokens", "cache_write_tokens", "reasoning_tokens",
	"cost_micro_usd", "unpriced", "duration_ms", "first_event_ms", "first_events",
	...Array.from({ length: 25 }, (_, at) => `latency_${at}`),
];
