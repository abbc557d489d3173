import type { CredentialStore, NewCredential } from "../effects/store/credential-store.ts";
import type { Store } from "../effects/store/store.ts";
import { awkwardTexts } from "./awkward-texts.ts";
import type { TestFunctions } from "./test-functions.ts";

/** What every store must do with the sealed keys of providers. */
export function credentialConformance(name: string, itOnStore: (title: string, body: (store: Store) => Promise<void>) => void, test: TestFunctions): void {
	const { describe, expect } = test;
	function itKeeps(title: string, body: (credentials: CredentialStore, store: Store) => Promise<void>): void {
		itOnStore(title, async (store) => {
			await store.tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 });
			for (const id of ["prj_1", "prj_2"]) await store.tenancy.createProject({ id, organisationId: "org_1", name: "Site", createdAt: 1 });
			await body(store.credentials, store);
		});
	}

	describe(`${name}: credentials`, () => {
		itKeeps("has none at first", async (credentials) => {
			expect(await credentials.list(undefined)).toEqual([]);
			expect(await credentials.list("prj_1")).toEqual([]);
			expect(await credentials.listAll({ limit: 10 })).toEqual([]);
			expect(await credentials.delete(undefined, "openai")).toBe(undefined);
			expect(await credentials.reseal("crd_1", "a", "b")).toBe(false);
		});

		itKeeps("keeps one for each provider, of the gateway and of each project", async (credentials) => {
			await credentials.put(credential("crd_1"));
			await credentials.put(credential("crd_2", { projectId: "prj_1" }));
			await credentials.put(credential("crd_3", { projectId: "prj_1", provider: "anthropic" }));
			await credentials.put(credential("crd_4", { projectId: "prj_2" }));
			const ids = async (owner?: string) => (await credentials.list(owner)).map(({ id }) => id);
			expect(await ids()).toEqual(["crd_1"]);
			expect(await ids("prj_1")).toEqual(["crd_3", "crd_2"]);
			expect(await ids("prj_2")).toEqual(["crd_4"]);
			expect((await credentials.list("prj_1", { limit: 1 })).map(({ id }) => id)).toEqual(["crd_3"]);
			expect((await credentials.list("prj_1", { limit: 1, after: "anthropic" })).map(({ id }) => id)).toEqual(["crd_2"]);
			expect((await credentials.listAll({ limit: 2 })).map(({ id }) => id)).toEqual(["crd_1", "crd_2"]);
			expect((await credentials.listAll({ limit: 9, after: "crd_2" })).map(({ id }) => id)).toEqual(["crd_3", "crd_4"]);
		});

		for (const [owner, fields] of [["the gateway", {}], ["a project", { projectId: "prj_1" }]] as const) {
			itKeeps(`puts one of ${owner} in an earlier one's place, whose creation it keeps`, async (credentials) => {
				expect(await credentials.put(credential("crd_1", fields))).toEqual({ ...credential("crd_1", fields), updatedAt: 5 });
				const second = { ...credential("crd_2", fields), sealed: "other", masked: "ot***", createdBy: "usr_2", createdAt: 9 };
				const stored = { ...second, createdBy: "usr_1", createdAt: 5, updatedAt: 9 };
				expect(await credentials.put(second)).toEqual(stored);
				expect(await credentials.listAll({ limit: 10 })).toEqual([stored]);
			});

			itKeeps(`deletes one of ${owner}, once`, async (credentials) => {
				await credentials.put(credential("crd_1", fields));
				expect((await credentials.delete("projectId" in fields ? undefined : "prj_1", "openai"))?.id).toBe(undefined);
				expect((await credentials.delete("projectId" in fields ? fields.projectId : undefined, "openai"))?.id).toBe("crd_1");
				expect(await credentials.listAll({ limit: 10 })).toEqual([]);
			});
		}

		itKeeps("rejects one of a project that is not there, and forgets those of one that goes", async (credentials, { tenancy }) => {
			await expect(credentials.put(credential("crd_1", { projectId: "prj_9" }))).rejects.toThrow(/./);
			await credentials.put(credential("crd_2", { projectId: "prj_1" }));
			await credentials.put(credential("crd_3"));
			await tenancy.deleteProject("prj_1");
			expect((await credentials.listAll({ limit: 10 })).map(({ id }) => id)).toEqual(["crd_3"]);
		});

		itKeeps("seals in another way only what is as it was read", async (credentials) => {
			await credentials.put(credential("crd_1"));
			expect(await credentials.reseal("crd_1", "sealed crd_1", "again")).toBe(true);
			expect(await credentials.reseal("crd_1", "sealed crd_1", "late")).toBe(false);
			expect((await credentials.list(undefined))[0]?.sealed).toBe("again");
		});

		itKeeps("keeps one where many are put at once", async (credentials) => {
			await Promise.all(Array.from({ length: 20 }, (_, at) => credentials.put(credential(`crd_${at}`))));
			expect((await credentials.list(undefined)).length).toBe(1);
		});

		for (const [label, text] of awkwardTexts) {
			itKeeps(`gives back ${label}`, async (credentials) => {
				const awkward = { ...credential(text), provider: text, sealed: text, masked: text, createdBy: text };
				await credentials.put(awkward);
				expect(await credentials.list(undefined)).toEqual([{ ...awkward, updatedAt: 5 }]);
			});
		}
	});
}

function credential(id: string, fields: Partial<NewCredential> = {}): NewCredential {
	return { id, provider: "openai", sealed: `sealed ${id}`, masked: "sk-1***wxyz", createdBy: "usr_1", createdAt: 5, ...fields };
}
