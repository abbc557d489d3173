import { beforeEach, describe, expect, it } from "vitest";
import { type Call, type TenancyWorld, tenancyWorld } from "./tenancy-world.ts";

let world: TenancyWorld;
let call: Call;
let orgId: string;
let projectId: string;

beforeEach(async () => {
	world = tenancyWorld({ encryptionKeys: [Buffer.alloc(32, 7).toString("base64")] });
	call = world.call;
	orgId = await world.person("usr_ada");
	const { json } = await call("usr_ada", "POST", "/v1/projects", { name: "project 0" });
	projectId = (json.project as { id: string }).id;
});

interface List {
	readonly path: () => string;
	readonly field: string;
	readonly id: string;
	/** Makes the one of a number. */
	readonly add: (at: number) => Promise<unknown>;
	readonly who?: string;
}

/** Five of each, in the order in which they are listed. */
const lists: Readonly<Record<string, List>> = {
	projects: { path: () => "/v1/projects?", field: "projects", id: "id", add: (at) => call("usr_ada", "POST", "/v1/projects", { name: `project ${at}` }) },
	"projects of an organisation": {
		path: () => `/v1/projects?organisationId=${orgId}&`,
		field: "projects",
		id: "id",
		add: (at) => call("usr_ada", "POST", "/v1/projects", { name: `project ${at}` }),
	},
	"all projects, to the operator": { path: () => "/v1/projects?", field: "projects", id: "id", who: "operator", add: (at) => call("usr_ada", "POST", "/v1/projects", { name: `project ${at}` }) },
	keys: { path: () => `/v1/projects/${projectId}/keys?`, field: "keys", id: "id", add: (at) => call("usr_ada", "POST", `/v1/projects/${projectId}/keys`, { name: `key ${at}` }) },
	members: { path: () => `/v1/orgs/${orgId}/members?`, field: "members", id: "user_id", add: (at) => world.join(orgId, `usr_member${at}`, "member") },
	invitations: {
		path: () => `/v1/orgs/${orgId}/invitations?`,
		field: "invitations",
		id: "id",
		add: (at) => call("usr_ada", "POST", `/v1/orgs/${orgId}/invitations`, { email: `guest${at}@example.com`, role: "member" }),
	},
	organisations: { path: () => "/v1/orgs?", field: "organisations", id: "id", who: "operator", add: (at) => call("operator", "POST", "/v1/orgs", { name: `organisation ${at}` }) },
};

describe.each(Object.entries(lists))("a list of %s", (_, { path, field, id, add, who = "usr_ada" }) => {
	const read = async (query: string) => {
		const { status, json } = await call(who, "GET", path() + query);
		expect(status).toBe(200);
		return { ids: (json[field] as Record<string, string>[]).map((item) => item[id]), next: json.next as string | undefined };
	};

	it("is read page by page, without gap or repetition, and whole where nobody asks for pages", async () => {
		for (let at = 1; at <= 4; at += 1) await add(at);
		const { ids: all, next } = await read("");
		expect(all.length).toBeGreaterThanOrEqual(4);
		expect(next).toBe(undefined);
		const paged: unknown[] = [];
		let cursor = "";
		for (let turn = 0; turn < 10; turn += 1) {
			const page = await read(`limit=2${cursor}`);
			paged.push(...page.ids);
			if (page.next === undefined) break;
			expect(page.ids).toHaveLength(2);
			cursor = `&after=${encodeURIComponent(page.next)}`;
		}
		expect(paged).toEqual(all);
	});

	it.each([
		["limit=0", "limit"],
		["limit=1001", "limit"],
		["limit=two", "limit"],
		["after=", "after"],
		["page=2", "page"],
		["limit=1&limit=2", "limit"],
	])("refuses %s by the parameter's name", async (query, parameter) => {
		expect(await call(who, "GET", path() + query)).toMatchObject({ status: 400, json: { code: "VALIDATION_ERROR", issues: [{ path: parameter }] } });
	});
});

describe("a list's cursor", () => {
	it("holds where the one that it names is deleted meanwhile", async () => {
		for (let at = 1; at <= 3; at += 1) await call("usr_ada", "POST", "/v1/projects", { name: `project ${at}` });
		const first = await call("usr_ada", "GET", "/v1/projects?limit=2");
		const [, second] = first.json.projects as { id: string }[];
		await call("usr_ada", "DELETE", `/v1/projects/${second?.id}`);
		const rest = await call("usr_ada", "GET", `/v1/projects?after=${first.json.next}`);
		expect(rest.json.projects).toHaveLength(2);
	});

	it("shows nothing of another tenant's", async () => {
		await world.person("usr_eve");
		expect((await call("usr_eve", "GET", "/v1/projects?after=0:a")).json.projects).toEqual([]);
		for (const below of ["keys", "credentials"]) expect((await call("usr_eve", "GET", `/v1/projects/${projectId}/${below}?limit=1`)).status).toBe(404);
		for (const below of ["members", "invitations"]) expect((await call("usr_eve", "GET", `/v1/orgs/${orgId}/${below}?limit=1`)).status).toBe(404);
	});

	it.each(["yesterday", "12", "12:", "-1:prj_1", "1e9:prj_1"])("that is none is refused: %s", async (cursor) => {
		expect(await call("usr_ada", "GET", `/v1/projects/${projectId}/keys?after=${cursor}`)).toMatchObject({ status: 400, json: { issues: [{ path: "after" }] } });
	});

	it("is the provider's name for credentials", async () => {
		for (const provider of ["openai", "groq", "anthropic"]) expect((await call("operator", "PUT", `/v1/credentials/${provider}`, { apiKey: "sk-0123456789abcdef" })).status).toBe(200);
		expect((await call("operator", "GET", "/v1/credentials?limit=2")).json).toMatchObject({ credentials: [{ provider: "anthropic" }, { provider: "groq" }], next: "groq" });
		const rest = await call("operator", "GET", "/v1/credentials?limit=2&after=groq");
		expect(rest.json).toEqual({ credentials: [expect.objectContaining({ provider: "openai" })] });
		expect((await call("usr_ada", "GET", `/v1/projects/${projectId}/credentials?limit=1`)).json).toEqual({ credentials: [] });
		for (const path of ["/v1/credentials", `/v1/projects/${projectId}/credentials`]) expect((await call("operator", "GET", `${path}?limit=0`)).status).toBe(400);
	});
});
