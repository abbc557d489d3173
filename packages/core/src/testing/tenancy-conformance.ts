import type { Organisation, Project, Role } from "../contract/tenancy.ts";
import type { Store } from "../effects/store/store.ts";
import type { Invitation, NewKey, TenancyStore } from "../effects/store/tenancy-store.ts";
import type { TestFunctions } from "./test-functions.ts";

/** What every store must do with organisations, projects and keys. */
export function tenancyConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;
	function itKeeps(title: string, body: (tenancy: TenancyStore) => Promise<void>): void {
		itOnStore(title, ({ tenancy }) => body(tenancy));
	}

	describe(`${name}: organisations`, () => {
		itKeeps("knows nothing at first", async (tenancy) => {
			expect(await tenancy.findOrganisation("org_1")).toBe(undefined);
			expect(await tenancy.listAllOrganisations({ limit: 10 })).toEqual([]);
			expect(await tenancy.listOrganisations("usr_1")).toEqual([]);
			expect(await tenancy.listMembers("org_1")).toEqual([]);
			expect(await tenancy.findProject("prj_1")).toBe(undefined);
			expect(await tenancy.listProjects([])).toEqual([]);
			expect(await tenancy.findKey("hash_1", 1)).toBe(undefined);
		});

		itKeeps("creates one with its owner, and leaves one alone that is there already", async (tenancy) => {
			const first = organisation("org_1", { name: "Ape & 'Co'", isPersonal: true, limits: { requestsPerMinute: 5, budgets: [{ period: "day", microUsd: 1 }] } });
			await tenancy.createOrganisation(first, "usr_1");
			await tenancy.createOrganisation(organisation("org_1", { name: "Other" }), "usr_2");
			expect(await tenancy.findOrganisation("org_1")).toEqual(first);
			expect(await tenancy.listMembers("org_1")).toEqual([{ organisationId: "org_1", userId: "usr_1", role: "owner" }]);
			expect(await tenancy.listOrganisations("usr_1")).toEqual([{ ...first, role: "owner" }]);
			expect(await tenancy.listMemberships("usr_2")).toEqual([]);
		});

		itKeeps("lists them by age, page by page", async (tenancy) => {
			for (const [at, id] of ["org_c", "org_a", "org_b", "org_d"].entries()) await tenancy.createOrganisation(organisation(id, { createdAt: 100 - Math.floor(at / 2) }));
			const ids = async (page: { limit: number; after?: string }) => (await tenancy.listAllOrganisations(page)).map(({ id }) => id);
			expect(await ids({ limit: 10 })).toEqual(["org_b", "org_d", "org_a", "org_c"]);
			expect(await ids({ limit: 2 })).toEqual(["org_b", "org_d"]);
			expect(await ids({ limit: 2, after: "org_d" })).toEqual(["org_a", "org_c"]);
			expect(await ids({ limit: 2, after: "org_c" })).toEqual([]);
			expect(await ids({ limit: 2, after: "org_x" })).toEqual([]);
		});

		itKeeps("changes name and limits, each for itself", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"));
			expect(await tenancy.updateOrganisation("org_1", { limits: { tokensPerMinute: 7 } })).toEqual(organisation("org_1", { limits: { tokensPerMinute: 7 } }));
			expect(await tenancy.updateOrganisation("org_1", { name: "New" })).toEqual(organisation("org_1", { name: "New", limits: { tokensPerMinute: 7 } }));
			expect((await tenancy.updateOrganisation("org_1", {}))?.name).toBe("New");
			expect(await tenancy.updateOrganisation("org_2", { name: "x" })).toBe(undefined);
		});

		itKeeps("lists projects, keys, members and invitations page by page, wherever the last one went", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"), "usr_b");
			await tenancy.createOrganisation(organisation("org_2"));
			for (const id of ["usr_d", "usr_a", "usr_c"]) await tenancy.addMember(member(id, "member"));
			const ages = [["c", 1], ["a", 2], ["b", 2], ["d", 3]] as const;
			for (const [id, createdAt] of ages) {
				await tenancy.createProject(project(id, { createdAt, organisationId: id === "d" ? "org_2" : "org_1" }));
				await tenancy.createKey(key(id, { createdAt, projectId: "c" }));
				await tenancy.createInvitation(invitation(id, { createdAt, email: id }));
			}
			const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id).join("");
			const [first, second] = [{ limit: 2 }, { limit: 2, after: { createdAt: 2, id: "a" } }];
			expect([ids(await tenancy.listProjects(["org_1"], first)), ids(await tenancy.listProjects(["org_1"], second))]).toEqual(["ca", "b"]);
			expect([ids(await tenancy.listProjects(undefined)), ids(await tenancy.listProjects(undefined, second))]).toEqual(["cabd", "bd"]);
			expect([ids(await tenancy.listKeys("c", first)), ids(await tenancy.listKeys("c", second))]).toEqual(["ca", "bd"]);
			expect([ids(await tenancy.listInvitations("org_1", 1, first)), ids(await tenancy.listInvitations("org_1", 1, second))]).toEqual(["ca", "bd"]);
			await tenancy.revokeKey("c", "a", 9);
			await tenancy.deleteInvitation("org_1", "a");
			expect([ids(await tenancy.listKeys("c", second)), ids(await tenancy.listInvitations("org_1", 1, second))]).toEqual(["bd", "bd"]);
			const users = async (page: { limit: number; after?: string }) => (await tenancy.listMembers("org_1", page)).map(({ userId }) => userId);
			expect([await users({ limit: 3 }), await users({ limit: 3, after: "usr_c" }), await users({ limit: 3, after: "usr_bb" })]).toEqual([["usr_a", "usr_b", "usr_c"], ["usr_d"], ["usr_c", "usr_d"]]);
			expect([await tenancy.findMember("org_1", "usr_b"), await tenancy.findMember("org_1", "usr_x"), await tenancy.findMember("org_2", "usr_b")]).toEqual([member("usr_b", "owner"), undefined, undefined]);
			await expect(tenancy.listKeys("c", { limit: -1 })).rejects.toThrow(/limit must be/);
		});

		itKeeps("is not changed through what was passed in or given out", async (tenancy) => {
			const budget = { period: "day" as const, microUsd: 5 };
			await tenancy.createOrganisation(organisation("org_1", { limits: { budgets: [budget] } }));
			budget.microUsd = 6;
			Object.assign((await tenancy.findOrganisation("org_1")) ?? {}, { name: "Changed" });
			expect(await tenancy.findOrganisation("org_1")).toEqual(organisation("org_1", { limits: { budgets: [{ period: "day", microUsd: 5 }] } }));
		});

		for (const [label, text] of awkwardTexts) {
			itKeeps(`gives back ${label}`, async (tenancy) => {
				await tenancy.createOrganisation(organisation(text, { name: text }), text);
				await tenancy.createProject(project(text, { organisationId: text, name: text }), key(text, { projectId: text, name: text, hash: text, scopes: { models: [text] } }));
				expect(await tenancy.listOrganisations(text)).toEqual([{ ...organisation(text, { name: text }), role: "owner" }]);
				expect(await tenancy.listProjects([text])).toEqual([project(text, { organisationId: text, name: text })]);
				expect((await tenancy.findKey(text, 1))?.key).toEqual(shown(key(text, { projectId: text, name: text, scopes: { models: [text] } })));
			});
		}
	});

	describe(`${name}: members and invitations`, () => {
		itKeeps("adds members, who keep the higher of two roles", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"), "usr_1");
			await tenancy.addMember(member("usr_2", "member"));
			await tenancy.addMember(member("usr_2", "admin"));
			await tenancy.addMember(member("usr_2", "member"));
			await tenancy.addMember(member("usr_1", "member"));
			expect(await tenancy.listMembers("org_1")).toEqual([member("usr_1", "owner"), member("usr_2", "admin")]);
			expect(await tenancy.listMemberships("usr_2")).toEqual([member("usr_2", "admin")]);
			await expect(tenancy.addMember({ ...member("usr_2", "member"), organisationId: "org_2" })).rejects.toThrow(/./);
		});

		itKeeps("never leaves an organisation without an owner", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"), "usr_1");
			await tenancy.addMember(member("usr_2", "member"));
			expect(await tenancy.changeMember(member("usr_1", "admin"))).toBe("last-owner");
			expect(await tenancy.removeMember("org_1", "usr_1")).toBe("last-owner");
			expect(await tenancy.changeMember(member("usr_1", "owner"))).toBe("changed");
			expect(await tenancy.changeMember(member("usr_9", "owner"))).toBe("unknown");
			expect(await tenancy.removeMember("org_1", "usr_9")).toBe("unknown");
			expect(await tenancy.removeMember("org_9", "usr_1")).toBe("unknown");
			expect(await tenancy.changeMember(member("usr_2", "owner"))).toBe("changed");
			expect(await tenancy.removeMember("org_1", "usr_1")).toBe("removed");
			expect(await tenancy.listMembers("org_1")).toEqual([member("usr_2", "owner")]);
		});

		itKeeps("keeps one owner where all go at once", async (tenancy) => {
			const users = Array.from({ length: 8 }, (_, at) => `usr_${at}`);
			await tenancy.createOrganisation(organisation("org_1"), "usr_0");
			await Promise.all(users.map((user) => tenancy.addMember(member(user, "owner"))));
			const ends = await Promise.all(
				users.map((user, at) => (at % 2 === 0 ? tenancy.removeMember("org_1", user) : tenancy.changeMember(member(user, "member")))),
			);
			expect(ends.filter((end) => end === "last-owner").length).toBe(1);
			expect((await tenancy.listMembers("org_1")).filter(({ role }) => role === "owner").length).toBe(1);
		});

		itKeeps("lists open invitations; a new one for an address takes the place of the old", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"));
			await tenancy.createOrganisation(organisation("org_2"));
			await tenancy.createInvitation(invitation("inv_1", { email: "a@example.com", expiresAt: 50 }));
			await tenancy.createInvitation(invitation("inv_2", { email: "b@example.com", createdAt: 2 }));
			await tenancy.createInvitation(invitation("inv_3", { email: "b@example.com", createdAt: 3, role: "admin" }));
			await tenancy.createInvitation(invitation("inv_4", { email: "b@example.com", organisationId: "org_2" }));
			const ids = async (now: number) => (await tenancy.listInvitations("org_1", now)).map(({ id }) => id);
			expect(await ids(49)).toEqual(["inv_1", "inv_3"]);
			expect(await ids(50)).toEqual(["inv_3"]);
			expect(await tenancy.listInvitations("org_1", 50)).toEqual([invitation("inv_3", { email: "b@example.com", createdAt: 3, role: "admin" })]);
			expect(await tenancy.deleteInvitation("org_2", "inv_3")).toBe(false);
			expect(await tenancy.deleteInvitation("org_1", "inv_3")).toBe(true);
			expect(await tenancy.deleteInvitation("org_1", "inv_3")).toBe(false);
			await expect(tenancy.createInvitation(invitation("inv_5", { organisationId: "org_9" }))).rejects.toThrow(/./);
		});

		itKeeps("accepts an invitation once, by its token and address, in its time", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"), "usr_1");
			await tenancy.createInvitation(invitation("inv_1", { email: "a@example.com", role: "admin", expiresAt: 50 }));
			expect(await tenancy.acceptInvitation("token inv_2", "a@example.com", "usr_2", 10)).toBe(undefined);
			expect(await tenancy.acceptInvitation("token inv_1", "b@example.com", "usr_2", 10)).toBe(undefined);
			expect(await tenancy.acceptInvitation("token inv_1", "a@example.com", "usr_2", 50)).toBe(undefined);
			const looks = [["token inv_2", "a@example.com", 10], ["token inv_1", "b@example.com", 10], ["token inv_1", "a@example.com", 50]] as const;
			for (const [token, email, now] of looks) expect(await tenancy.findInvitation(token, email, now)).toBe(undefined);
			expect(await tenancy.findInvitation("token inv_1", "a@example.com", 49)).toEqual(invitation("inv_1", { email: "a@example.com", role: "admin", expiresAt: 50 }));
			const accepted = await Promise.all(["usr_2", "usr_3"].map((user) => tenancy.acceptInvitation("token inv_1", "a@example.com", user, 49)));
			expect(accepted.filter((membership) => membership !== undefined).length).toBe(1);
			expect(await tenancy.findInvitation("token inv_1", "a@example.com", 10)).toBe(undefined);
			expect((await tenancy.listMembers("org_1")).length).toBe(2);
			expect(await tenancy.listInvitations("org_1", 10)).toEqual([]);
		});

		itKeeps("lowers no role by an invitation", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"), "usr_1");
			await tenancy.createInvitation(invitation("inv_1", { email: "a@example.com" }));
			expect(await tenancy.acceptInvitation("token inv_1", "a@example.com", "usr_1", 10)).toEqual(member("usr_1", "owner"));
			expect(await tenancy.listMembers("org_1")).toEqual([member("usr_1", "owner")]);
		});
	});

	describe(`${name}: projects`, () => {
		itKeeps("creates one with its first key, both or neither", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"));
			expect(await tenancy.createProject(project("prj_1"), key("key_1"))).toBe(true);
			expect(await tenancy.createProject(project("prj_1", { name: "Again" }), key("key_2"))).toBe(false);
			await expect(tenancy.createProject(project("prj_2"), key("key_3", { projectId: "prj_2", hash: "hash key_1" }))).rejects.toThrow(/./);
			await expect(tenancy.createProject(project("prj_3", { organisationId: "org_9" }))).rejects.toThrow(/./);
			expect(await tenancy.listProjects(["org_1", "org_9"])).toEqual([project("prj_1")]);
			expect(await tenancy.listKeys("prj_1")).toEqual([shown(key("key_1"))]);
		});

		itKeeps("lists, changes and deletes them", async (tenancy) => {
			await tenancy.createOrganisation(organisation("org_1"));
			await tenancy.createOrganisation(organisation("org_2"));
			await tenancy.createProject(project("prj_1", { createdAt: 3 }));
			await tenancy.createProject(project("prj_2", { createdAt: 2, organisationId: "org_2" }));
			await tenancy.createProject(project("prj_3", { createdAt: 1 }));
			const ids = async (organisations: string[]) => (await tenancy.listProjects(organisations)).map(({ id }) => id);
			expect(await ids(["org_1"])).toEqual(["prj_3", "prj_1"]);
			expect(await ids(["org_1", "org_2"])).toEqual(["prj_3", "prj_2", "prj_1"]);
			expect(await ids([])).toEqual([]);
			const limits = { concurrentRequests: 2 };
			expect(await tenancy.updateProject("prj_1", { name: "New", limits })).toEqual(project("prj_1", { createdAt: 3, name: "New", limits }));
			expect(await tenancy.updateProject("prj_9", { name: "New" })).toBe(undefined);
			for (const cache of [{ ttlSeconds: 60, toolCalls: false }, false, {}] as const) {
				expect(await tenancy.updateProject("prj_1", { cache })).toEqual(project("prj_1", { createdAt: 3, name: "New", limits, cache }));
				expect((await tenancy.findProject("prj_1"))?.cache).toEqual(cache);
			}
			expect(await tenancy.deleteProject("prj_1")).toBe(true);
			expect(await tenancy.deleteProject("prj_1")).toBe(false);
			expect(await tenancy.findProject("prj_1")).toBe(undefined);
		});
	});

	describe(`${name}: keys`, () => {
		async function withProject(tenancy: TenancyStore): Promise<void> {
			await tenancy.createOrganisation(organisation("org_1", { limits: { requestsPerMinute: 9 } }));
			await tenancy.createProject(project("prj_1"));
		}

		itKeeps("finds a key by its hash, with its project and organisation", async (tenancy) => {
			await withProject(tenancy);
			const full = key("key_1", { scopes: { surfaces: ["openai"], models: ["sim/*"], tools: [] }, limits: { budgets: [{ period: "month", tokens: 9 }] }, createdBy: "usr_1", expiresAt: 100 });
			expect(await tenancy.createKey(full)).toBe(true);
			expect(await tenancy.findKey(full.hash, 99)).toEqual({
				key: shown(full),
				project: project("prj_1"),
				organisation: organisation("org_1", { limits: { requestsPerMinute: 9 } }),
			});
			expect(await tenancy.findKey(full.hash, 100)).toBe(undefined);
			expect(await tenancy.listKeys("prj_1")).toEqual([shown(full)]);
			expect(await tenancy.findKey("key_1", 1)).toBe(undefined);
			expect(await tenancy.createKey(key("key_2", { projectId: "prj_9" }))).toBe(false);
			await expect(tenancy.createKey(key("key_3", { hash: full.hash }))).rejects.toThrow(/./);
		});

		itKeeps("revokes a key once, of its own project alone", async (tenancy) => {
			await withProject(tenancy);
			await tenancy.createProject(project("prj_2"));
			await tenancy.createKey(key("key_1"));
			expect(await tenancy.revokeKey("prj_2", "key_1", 5)).toBe(false);
			expect(await tenancy.revokeKey("prj_1", "key_9", 5)).toBe(false);
			expect(await tenancy.revokeKey("prj_1", "key_1", 5)).toBe(true);
			expect(await tenancy.revokeKey("prj_1", "key_1", 6)).toBe(false);
			expect(await tenancy.findKey("hash key_1", 6)).toBe(undefined);
			expect(await tenancy.listKeys("prj_1")).toEqual([]);
			expect(await tenancy.rotateKey("prj_1", "key_1", { hash: "new", prefix: "pst_new" })).toBe(undefined);
		});

		itKeeps("changes the limits of a key of its own project, until it is revoked", async (tenancy) => {
			await withProject(tenancy);
			await tenancy.createProject(project("prj_2"));
			await tenancy.createKey(key("key_1", { limits: { requestsPerMinute: 1 } }));
			const limits = { budgets: [{ period: "day" as const, requests: 5, tokens: 7 }] };
			expect(await tenancy.updateKey("prj_2", "key_1", { limits })).toBe(undefined);
			expect(await tenancy.updateKey("prj_1", "key_9", { limits })).toBe(undefined);
			expect(await tenancy.updateKey("prj_1", "key_1", { limits })).toEqual(shown(key("key_1", { limits })));
			expect((await tenancy.findKey("hash key_1", 1))?.key.limits).toEqual(limits);
			await tenancy.revokeKey("prj_1", "key_1", 5);
			expect(await tenancy.updateKey("prj_1", "key_1", { limits: {} })).toBe(undefined);
		});

		itKeeps("rotates a secret at once, or with a grace period", async (tenancy) => {
			await withProject(tenancy);
			await tenancy.createKey(key("key_1"));
			const found = async (hash: string, now: number) => (await tenancy.findKey(hash, now))?.key.id;
			expect(await tenancy.rotateKey("prj_9", "key_1", { hash: "second", prefix: "pst_2" })).toBe(undefined);
			expect(await tenancy.rotateKey("prj_1", "key_1", { hash: "second", prefix: "pst_2" })).toEqual({ ...shown(key("key_1")), prefix: "pst_2" });
			expect(await found("hash key_1", 1)).toBe(undefined);
			expect(await found("second", 1)).toBe("key_1");
			const third = await tenancy.rotateKey("prj_1", "key_1", { hash: "third", prefix: "pst_3", previousUntil: 50 });
			expect(third).toEqual({ ...shown(key("key_1")), prefix: "pst_3", previousUntil: 50 });
			expect([await found("second", 49), await found("second", 50), await found("third", 50)]).toEqual(["key_1", undefined, "key_1"]);
			await tenancy.rotateKey("prj_1", "key_1", { hash: "fourth", prefix: "pst_4", previousUntil: 90 });
			expect([await found("second", 10), await found("third", 10), await found("fourth", 10)]).toEqual([undefined, "key_1", "key_1"]);
			await tenancy.rotateKey("prj_1", "key_1", { hash: "fifth", prefix: "pst_5" });
			expect([await found("third", 10), await found("fourth", 10), await found("fifth", 10)]).toEqual([undefined, undefined, "key_1"]);
			await tenancy.rotateKey("prj_1", "key_1", { hash: "sixth", prefix: "pst_6", previousUntil: 90 });
			await tenancy.revokeKey("prj_1", "key_1", 11);
			expect([await found("fifth", 12), await found("sixth", 12)]).toEqual([undefined, undefined]);
		});

		itKeeps("leaves one valid secret of rotations at once, and none of a revocation among them", async (tenancy) => {
			await withProject(tenancy);
			await tenancy.createKey(key("key_1"));
			await tenancy.createKey(key("key_2"));
			const hashes = Array.from({ length: 12 }, (_, at) => `hash ${at}`);
			await Promise.all(hashes.map((hash) => tenancy.rotateKey("prj_1", "key_1", { hash, prefix: hash })));
			const valid = await Promise.all(["hash key_1", ...hashes].map((hash) => tenancy.findKey(hash, 1)));
			expect(valid.filter((found) => found !== undefined).length).toBe(1);
			const others = hashes.map((hash) => `${hash} of key_2`);
			await Promise.all(
				others.flatMap((hash, at) => [
					tenancy.rotateKey("prj_1", "key_2", { hash, prefix: hash, previousUntil: 99 }),
					...(at === 6 ? [tenancy.revokeKey("prj_1", "key_2", 1)] : []),
				]),
			);
			expect(await Promise.all(["hash key_2", ...others].map((hash) => tenancy.findKey(hash, 1)))).toEqual(Array.from({ length: 13 }, () => undefined));
		});

		itKeeps("remembers when a key was used last", async (tenancy) => {
			await withProject(tenancy);
			await tenancy.createKey(key("key_1"));
			await tenancy.createKey(key("key_2", { createdAt: 2 }));
			await tenancy.touchKeys([]);
			await tenancy.touchKeys([
				{ keyId: "key_1", at: 20 },
				{ keyId: "key_9", at: 20 },
			]);
			await tenancy.touchKeys([{ keyId: "key_1", at: 10 }]);
			expect((await tenancy.listKeys("prj_1")).map(({ lastUsedAt }) => lastUsedAt)).toEqual([20, undefined]);
		});

		itKeeps("takes the keys of a project with it, also one that is made at that moment", async (tenancy) => {
			await withProject(tenancy);
			await tenancy.createKey(key("key_1"));
			const [, made] = await Promise.all([tenancy.deleteProject("prj_1"), tenancy.createKey(key("key_2"))]);
			expect([true, false]).toContain(made);
			expect(await tenancy.findKey("hash key_1", 1)).toBe(undefined);
			expect(await tenancy.findKey("hash key_2", 1)).toBe(undefined);
			expect(await tenancy.listKeys("prj_1")).toEqual([]);
		});
	});
}

const awkwardTexts: readonly (readonly [label: string, text: string])[] = [
	["quotes and SQL", `'); drop table projects; -- "\`$1 ? :name`],
	["backslashes and what looks like an escape", "\\ \\\\ \\u0041 \\ud800 \\"],
	["NUL, lone surrogates and astral characters", "a\0b \ud800 x \udc00 \u{1f469}\u200d\u{1f680}"],
];

function organisation(id: string, fields: Partial<Organisation> = {}): Organisation {
	return { id, name: "Apes", isPersonal: false, createdAt: 1, ...fields };
}

function member(userId: string, role: Role) {
	return { organisationId: "org_1", userId, role };
}

function invitation(id: string, fields: Partial<Invitation> = {}): Invitation {
	return { id, organisationId: "org_1", email: "a@example.com", role: "member", invitedBy: "usr_1", createdAt: 1, expiresAt: 1000, tokenHash: `token ${id}`, ...fields };
}

function project(id: string, fields: Partial<Project> = {}): Project {
	return { id, organisationId: "org_1", name: "Site", createdAt: 1, ...fields };
}

function key(id: string, fields: Partial<NewKey> = {}): NewKey {
	return { id, projectId: "prj_1", name: "Default", prefix: "pst_12345678", hash: `hash ${id}`, createdAt: 1, ...fields };
}

function shown({ hash: _hash, ...rest }: NewKey) {
	return rest;
}
