import { type SelectQueryBuilder, sql } from "kysely";
import { assertListLimit } from "../list-limit.ts";
import type { AgedPage, NamedPage } from "../list-page.ts";
import type { Database } from "./schema.ts";
import { storableText } from "./storable-text.ts";

type Query<Table extends keyof Database, Row> = SelectQueryBuilder<Database, Table, Row>;

/** Oldest first, equally old ones by id: all, or a page. */
export function byAge<Table extends keyof Database, Row>(query: Query<Table, Row>, page: AgedPage | undefined): Query<Table, Row> {
	const ordered = query.orderBy(sql`created_at`).orderBy(sql`id`);
	if (page === undefined) return ordered;
	const { limit, after } = page;
	const rest = after === undefined ? ordered : ordered.where(sql<boolean>`(created_at, id) > (${after.createdAt}, ${storableText(after.id)})`);
	return rest.limit(assertListLimit(limit));
}

/** In the order of a column that names each row: all, or a page. */
export function byName<Table extends keyof Database, Row>(query: Query<Table, Row>, column: "user_id" | "provider", page: NamedPage | undefined): Query<Table, Row> {
	const ordered = query.orderBy(sql.ref(column));
	if (page === undefined) return ordered;
	const { limit, after } = page;
	const rest = after === undefined ? ordered : ordered.where(sql<boolean>`${sql.ref(column)} > ${storableText(after)}`);
	return rest.limit(assertListLimit(limit));
}
