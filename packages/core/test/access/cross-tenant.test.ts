import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOperator } from "../../src/rules/auth/access.ts";
import type { TenancyWorld } from "../surfaces/accounts/tenancy-world.ts";
import { callers } from "./document.ts";
import { allOperations, headersOf, idParameters, makeWorld, pathOf, type Tenant } from "./tenant.ts";

const intruders = {
	"another owner": (other: Tenant) => other.owner,
	"another app's owner": (other: Tenant) => other.hostAdmin.replace("!admin", "!owner"),
	"another key": (other: Tenant) => other.key,
	"a stranger": () => "usr_stranger",
} as const;
type IntruderId = keyof typeof intruders;
const intruderIds = Object.keys(intruders) as readonly IntruderId[];

/** Each way to reach for somebody else's: all ids of another tenant, or one's own project or organisation and the rest of another. */
const attempts = allOperations.flatMap(([id, operation]) => {
	const names = idParameters(operation);
	const own = names.filter((name) => name === "orgId" || name === "projectId");
	const isMixed = own.length > 0 && own.length < names.length;
	// What only the operator may do tells nobody whether it is there.
	if (names.length === 0 || operation.access === "public" || operation.access === "operator") return [];
	return [{ id, operation, names, own: [] as readonly string[] }, ...(isMixed ? [{ id, operation, names, own }] : [])];
});
const told: string[] = [];

describe("another tenant's ids", () => {
	let world: TenancyWorld;
	let tenant: Tenant;
	let other: Tenant;
	beforeAll(async () => {
		({ world, tenant, other } = await makeWorld());
	});

	describe.each(intruderIds)("tried by %s", (intruder) => {
		it.each(attempts)("$id (own: $own)", async ({ id, operation, names, own }) => {
			const who = intruders[intruder](other);
			const ids = Object.fromEntries(names.flatMap((name) => Object.entries((own.includes(name) ? other : tenant).ids).filter(([known]) => known === name)));
			const { status, text } = await world.call(who, operation.method, pathOf(operation, ids), operation.example, headersOf(operation));
			told.push(`${id.padEnd(22)} ${(own.length === 0 ? "all ids theirs" : `own ${own.join(", ")}`).padEnd(16)} ${intruder.padEnd(20)} ${status}`);
			// What is only for people with an account tells everybody else to sign in.
			const isPerson = who.startsWith("usr_");
			expect([id, status]).toEqual([id, operation.access === "user" && !isPerson ? 401 : 404]);
			for (const value of Object.values(tenant.ids).filter((each) => !Object.values(ids).includes(each))) expect(text).not.toContain(value);
		});
	});

	it("in bodies, queries and headers are as unknown", async () => {
		const { ids } = tenant;
		const session = (await world.call(tenant.key, "POST", "/generate-text", { prompt: "Hi" })).json.sessionId;
		const tried = [
			[other.key, "POST", "/generate-text", { prompt: "Hi", sessionId: session }, {}],
			[other.owner, "POST", "/v1/responses", { model: "sim/echo", input: "Hi", previous_response_id: ids.responses }, {}],
			[other.owner, "POST", "/v1/prompt", { prompt: "Hi" }, { "x-project-id": ids.projectId ?? "" }],
			[other.owner, "GET", `/v1/projects?organisationId=${ids.orgId}`, undefined, {}],
			[other.owner, "GET", `/v1/weights?projectId=${ids.projectId}`, undefined, {}],
			[other.owner, "PUT", `/v1/weights?projectId=${ids.projectId}`, { weights: [] }, {}],
			[other.owner, "PUT", "/v1/weights", { weights: [] }, { "x-project-id": ids.projectId ?? "" }],
			[other.key, "POST", "/v1/feedback", { requestId: ids.requests, score: 1 }, {}],
			[other.owner, "POST", "/v1/feedback", { requestId: ids.requests, score: 1 }, {}],
			[other.owner, "POST", "/v1/projects", { name: "x", organisationId: ids.orgId }, {}],
			[other.owner, "POST", `/v1/projects/${other.ids.projectId}/keys/rotate`, { keyId: ids.keyId }, {}],
			[other.owner, "DELETE", `/v1/projects/${other.ids.projectId}/keys?keyId=${ids.keyId}`, undefined, {}],
		] as const;
		for (const [who, method, path, body, headers] of tried) {
			expect([method, path, (await world.call(who, method, path, body, headers)).status]).toEqual([method, path, 404]);
		}
	});

	it("are all untouched afterwards", async () => {
		const { ids, owner, key } = tenant;
		const list = async (path: string) => (await world.call(owner, "GET", path)).json;
		expect((await world.call(key, "GET", "/v1/models")).status).toBe(200);
		expect((await world.call(key, "GET", `/v1/responses/${ids.responses}`)).status).toBe(200);
		expect(await list(`/v1/projects/${ids.projectId}/keys`)).toMatchObject({ keys: [{ id: ids.keyId }] });
		expect((await list(`/v1/orgs/${ids.orgId}/members`)).members).toHaveLength(3);
		expect((await list(`/v1/orgs/${ids.orgId}/invitations`)).invitations).toHaveLength(1);
		expect(await list(`/v1/orgs/${ids.orgId}`)).toMatchObject({ organisation: { name: "The adaowner" } });
	});

	it("are reached by the operator alone", () => expect(Object.values(callers).filter((caller) => caller !== undefined && isOperator(caller))).toEqual([callers.operator]));

	afterAll(() => console.info(told.sort().join("\n")));
});
