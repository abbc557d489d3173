import { DatabaseSync } from "node:sqlite";
import { expect } from "vitest";
import type { AuditAction, AuditEvent } from "../../src/contract/audit.ts";
import type { Store } from "../../src/effects/store/store.ts";
import { sqliteStore } from "../../src/node/sqlite/sqlite-store.ts";
import { keyHash } from "../../src/rules/auth/key.ts";
import { type Changed, organisationId } from "./accounts-callers.ts";

/** The file is sound; what was answered is there with its entry; and nothing, answered or not, is there without one or the other way round. */
export async function expectWhole(path: string, changed: readonly Changed[]): Promise<readonly AuditEvent[]> {
	const left = new DatabaseSync(path);
	expect(left.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
	left.close();

	const store = sqliteStore(path);
	try {
		const entries = await store.audit.list({ organisationId, limit: 1_000_000 });
		const entriesOf = Map.groupBy(entries, ({ projectId = "" }) => projectId);
		const toldOf = (id: string) => (entriesOf.get(id) ?? []).map(({ action, requestId }) => ({ action, requestId }));
		for (const { id, answered } of changed) {
			expect(toldOf(id)).toEqual(expect.arrayContaining(answered));
			// What was under way when the end came may have happened, untold.
			expect(toldOf(id).length - answered.length).toBeLessThanOrEqual(1);
		}
		const known = new Map(changed.map((project) => [project.id, project]));
		const stored = await store.tenancy.listProjects([organisationId]);
		for (const id of new Set([...entriesOf.keys(), ...stored.map((project) => project.id)])) {
			expect(await stateOf(id, store, known.get(id))).toEqual(told(entriesOf.get(id) ?? [], known.get(id)));
		}
		return entries;
	} finally {
		await store.close();
	}
}

/** What is there of a project. */
interface State {
	readonly exists: boolean;
	/** Each change gives it the next one. */
	readonly name: string | undefined;
	readonly requestsPerMinute: number | undefined;
	readonly keys: number;
	readonly credentials: readonly string[];
	/** Which of the first key's secrets that somebody was told is valid, counted from 1; 0 is none. */
	readonly validSecret: number;
}

async function stateOf(id: string, { tenancy, credentials }: Store, known: Changed | undefined): Promise<State> {
	const project = await tenancy.findProject(id);
	const found = await Promise.all((known?.secrets ?? []).map((secret) => tenancy.findKey(keyHash(secret), Date.now())));
	return {
		exists: project !== undefined,
		name: project?.name,
		requestsPerMinute: project?.limits?.requestsPerMinute,
		keys: (await tenancy.listKeys(id)).length,
		credentials: (await credentials.list(id)).map(({ masked }) => masked),
		validSecret: found.findLastIndex((key) => key !== undefined) + 1,
	};
}

/** What must be there by the entries alone. */
function told(entries: readonly AuditEvent[], known: Changed | undefined): State {
	const count = (action: AuditAction) => entries.filter((entry) => entry.action === action).length;
	const exists = count("project.created") === 1 && count("project.deleted") === 0;
	if (!exists) return { exists, name: undefined, requestsPerMinute: undefined, keys: 0, credentials: [], validSecret: 0 };
	const isStored = count("credential.stored") > 0 && count("credential.deleted") === 0;
	const secrets = known?.secrets.length ?? 0;
	const rotations = count("key.rotated");
	return {
		exists,
		name: String(count("project.changed")),
		requestsPerMinute: count("limits.changed") || undefined,
		keys: 1 + count("key.created") - count("key.revoked"),
		credentials: isStored ? [`sk-s***000${count("credential.stored")}`] : [],
		// A secret that took the place of the last one before anybody was told it.
		validSecret: rotations < secrets ? secrets : 0,
	};
}
