import type { Kysely } from "kysely";

export async function createCacheSettings({ schema }: Kysely<unknown>): Promise<void> {
	await schema.alterTable("projects").addColumn("cache", "text").execute();
}
