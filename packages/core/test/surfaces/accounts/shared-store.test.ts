import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { temporaryFolder } from "../../node/sqlite/temporary-folder.ts";
import { type OtherGateway, startOtherGateway } from "./other-gateway.ts";
import { type Call, type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

describe("two gateways on one SQLite file, in two processes", () => {
	const folder = temporaryFolder();
	let here: TenancyWorld;
	let there: OtherGateway;
	let keysPath: string;
	beforeAll(async () => {
		const file = folder.file("shared.db");
		here = tenancyWorld({ store: sqliteStore(file) });
		await here.call("operator", "GET", "/v1/orgs");
		there = await startOtherGateway(file);
		const { json } = await here.call("operator", "POST", "/v1/projects", { name: "x", organisationId: "acme" });
		keysPath = `/v1/projects/${(json.project as { id: string }).id}/keys`;
	});
	afterAll(async () => {
		there.process.kill();
		await here.gateway.close();
	});

	async function create(): Promise<{ readonly key: string; readonly id: string }> {
		const { json } = await here.call("operator", "POST", keysPath);
		return { key: json.key as string, id: (json.details as { id: string }).id };
	}
	const works = async ({ call }: { readonly call: Call }, key: string) => (await call(key, "GET", "/v1/models")).status === 200;
	const rotate = async ({ call }: { readonly call: Call }, keyId: string, graceSeconds = 0) => (await call("operator", "POST", `${keysPath}/rotate`, { keyId, graceSeconds })).json.key as string;

	/** Whatever is asked later than a second after the change is answered by no, and goes on being so. */
	async function expectForgotten(key: string, changedAt: number): Promise<void> {
		let [isValid, askedAt] = [true, changedAt];
		while (isValid && askedAt < changedAt + 1000) {
			askedAt = performance.now();
			isValid = await works(there, key);
		}
		expect(isValid).toBe(false);
		expect(await works(there, key)).toBe(false);
	}

	it("know a key at once", async () => {
		const { key } = await create();
		expect([await works(here, key), await works(there, key)]).toEqual([true, true]);
	});

	it("let go of a revoked one within a second, however often it is asked for meanwhile", async () => {
		const { key, id } = await create();
		expect(await works(there, key)).toBe(true);
		expect((await here.call("operator", "DELETE", `${keysPath}/${id}`)).status).toBe(200);
		const revokedAt = performance.now();
		expect(await works(here, key)).toBe(false);
		await expectForgotten(key, revokedAt);
	});

	it("let go of a secret that was rotated away", async () => {
		const { key, id } = await create();
		expect(await works(there, key)).toBe(true);
		const next = await rotate(here, id);
		const rotatedAt = performance.now();
		expect([await works(here, key), await works(here, next), await works(there, next)]).toEqual([false, true, true]);
		await expectForgotten(key, rotatedAt);
	});

	it("leave exactly one secret of rotations at once on both", async () => {
		const { key, id } = await create();
		const rotated = await Promise.all(Array.from({ length: 12 }, (_, at) => rotate(at % 2 === 0 ? here : there, id)));
		await vi.waitFor(async () => {
			const valid = await Promise.all([key, ...rotated].flatMap((text) => [works(here, text), works(there, text)]));
			// One, on both.
			expect(valid.filter(Boolean)).toHaveLength(2);
		}, 20_000);
	});

	it("leave none where one of them revokes meanwhile", async () => {
		const { key, id } = await create();
		const ends = await Promise.all([
			...Array.from({ length: 6 }, (_, at) => rotate(at % 2 === 0 ? here : there, id, 3600)),
			there.call("operator", "DELETE", `${keysPath}/${id}`).then(() => undefined),
			...Array.from({ length: 6 }, (_, at) => rotate(at % 2 === 0 ? here : there, id, 3600)),
		]);
		const texts = [key, ...ends.filter((end) => end !== undefined)];
		await vi.waitFor(async () => {
			const valid = await Promise.all(texts.flatMap((text) => [works(here, text), works(there, text)]));
			expect(valid).not.toContain(true);
		}, 20_000);
	});

	it("remember both when a key was last used", async () => {
		const { key, id } = await create();
		await works(there, key);
		await vi.waitFor(async () => {
			const { json } = await here.call("operator", "GET", keysPath);
			expect((json.keys as { id: string; lastUsedAt?: string }[]).find((each) => each.id === id)?.lastUsedAt).toMatch(/Z$/);
		}, 20_000);
	});
});
