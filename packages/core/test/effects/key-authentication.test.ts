import { describe, expect, it } from "vitest";
import { createKeyAuthentication } from "../../src/effects/key-authentication.ts";
import { memoryStore } from "../../src/effects/store/memory-store.ts";
import type { NewKey, TenancyStore } from "../../src/effects/store/tenancy-store.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";

async function world() {
	const runtime = fakeRuntime();
	const asked = { findKey: 0, touchKeys: 0 };
	const { tenancy: stored } = memoryStore();
	const tenancy: TenancyStore = {
		...stored,
		findKey: (...given) => ((asked.findKey += 1), stored.findKey(...given)),
		touchKeys: (...given) => ((asked.touchKeys += 1), stored.touchKeys(...given)),
	};
	await tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1, limits: { requestsPerMinute: 1 } });
	await tenancy.createProject({ id: "prj_1", organisationId: "org_1", name: "Site", createdAt: 1, limits: { requestsPerMinute: 2 } });
	const open = () => createKeyAuthentication({ tenancy, runtime, prefix: "pst_" });
	const keys = open();
	async function make(id: string, fields: Partial<NewKey> = {}): Promise<string> {
		const { text, hash, prefix } = keys.create();
		await tenancy.createKey({ id, projectId: "prj_1", name: id, hash, prefix, createdAt: 1, ...fields });
		return text;
	}
	return { runtime, tenancy, keys, open, make, asked, lastUsedAt: async () => (await tenancy.listKeys("prj_1"))[0]?.lastUsedAt };
}

describe("a key", () => {
	it("is a principal with its project, scopes and everybody's limits", async () => {
		const { keys, make } = await world();
		expect(await keys.find(await make("key_1", { scopes: { models: ["sim/*"] }, limits: { requestsPerMinute: 3 } }))).toEqual({
			kind: "key",
			id: "key_1",
			projectId: "prj_1",
			organisationId: "org_1",
			scopes: { models: ["sim/*"] },
			limits: [
				{ kind: "organisation", id: "org_1", rules: { requestsPerMinute: 1 } },
				{ kind: "project", id: "prj_1", rules: { requestsPerMinute: 2 } },
				{ kind: "key", id: "key_1", rules: { requestsPerMinute: 3 } },
			],
		});
	});

	it("that is mistyped is not looked up", async () => {
		const { keys, make, asked } = await world();
		const text = await make("key_1");
		expect(await keys.find(`${text.slice(0, -1)}${text.endsWith("0") ? "1" : "0"}`)).toBeUndefined();
		expect(await keys.find("anything")).toBeUndefined();
		expect(asked.findKey).toBe(0);
	});

	it("is looked up once for many requests, those at once among them, and again half a second later", async () => {
		const { keys, make, asked, runtime } = await world();
		const text = await make("key_1");
		await Promise.all([keys.find(text), keys.find(text)]);
		await runtime.advance(499);
		await keys.find(text);
		expect(asked.findKey).toBe(1);
		await runtime.advance(1);
		await keys.find(text);
		expect(asked.findKey).toBe(2);
	});

	it("that is revoked stops at once here, and within half a second elsewhere", async () => {
		const { keys, open, make, runtime, tenancy } = await world();
		const elsewhere = open();
		const text = await make("key_1");
		expect([await keys.find(text), await elsewhere.find(text)]).toEqual([expect.anything(), expect.anything()]);
		await tenancy.revokeKey("prj_1", "key_1", runtime.now());
		keys.forget();
		expect(await keys.find(text)).toBeUndefined();
		await runtime.advance(500);
		expect(await elsewhere.find(text)).toBeUndefined();
	});

	it("that expires stops to the millisecond", async () => {
		const { keys, make, runtime } = await world();
		const text = await make("key_1", { expiresAt: runtime.now() + 100 });
		await runtime.advance(99);
		expect(await keys.find(text)).toBeDefined();
		await runtime.advance(1);
		expect(await keys.find(text)).toBeUndefined();
	});

	it("that was tried before it was there works as soon as it is", async () => {
		const { keys, tenancy } = await world();
		const { text, hash, prefix } = keys.create();
		expect(await keys.find(text)).toBeUndefined();
		await tenancy.createKey({ id: "key_1", projectId: "prj_1", name: "", hash, prefix, createdAt: 1 });
		expect(await keys.find(text)).toBeDefined();
	});

	it("cannot be known while the store fails, and is known again afterwards", async () => {
		const { tenancy, runtime, make } = await world();
		let isDown = true;
		const keys = createKeyAuthentication({
			tenancy: { ...tenancy, findKey: (...given) => (isDown ? Promise.reject(new Error("down")) : tenancy.findKey(...given)) },
			runtime,
			prefix: "pst_",
		});
		const text = await make("key_1");
		await expect(keys.find(text)).rejects.toThrow("down");
		isDown = false;
		expect(await keys.find(text)).toBeDefined();
	});
});

describe("when a key was last used", () => {
	it("is written beside the requests, at most once a minute", async () => {
		const { keys, make, runtime, asked, lastUsedAt } = await world();
		const text = await make("key_1");
		const first = runtime.now();
		for (let at = 0; at < 5; at += 1) await keys.find(text);
		expect(asked.touchKeys).toBe(0);
		await runtime.advance(1000);
		expect([asked.touchKeys, await lastUsedAt()]).toEqual([1, first]);
		await runtime.advance(58_999);
		await keys.find(text);
		await runtime.advance(10);
		expect(asked.touchKeys).toBe(1);
		await keys.find(text);
		await runtime.advance(1000);
		expect([asked.touchKeys, await lastUsedAt()]).toEqual([2, first + 60_009]);
		expect(runtime.pending()).toBe(0);
	});

	it("is written at the close", async () => {
		const { keys, make, runtime, lastUsedAt } = await world();
		await keys.find(await make("key_1"));
		await keys.close();
		expect(await lastUsedAt()).toBe(runtime.now());
		expect(runtime.pending()).toBe(0);
	});

	it("holds up nobody where it cannot be written", async () => {
		const { tenancy, runtime, make } = await world();
		const keys = createKeyAuthentication({ tenancy: { ...tenancy, touchKeys: () => Promise.reject(new Error("disk full")) }, runtime, prefix: "pst_" });
		await keys.find(await make("key_1"));
		await keys.close();
		expect(runtime.observed).toEqual([{ type: "warning", message: expect.stringContaining("disk full") }]);
	});
});
