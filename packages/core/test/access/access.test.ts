import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TenancyWorld } from "../surfaces/accounts/tenancy-world.ts";
import { accessDocument, accessLines, type CallerId, callerIds, cellOf } from "./document.ts";
import { allOperations, headersOf, makeTenant, makeWorld, pathOf, type Tenant } from "./tenant.ts";

function whoIs(caller: CallerId, tenant: Tenant): string | undefined {
	const { key, member, admin, owner, hostAdmin } = tenant;
	return { nobody: undefined, key, stranger: "usr_stranger", member, admin, owner, "host admin": hostAdmin, operator: "operator" }[caller];
}

describe("everybody at every operation, over HTTP", () => {
	let world: TenancyWorld;
	beforeAll(async () => {
		({ world } = await makeWorld());
	});

	describe.each(callerIds)("%s", (caller) => {
		it.each(allOperations)("%s", async (id, operation) => {
			// One for each: what is allowed may delete it.
			const tenant = await makeTenant(world, `${caller.replace(" ", "")}${id.toLowerCase()}`);
			const { status, json } = await world.call(whoIs(caller, tenant), operation.method, pathOf(operation, tenant.ids), undefined, headersOf(operation));
			const expected = cellOf(operation.access, caller);
			if (expected === "✓") expect([401, 403]).not.toContain(status);
			else expect({ status, json }).toMatchObject({ status: expected });
		});
	});
});

describe("the table", () => {
	const path = new URL("../../../../docs/access.md", import.meta.url);

	it("stands in docs/access.md (POSTERN_WRITE_ACCESS=1 writes it anew)", () => {
		const written = accessDocument();
		if (process.env.POSTERN_WRITE_ACCESS === "1") writeFileSync(path, written);
		expect(readFileSync(path, "utf8")).toBe(written);
	});

	it.each(allOperations)("%s has the project or organisation in its path that its role is in", (_, { path: route, access }) => {
		if (typeof access === "object") expect(route).toContain(access.in === "project" ? "/:projectId" : "/:orgId");
	});

	afterAll(() => console.info(accessLines().join("\n")));
});
