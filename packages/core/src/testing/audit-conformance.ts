import type { AuditEvent } from "../contract/audit.ts";
import type { AuditStore } from "../effects/store/audit-store.ts";
import type { Store } from "../effects/store/store.ts";
import { awkwardTexts } from "./awkward-texts.ts";
import type { TestFunctions } from "./test-functions.ts";

/** What every store must do with the audit log. */
export function auditConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;
	function itKeeps(title: string, body: (audit: AuditStore, store: Store) => Promise<void>): void {
		itOnStore(title, (store) => body(store.audit, store));
	}

	describe(`${name}: the audit log`, () => {
		itKeeps("is empty at first", async (audit) => {
			expect(await audit.list({ limit: 10 })).toEqual([]);
			expect(await audit.list({ organisationId: "org_1", limit: 10 })).toEqual([]);
		});

		itKeeps("gives back every field, and an event with the fewest", async (audit) => {
			await audit.append(fullEvent);
			await audit.append(event("aud_2"));
			expect(await audit.list({ organisationId: "org_1", limit: 10 })).toEqual([fullEvent]);
			expect(await audit.list({ limit: 10 })).toEqual([event("aud_2")]);
		});

		itKeeps("never changes an event that is there", async (audit) => {
			await audit.append(event("aud_1"));
			await audit.append({ ...event("aud_1"), at: 9, target: "usr_9" });
			const [first] = await audit.list({ limit: 10 });
			Object.assign(first ?? {}, { action: "key.revoked" });
			expect(await audit.list({ limit: 10 })).toEqual([event("aud_1")]);
		});

		itKeeps("lists the newest first, page by page, each organisation's for itself", async (audit) => {
			for (const [at, id] of ["aud_c", "aud_a", "aud_b", "aud_d"].entries()) await audit.append({ ...event(id), organisationId: "org_1", at: Math.floor(at / 2) });
			await audit.append({ ...event("aud_e"), organisationId: "org_2", at: 5 });
			await audit.append({ ...event("aud_f"), at: 5 });
			const ids = async (limit: number, before?: string) => (await audit.list({ organisationId: "org_1", limit, before })).map(({ id }) => id);
			expect(await ids(10)).toEqual(["aud_d", "aud_b", "aud_c", "aud_a"]);
			expect(await ids(2)).toEqual(["aud_d", "aud_b"]);
			expect(await ids(2, "aud_b")).toEqual(["aud_c", "aud_a"]);
			expect(await ids(2, "aud_a")).toEqual([]);
			expect(await ids(0)).toEqual([]);
			// Another organisation's event says nothing of where this one's list goes on.
			expect(await ids(10, "aud_e")).toEqual([]);
			await expect(audit.list({ limit: -1 })).rejects.toThrow(/limit/);
		});

		itKeeps("deletes what happened before a time, and nothing where that is none", async (audit) => {
			for (const at of [1, 2, 3]) await audit.append({ ...event(`aud_${at}`), at });
			for (let each = 0; each < 1100; each += 1) await audit.append({ ...event(`aud_old_${each}`), organisationId: "org_1", at: 0 });
			const ids = async () => (await audit.list({ limit: 10 })).map(({ id }) => id);
			for (const time of [Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number]) await expect(audit.prune(time)).rejects.toThrow(/a time is/);
			expect(await ids()).toEqual(["aud_3", "aud_2", "aud_1"]);
			await audit.prune(2);
			expect(await ids()).toEqual(["aud_3", "aud_2"]);
			expect(await audit.list({ organisationId: "org_1", limit: 10 })).toEqual([]);
		});

		itKeeps("changes something together with its event", async (audit, { tenancy }) => {
			const organisation = { id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 };
			const made = await audit.change(
				async (parts) => {
					await parts.tenancy.createOrganisation(organisation, "usr_1");
					return parts.tenancy.createProject({ id: "prj_1", organisationId: "org_1", name: "Site", createdAt: 1 });
				},
				(isMade) => (isMade ? fullEvent : undefined),
			);
			expect(made).toBe(true);
			expect(await tenancy.findOrganisation("org_1")).toEqual(organisation);
			expect(await audit.list({ organisationId: "org_1", limit: 10 })).toEqual([fullEvent]);
		});

		itKeeps("has no event where nothing changed, and none where the change failed", async (audit, { accounts }) => {
			expect(await audit.change(({ accounts: inside }) => inside.revokeSession("sid_1", 1), (isRevoked) => (isRevoked ? event("aud_1") : undefined))).toBe(false);
			const failing = audit.change(({ tenancy }) => tenancy.addMember({ organisationId: "org_9", userId: "usr_1", role: "owner" }), () => event("aud_2"));
			await expect(failing).rejects.toThrow(/./);
			expect(await audit.list({ limit: 10 })).toEqual([]);
			expect(await accounts.findSession("sid_1")).toBe(undefined);
		});

		itKeeps("lets many change at once", async (audit, { accounts }) => {
			const user = (at: number) => ({ id: `usr_${at}`, email: `${at}@example.com`, shownEmail: `${at}@example.com`, name: "Ada", createdAt: 1 });
			await Promise.all(
				Array.from({ length: 20 }, (_, at) => audit.change((parts) => parts.accounts.createUser(user(at)), () => ({ ...event(`aud_${at}`), target: `usr_${at}` }))),
			);
			expect((await audit.list({ limit: 100 })).length).toBe(20);
			expect((await accounts.findUsers(Array.from({ length: 20 }, (_, at) => `usr_${at}`))).length).toBe(20);
		});

		for (const [label, text] of awkwardTexts) {
			itKeeps(`gives back ${label}`, async (audit) => {
				const awkward: AuditEvent = { ...fullEvent, actor: { kind: "host", id: text }, organisationId: text, target: text, details: { provider: text } };
				await audit.append(awkward);
				expect(await audit.list({ organisationId: text, limit: 10 })).toEqual([awkward]);
			});
		}
	});
}

const fullEvent: AuditEvent = {
	id: "aud_1",
	at: 5,
	action: "key.created",
	actor: { kind: "user", id: "usr_1" },
	organisationId: "org_1",
	projectId: "prj_1",
	target: "key_1",
	remoteAddress: "2001:db8::1",
	requestId: "req_1",
	details: { scoped: true, expiresAt: 7 },
};

function event(id: string): AuditEvent {
	return { id, at: 5, action: "user.sign-in-failed", actor: { kind: "anonymous", id: "anonymous" } };
}
