import { type Kysely, Transaction } from "kysely";
import type { Database } from "./schema.ts";

/** In the transaction that is there already, so that several verbs can be one; else in one of its own. */
export function inTransaction<Result>(kysely: Kysely<Database>, body: (transaction: Transaction<Database>) => Promise<Result>): Promise<Result> {
	return kysely instanceof Transaction ? body(kysely) : kysely.transaction().execute(body);
}
