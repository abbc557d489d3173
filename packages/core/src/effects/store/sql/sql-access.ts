import type { Kysely } from "kysely";
import type { Database } from "./schema.ts";

/** How a part of the store reaches the database: `write` waits until a transaction can begin without blocking the event loop. */
export interface SqlAccess {
	read<Result>(verb: (kysely: Kysely<Database>) => Promise<Result>): Promise<Result>;
	write<Result>(verb: (kysely: Kysely<Database>) => Promise<Result>): Promise<Result>;
}
