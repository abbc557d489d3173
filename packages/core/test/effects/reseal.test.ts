import { expect, it } from "vitest";
import { defaultRuntime } from "../../src/effects/default-runtime.ts";
import { resealCredentials } from "../../src/effects/reseal.ts";
import { createSecretBox } from "../../src/effects/secret-box.ts";
import { memoryStore } from "../../src/effects/store/memory-store.ts";

const key = (letter: string) => `${letter.repeat(42)}A=`;

async function storeWith(count: number, sealedBy: string) {
	const store = memoryStore();
	await store.tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 });
	const box = createSecretBox([sealedBy], defaultRuntime());
	for (let at = 0; at < count; at++) {
		await store.tenancy.createProject({ id: `prj_${at}`, organisationId: "org_1", name: "Site", createdAt: 1 });
		const id = `crd_${at}`;
		await store.credentials.put({ id, projectId: `prj_${at}`, provider: "openai", sealed: await box.seal(`sk-${at}`, id), masked: "***", createdBy: "usr_1", createdAt: 1 });
	}
	return store;
}

async function opened(store: Awaited<ReturnType<typeof storeWith>>, keys: string[]) {
	const box = createSecretBox(keys, defaultRuntime());
	const all = await store.credentials.listAll({ limit: 1000 });
	return Promise.all(all.map(async ({ id, sealed }) => [id, await box.open(sealed, id)]));
}

it("seals all with the first key, once, and writes it down", async () => {
	const store = await storeWith(250, key("a"));
	const before = await opened(store, [key("a")]);
	expect(await resealCredentials({ store, encryptionKeys: [key("b"), key("a")] })).toEqual({ resealed: 250, current: 0, lost: 0 });
	expect(await opened(store, [key("b")])).toEqual(before);
	expect(await resealCredentials({ store, encryptionKeys: [key("b"), key("a")] })).toEqual({ resealed: 0, current: 250, lost: 0 });
	const events = await store.audit.list({ organisationId: "org_1", limit: 1000 });
	expect(events.filter(({ action }) => action === "credential.rotated")).toHaveLength(250);
	expect(JSON.stringify(events)).not.toContain("sk-");
});

it("goes on where it was stopped", async () => {
	const store = await storeWith(20, key("a"));
	const { reseal } = store.credentials;
	let left = 7;
	Object.assign(store.credentials, { reseal: (...args: Parameters<typeof reseal>) => (left-- > 0 ? reseal(...args) : Promise.reject(new Error("killed"))) });
	const encryptionKeys = [key("b"), key("a")];
	await expect(resealCredentials({ store, encryptionKeys })).rejects.toThrow("killed");
	Object.assign(store.credentials, { reseal });
	expect(await resealCredentials({ store, encryptionKeys })).toEqual({ resealed: 13, current: 7, lost: 0 });
});

it("leaves alone what no key opens", async () => {
	const store = await storeWith(2, key("a"));
	const before = await store.credentials.listAll({ limit: 10 });
	expect(await resealCredentials({ store, encryptionKeys: [key("b")] })).toEqual({ resealed: 0, current: 0, lost: 2 });
	expect(await store.credentials.listAll({ limit: 10 })).toEqual(before);
});
