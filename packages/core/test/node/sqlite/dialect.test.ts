import { Kysely, sql } from "kysely";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/node/sqlite/database.ts";
import { sqliteDialect } from "../../../src/node/sqlite/dialect.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();

interface Tables {
	readonly things: { readonly name: string };
}

async function withThings(file: string, body: (database: Kysely<Tables>) => Promise<void>): Promise<void> {
	const database = new Kysely<Tables>({ dialect: sqliteDialect(openDatabase(folder.file(file), 0)) });
	try {
		await database.schema.createTable("things").addColumn("name", "text").execute();
		await body(database);
	} finally {
		await database.destroy();
	}
}

describe("sqlite: dialect", () => {
	it("lets nobody write between what a transaction reads and what it writes", () =>
		withThings("immediate.db", async (database) => {
			const neighbour = openDatabase(folder.file("immediate.db"), 0);
			await database.transaction().execute(async (transaction) => {
				await transaction.selectFrom("things").selectAll().execute();
				expect(() => neighbour.exec("insert into things values ('theirs')")).toThrow(/locked/);
				await transaction.insertInto("things").values({ name: "ours" }).execute();
			});
			neighbour.exec("insert into things values ('theirs')");
			neighbour.close();
			expect(await database.selectFrom("things").selectAll().execute()).toEqual([{ name: "ours" }, { name: "theirs" }]);
		}));

	it("queues what is asked beside a transaction", () =>
		withThings("queue.db", async (database) => {
			const failing = database.transaction().execute(async (transaction) => {
				await transaction.insertInto("things").values({ name: "undone" }).execute();
				throw new Error("on purpose");
			});
			const beside = database.insertInto("things").values({ name: "kept" }).execute();
			await expect(failing).rejects.toThrow("on purpose");
			await beside;
			expect(await database.selectFrom("things").selectAll().execute()).toEqual([{ name: "kept" }]);
		}));

	it("takes back tables with the transaction that made them", () =>
		withThings("schema.db", async (database) => {
			const failing = database.transaction().execute(async (transaction) => {
				await transaction.schema.createTable("more").addColumn("name", "text").execute();
				throw new Error("on purpose");
			});
			await expect(failing).rejects.toThrow("on purpose");
			expect((await database.introspection.getTables()).map(({ name }) => name)).toEqual(["things"]);
		}));

	it("tells how many rows a statement changed, and keeps its statements through more than it can remember", () =>
		withThings("many.db", async (database) => {
			for (let at = 0; at < 120; at += 1) {
				const { rows } = await sql<{ value: number }>`select ${sql.lit(at)} as value`.execute(database);
				expect(rows[0]?.value).toBe(at);
			}
			await database.insertInto("things").values([{ name: "a" }, { name: "b" }]).execute();
			expect((await database.deleteFrom("things").executeTakeFirst()).numDeletedRows).toBe(2n);
		}));
});
