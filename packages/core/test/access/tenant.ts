import { type OperationId, operations } from "../../src/contract/index.ts";
import type { Operation } from "../../src/index.ts";
import { type TenancyWorld, tenancyWorld } from "../surfaces/accounts/tenancy-world.ts";

/** Everybody and everything of one organisation. */
export interface Tenant {
	readonly owner: string;
	readonly admin: string;
	readonly member: string;
	/** Of the embedding app, with the role admin. */
	readonly hostAdmin: string;
	readonly key: string;
	/** By the name of the parameter that takes it. */
	readonly ids: Readonly<Record<string, string>>;
}

/** Parameters that name nothing of a tenant's. */
const shared = new Set(["model", "file", "provider", "endpoint"]);

/** @param name tells tenants apart. */
export async function makeTenant(world: TenancyWorld, name: string): Promise<Tenant> {
	const { call } = world;
	const [owner, admin, member] = [`usr_${name}owner`, `usr_${name}admin`, `usr_${name}member`] as const;
	const orgId = await world.person(owner);
	for (const [userId, role] of [[admin, "admin"], [member, "member"]] as const) {
		await world.person(userId);
		await world.join(orgId, userId, role);
	}
	const { project, apiKey, keyId } = (await call(owner, "POST", "/v1/projects", { name })).json as { project: { id: string }; apiKey: string; keyId: string };
	const invited = (await call(owner, "POST", `/v1/orgs/${orgId}/invitations`, { email: `${name}@example.net`, role: "member" })).json as { invitation: { id: string } };
	await world.store.accounts.addIdentity(owner, { provider: "google", subject: name }, 1);
	const { identities: [identity] } = (await call(owner, "GET", "/auth/identities")).json as { identities: [{ id: string }] };
	const asked = await call(apiKey, "POST", "/v1/responses", { model: "sim/echo", input: "Hi" });
	const { id: responses } = asked.json as { id: string };
	return {
		owner,
		admin,
		member,
		hostAdmin: `app:${name}@${orgId}/${project.id}!admin`,
		key: apiKey,
		ids: { identityId: identity.id, orgId, projectId: project.id, keyId, userId: member, invitationId: invited.invitation.id, responses, requests: asked.headers.get("x-request-id") ?? "" },
	};
}

export const allOperations = Object.entries(operations) as readonly (readonly [OperationId, Operation])[];

/** The parameters of an operation's path that name something of a tenant's. */
export function idParameters({ path }: Operation): readonly string[] {
	return [...path.matchAll(/:(\w+)/g)].flatMap(([, name = ""]) => (shared.has(name) ? [] : [fixtureOf(path, name)]));
}

/** `id` says nothing: of `/v1/responses/:id` it is `responses`. */
function fixtureOf(path: string, name: string): string {
	return name === "id" ? (/(\w+)\/:id/.exec(path)?.[1] ?? name) : name;
}

/** @throws where a parameter has no fixture: an id that was added has to be tried with another tenant's. */
export function pathOf({ path, whenSuffix = "" }: Operation, ids: Readonly<Record<string, string>>): string {
	const filled = path.replaceAll(/(?:\*\*)?:(\w+)/g, (_, name: string) => {
		const value = { model: "sim%2Fecho", file: "scalar.js", provider: "sim", endpoint: "unknown", ...ids }[fixtureOf(path, name)];
		if (value === undefined) throw new Error(`The parameter ${fixtureOf(path, name)} of ${path} has no fixture in makeTenant`);
		return value;
	});
	return filled + whenSuffix;
}

export function headersOf({ whenHeader }: Operation): Readonly<Record<string, string>> {
	return whenHeader === undefined ? {} : { [whenHeader]: "2023-06-01" };
}

export async function makeWorld(): Promise<{ readonly world: TenancyWorld; readonly tenant: Tenant; readonly other: Tenant }> {
	const world = tenancyWorld();
	await world.person("usr_stranger");
	return { world, tenant: await makeTenant(world, "ada"), other: await makeTenant(world, "bob") };
}
