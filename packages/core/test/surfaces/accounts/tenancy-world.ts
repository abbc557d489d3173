import { type Gateway, type GatewayOptions, type IdentifyRequest, memoryStore, type Principal, type Role, type Store, surfaceIds } from "../../../src/index.ts";
import { type Asked, ask, testGateway, token } from "../../gateway/support.ts";

/** `operator`, a person's id (`usr_ada`), a person of the embedding app (`app:ada@acme/site!admin`), a virtual key, or nobody. */
export type Who = string | undefined;
export type Call = (who: Who, method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Asked>;

export interface TenancyWorld {
	readonly store: Store;
	readonly gateway: Gateway;
	readonly call: Call;
	/** A person with an account and a personal organisation. @returns the organisation's id. */
	person(id: string): Promise<string>;
	join(organisationId: string, userId: string, role: Role): Promise<void>;
}

/** A gateway with people in it: sessions are another test's matter, so a header says here who asks. */
export function tenancyWorld(options: Partial<GatewayOptions> = {}): TenancyWorld {
	const store = options.store ?? memoryStore();
	const gateway = testGateway({ token, surfaces: surfaceIds, store, identify: (request) => identify(request, store), ...options });
	return {
		store,
		gateway,
		call(who, method, path, body, headers = {}) {
			const isPerson = who?.startsWith("usr_") === true || who?.startsWith("app:") === true;
			const authorization = who === undefined || isPerson ? undefined : `Bearer ${who === "operator" ? token : who}`;
			return ask(gateway, path, { method, body, headers: { authorization, ...(isPerson ? { "x-who": who } : {}), ...headers } });
		},
		async person(id) {
			const email = `${id.slice(4)}@example.com`;
			await store.accounts.createUser({ id, email, shownEmail: email, name: `The ${id.slice(4)}`, createdAt: 1 });
			const organisationId = `org_of_${id.slice(4)}`;
			await store.tenancy.createOrganisation({ id: organisationId, name: `The ${id.slice(4)}`, isPersonal: true, createdAt: 1 }, id);
			return organisationId;
		},
		join: (organisationId, userId, role) => store.tenancy.addMember({ organisationId, userId, role }),
	};
}

async function identify({ header }: IdentifyRequest, { tenancy }: Store): Promise<Principal | undefined> {
	const who = header("x-who") ?? "";
	if (who.startsWith("usr_")) return { kind: "user", id: who, memberships: await tenancy.listMemberships(who) };
	const [, id, organisationId, projectId, role] = /^app:(\w+)@([\w.-]+)(?:\/([\w.-]+))?(?:!(\w+))?$/.exec(who) ?? [];
	if (id === undefined || organisationId === undefined) return undefined;
	return { kind: "host", id, organisationId, ...(projectId === undefined ? {} : { projectId }), ...(role === undefined ? {} : { role: role as Role }) };
}
