import type { ExpressionBuilder, Kysely, Selectable } from "kysely";
import type { AuditEvent } from "../../../contract/audit.ts";
import type { AuditedParts, AuditFilter, AuditStore } from "../audit-store.ts";
import { assertListLimit, assertTime } from "../list-limit.ts";
import type { AuditEventsTable, Database } from "./schema.ts";
import type { SqlAccess } from "./sql-access.ts";
import { nullableText, restoredText, storableText } from "./storable-text.ts";

/** @param partsOn the parts of the store whose verbs run where they are told. */
export function sqlAudit({ read, write }: SqlAccess, partsOn: (access: SqlAccess) => AuditedParts): AuditStore {
	return {
		append: (event) => write((kysely) => insertEvent(kysely, event)),
		change: (verb, eventOf) =>
			write((kysely) =>
				kysely.transaction().execute(async (transaction) => {
					const result = await verb(partsOn({ read: (inner) => inner(transaction), write: (inner) => inner(transaction) }));
					for (const event of [eventOf(result) ?? []].flat()) await insertEvent(transaction, event);
					return result;
				}),
			),
		list: (filter) => read((kysely) => listEvents(kysely, filter)),
		async prune(before) {
			assertTime(before);
			// A few at once: others write between them.
			for (let deleted = pruneAtOnce; deleted === pruneAtOnce; ) deleted = await write((kysely) => deleteEvents(kysely, before));
		},
	};
}

const pruneAtOnce = 1000;

/** @returns how many: less than asked for where no more are left. */
async function deleteEvents(kysely: Kysely<Database>, before: number): Promise<number> {
	const oldest = kysely.selectFrom("audit_events").select("id").where("at", "<", before).orderBy("at").limit(pruneAtOnce);
	const deleted = await kysely.deleteFrom("audit_events").where("id", "in", oldest).returning("id").execute();
	return deleted.length;
}

async function insertEvent(kysely: Kysely<Database>, { actor, details, ...event }: AuditEvent): Promise<void> {
	const row: AuditEventsTable = {
		id: storableText(event.id),
		at: event.at,
		action: event.action,
		actor_kind: actor.kind,
		actor_id: storableText(actor.id),
		organisation_id: nullableText(event.organisationId),
		project_id: nullableText(event.projectId),
		target: nullableText(event.target),
		remote_address: nullableText(event.remoteAddress),
		request_id: nullableText(event.requestId),
		details: details === undefined ? null : storableText(JSON.stringify(details)),
	};
	await kysely
		.insertInto("audit_events")
		.values(row)
		.onConflict((conflict) => conflict.column("id").doNothing())
		.execute();
}

async function listEvents(kysely: Kysely<Database>, { organisationId, before, limit }: AuditFilter): Promise<readonly AuditEvent[]> {
	const count = assertListLimit(limit);
	const ofOrganisation = (row: ExpressionBuilder<Database, "audit_events">) =>
		organisationId === undefined ? row("organisation_id", "is", null) : row("organisation_id", "=", storableText(organisationId));
	const newestFirst = kysely.selectFrom("audit_events").selectAll().where(ofOrganisation).orderBy("at", "desc").orderBy("id", "desc").limit(count);
	if (before === undefined) return (await newestFirst.execute()).map(restoreEvent);
	const last = await kysely.selectFrom("audit_events").select(["at", "id"]).where(ofOrganisation).where("id", "=", storableText(before)).executeTakeFirst();
	if (last === undefined) return [];
	const older = newestFirst.where((row) => row.or([row("at", "<", last.at), row.and([row("at", "=", last.at), row("id", "<", last.id)])]));
	return (await older.execute()).map(restoreEvent);
}

function restoreEvent(row: Selectable<AuditEventsTable>): AuditEvent {
	return {
		id: restoredText(row.id),
		at: row.at,
		action: row.action as AuditEvent["action"],
		actor: { kind: row.actor_kind as AuditEvent["actor"]["kind"], id: restoredText(row.actor_id) },
		...(row.organisation_id === null ? {} : { organisationId: restoredText(row.organisation_id) }),
		...(row.project_id === null ? {} : { projectId: restoredText(row.project_id) }),
		...(row.target === null ? {} : { target: restoredText(row.target) }),
		...(row.remote_address === null ? {} : { remoteAddress: restoredText(row.remote_address) }),
		...(row.request_id === null ? {} : { requestId: restoredText(row.request_id) }),
		...(row.details === null ? {} : { details: JSON.parse(restoredText(row.details)) }),
	};
}
