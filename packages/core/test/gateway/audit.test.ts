import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../src/contract/audit.ts";
import { type GatewayOptions, memoryStore } from "../../src/index.ts";
import { ask, testGateway, token } from "./support.ts";

async function auditedGateway() {
	const store = memoryStore();
	await store.tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 }, "usr_1");
	await store.tenancy.createOrganisation({ id: "org_2", name: "Bees", isPersonal: false, createdAt: 1 }, "usr_2");
	for (let at = 1; at <= 5; at++) await store.audit.append(event(`aud_${at}`, { at, organisationId: "org_1" }));
	await store.audit.append(event("aud_6", { organisationId: "org_2" }));
	await store.audit.append(event("aud_7", {}));
	const identify = ({ header }: { header(name: string): string | undefined }) => {
		const [organisationId, role] = (header("x-who") ?? "").split(" ");
		return organisationId ? ({ kind: "host", id: "ada", organisationId, role: role as "owner" } as const) : undefined;
	};
	const gateway = testGateway({ store, identify, token, surfaces: ["accounts"] });
	const as = (who: string | undefined, path: string) => ask(gateway, path, { headers: who === undefined ? {} : { authorization: undefined, "x-who": who } });
	return { gateway, as };
}

function event(id: string, fields: Partial<AuditEvent>): AuditEvent {
	return { id, at: 1, action: "key.created", actor: { kind: "user", id: "usr_1" }, ...fields };
}

function idsOf(json: Record<string, unknown>) {
	return (json as { events: AuditEvent[] }).events.map(({ id }) => id);
}

describe("the audit log", () => {
	it("is read by an owner, newest first, page by page", async () => {
		const { as } = await auditedGateway();
		const { status, json } = await as("org_1 owner", "/v1/orgs/org_1/audit?limit=2");
		expect(status).toBe(200);
		expect(idsOf(json)).toEqual(["aud_5", "aud_4"]);
		expect(json.next).toBe("aud_4");
		const second = await as("org_1 owner", "/v1/orgs/org_1/audit?limit=3&before=aud_4");
		expect(idsOf(second.json)).toEqual(["aud_3", "aud_2", "aud_1"]);
		expect(second.json).not.toHaveProperty("next");
	});

	it("is the operator's too, with what belongs to no organisation", async () => {
		const { as } = await auditedGateway();
		expect(idsOf((await as(undefined, "/v1/orgs/org_2/audit")).json)).toEqual(["aud_6"]);
		expect(idsOf((await as(undefined, "/v1/audit")).json)).toEqual(["aud_7"]);
	});

	it.each([
		["a member", "org_1 member", "/v1/orgs/org_1/audit", 403, "FORBIDDEN"],
		["an admin", "org_1 admin", "/v1/orgs/org_1/audit", 403, "FORBIDDEN"],
		["another organisation's owner", "org_2 owner", "/v1/orgs/org_1/audit", 404, "NOT_FOUND"],
		["an owner, of the gateway's own", "org_1 owner", "/v1/audit", 403, "FORBIDDEN"],
		["nobody", "", "/v1/orgs/org_1/audit", 401, "UNAUTHORIZED"],
		["the operator, of an unknown organisation", undefined, "/v1/orgs/org_9/audit", 404, "NOT_FOUND"],
		["an owner with a limit of 0", "org_1 owner", "/v1/orgs/org_1/audit?limit=0", 400, "VALIDATION_ERROR"],
		["an owner with too high a limit", "org_1 owner", "/v1/orgs/org_1/audit?limit=1001", 400, "VALIDATION_ERROR"],
		["an owner with a limit that is no number", "org_1 owner", "/v1/orgs/org_1/audit?limit=ten", 400, "VALIDATION_ERROR"],
	])("refuses %s", async (_who, who, path, status, code) => {
		const { as } = await auditedGateway();
		expect(await as(who, path)).toMatchObject({ status, json: { code } });
	});
});

describe("how long the audit log is kept", () => {
	const dayMs = 86_400_000;
	const now = Date.UTC(2026, 10, 22);

	/** What stands in the log once all timers of a gateway have run. */
	async function after(retention: NonNullable<GatewayOptions["retention"]>) {
		const store = memoryStore();
		for (const age of [0, 9, 11]) await store.audit.append(event(`aud_${age}`, { at: now - age * dayMs }));
		const timers: (() => void)[] = [];
		const schedule = (_ms: number, callback: () => void) => {
			timers.push(callback);
			return () => {};
		};
		const gateway = testGateway({ store, token, surfaces: ["accounts"], retention, runtime: { now: () => now, schedule } });
		for (const callback of timers.splice(0)) callback();
		const list = async () => idsOf((await ask(gateway, "/v1/audit")).json);
		return { gateway, list };
	}

	it("is for ever, whatever is said of records", async () => {
		const { gateway, list } = await after({ recordsDays: 1, rollupsDays: 1 });
		expect(await list()).toEqual(["aud_0", "aud_9", "aud_11"]);
		await gateway.close();
	});

	it("is as many days as the operator names", async () => {
		const { gateway, list } = await after({ auditDays: 10 });
		await expect.poll(list).toEqual(["aud_0", "aud_9"]);
		await gateway.close();
	});

	it.each([0, -1, 0.5, Number.NaN])("is not %d days", (auditDays) => {
		expect(() => testGateway({ retention: { auditDays } })).toThrow(/retention\.auditDays/);
	});
});
