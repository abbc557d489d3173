import type { ExpressionBuilder, Kysely, Selectable } from "kysely";
import type { CredentialOwner, CredentialStore, NewCredential, StoredCredential } from "../credential-store.ts";
import { assertListLimit } from "../list-limit.ts";
import { byName } from "./list-pages.ts";
import type { CredentialsTable, Database } from "./schema.ts";
import type { SqlAccess } from "./sql-access.ts";
import { nullableText, restoredText, storableText } from "./storable-text.ts";

export function sqlCredentials({ read, write }: SqlAccess): CredentialStore {
	return {
		put: (credential) => write((kysely) => put(kysely, credential)),
		list: (owner, page) =>
			read(async (kysely) => (await byName(kysely.selectFrom("credentials").selectAll().where(ownedBy(owner)), "provider", page).execute()).map(restoreCredential)),
		delete: (owner, provider) => write((kysely) => remove(kysely, owner, provider)),
		listAll: ({ limit, after }) => read((kysely) => listAll(kysely, assertListLimit(limit), after)),
		reseal: (id, from, to) => write((kysely) => reseal(kysely, id, from, to)),
	};
}

async function put(kysely: Kysely<Database>, credential: NewCredential): Promise<StoredCredential> {
	const projectId = nullableText(credential.projectId);
	const row: CredentialsTable = {
		id: storableText(credential.id),
		project_id: projectId,
		provider: storableText(credential.provider),
		sealed: storableText(credential.sealed),
		masked: storableText(credential.masked),
		created_by: storableText(credential.createdBy),
		created_at: credential.createdAt,
		updated_at: credential.createdAt,
	};
	const { id, sealed, masked, updated_at } = row;
	const stored = await kysely
		.insertInto("credentials")
		.values(row)
		.onConflict((conflict) =>
			(projectId === null
				? conflict.column("provider").where("project_id", "is", null)
				: conflict.columns(["project_id", "provider"]).where("project_id", "is not", null)
			).doUpdateSet({ id, sealed, masked, updated_at }),
		)
		.returningAll()
		.executeTakeFirstOrThrow();
	return restoreCredential(stored);
}

async function remove(kysely: Kysely<Database>, owner: CredentialOwner, provider: string): Promise<StoredCredential | undefined> {
	const row = await kysely.deleteFrom("credentials").where(ownedBy(owner)).where("provider", "=", storableText(provider)).returningAll().executeTakeFirst();
	return row === undefined ? undefined : restoreCredential(row);
}

async function listAll(kysely: Kysely<Database>, limit: number, after: string | undefined): Promise<readonly StoredCredential[]> {
	const all = kysely.selectFrom("credentials").selectAll().orderBy("id").limit(limit);
	const rows = await (after === undefined ? all : all.where("id", ">", storableText(after))).execute();
	return rows.map(restoreCredential);
}

async function reseal(kysely: Kysely<Database>, id: string, from: string, to: string): Promise<boolean> {
	const changed = await kysely
		.updateTable("credentials")
		.set({ sealed: storableText(to) })
		.where("id", "=", storableText(id))
		.where("sealed", "=", storableText(from))
		.returning("id")
		.executeTakeFirst();
	return changed !== undefined;
}

function ownedBy(owner: CredentialOwner) {
	return (row: ExpressionBuilder<Database, "credentials">) => (owner === undefined ? row("project_id", "is", null) : row("project_id", "=", storableText(owner)));
}

function restoreCredential(row: Selectable<CredentialsTable>): StoredCredential {
	return {
		id: restoredText(row.id),
		...(row.project_id === null ? {} : { projectId: restoredText(row.project_id) }),
		provider: restoredText(row.provider),
		sealed: restoredText(row.sealed),
		masked: restoredText(row.masked),
		createdBy: restoredText(row.created_by),
		createdAt: row.created_at,
		updatedAt: row.updated_at,
	};
}
