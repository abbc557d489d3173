import { afterEach, describe, expect, it } from "vitest";
import { anthropic, azureOpenAi, bedrock, type Gateway, type GatewayOptions, gemini, memoryStore, openai, openaiCompatible, type Provider, type Send, type Store, simulator, surfaceIds, type UpstreamRequest } from "../../src/index.ts";
import { type Asked, ask, testGateway } from "./support.ts";

const encryptionKeys = [`${"k".repeat(42)}A=`];
const projectKey = "sk-project-0123456789";
const gatewayKey = "sk-gateway-0123456789";

interface World {
	readonly gateway: Gateway;
	readonly store: Store;
	readonly asked: UpstreamRequest[];
	as(who: string | undefined, path: string, options?: { readonly method?: string; readonly body?: unknown; readonly project?: string }): Promise<Asked>;
	/** The key that a prompt of the project went with. */
	keyOf(project: string | undefined, model?: string): Promise<string | undefined>;
	passTime(ms: number): void;
}

const gateways: Gateway[] = [];
afterEach(async () => {
	await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

async function world(options: Partial<GatewayOptions> & { readonly answer?: (request: UpstreamRequest) => { status: number; body: unknown } } = {}): Promise<World> {
	const { answer = () => ({ status: 200, body: completion }), ...rest } = options;
	const store = options.store ?? memoryStore();
	await store.tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 });
	await store.tenancy.createOrganisation({ id: "org_2", name: "Bees", isPersonal: false, createdAt: 1 });
	for (const [id, organisationId] of [["prj_1", "org_1"], ["prj_2", "org_2"]] as const) await store.tenancy.createProject({ id, organisationId, name: "Site", createdAt: 1 });
	const asked: UpstreamRequest[] = [];
	let now = Date.now();
	const send: Send = async (request) => {
		asked.push(request);
		const { status, body } = answer(request);
		const reads = [new TextEncoder().encode(JSON.stringify(body)), undefined];
		return { status, headers: { "content-type": "application/json" }, body: { read: async () => reads.shift(), cancel() {} } };
	};
	const identify = ({ header }: { header(name: string): string | undefined }) => {
		const [organisationId, role] = (header("x-who") ?? "").split(" ");
		return organisationId ? ({ kind: "host", id: "ada", organisationId, role: role as "owner" } as const) : undefined;
	};
	const gateway = testGateway({
		store,
		identify,
		token: "operator-token",
		surfaces: surfaceIds,
		encryptionKeys,
		providers: { openai: openai({ apiKey: gatewayKey }) },
		...rest,
		runtime: { send, now: () => now },
	});
	gateways.push(gateway);
	const as: World["as"] = (who, path, { project, ...request } = {}) =>
		ask(gateway, path, { ...request, headers: { ...(who === undefined ? {} : { authorization: undefined, "x-who": who }), ...(project === undefined ? {} : { "x-project-id": project }) } });
	return {
		gateway, store, asked, as,
		async keyOf(project, model = "openai/gpt-4o") {
			asked.length = 0;
			const { status } = await as(undefined, "/v1/prompt", { body: { prompt: "Hi", model }, ...(project === undefined ? {} : { project }) });
			return status === 200 ? asked.at(-1)?.headers.authorization?.replace("Bearer ", "") : String(status);
		},
		passTime: (ms) => void (now += ms),
	};
}
const completion = {
	id: "chatcmpl-1", object: "chat.completion", created: 1, model: "gpt-4o",
	choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const inProject = "/v1/projects/prj_1/credentials";

describe("a project's own key", () => {
	it("is used by its requests, and by nobody else's; once deleted, the gateway's is again", async () => {
		const { as, keyOf } = await world();
		expect(await keyOf("prj_1")).toBe(gatewayKey);
		expect(await as("org_1 admin", `${inProject}/openai`, { method: "PUT", body: { apiKey: projectKey } })).toMatchObject({ status: 200, json: { provider: "openai", apiKey: "sk-p***6789" } });
		expect(await keyOf("prj_1")).toBe(projectKey);
		expect(await keyOf("prj_2")).toBe(gatewayKey);
		expect(await keyOf(undefined)).toBe(gatewayKey);
		expect(await as("org_1 admin", `${inProject}/openai`, { method: "DELETE" })).toMatchObject({ status: 200, json: { deleted: true } });
		expect(await keyOf("prj_1")).toBe(gatewayKey);
		expect(await as("org_1 admin", `${inProject}/openai`, { method: "DELETE" })).toMatchObject({ status: 404, json: { code: "NOT_FOUND" } });
	});

	it("goes on another gateway with the same store within a second", async () => {
		const store = memoryStore();
		const here = await world({ store });
		const there = await world({ store });
		expect(await there.keyOf("prj_1")).toBe(gatewayKey);
		await here.as(undefined, `${inProject}/openai`, { method: "PUT", body: { apiKey: projectKey } });
		there.passTime(1000);
		expect(await there.keyOf("prj_1")).toBe(projectKey);
		await here.as(undefined, `${inProject}/openai`, { method: "DELETE" });
		there.passTime(1000);
		expect(await there.keyOf("prj_1")).toBe(gatewayKey);
	});

	it("stands encrypted in the store, and masked in every view", async () => {
		const { as, store } = await world();
		await as("org_1 owner", `${inProject}/openai`, { method: "PUT", body: { apiKey: projectKey } });
		const [stored] = await store.credentials.list("prj_1");
		expect(JSON.parse(stored?.sealed ?? "")).toMatchObject({ v: 1, kid: expect.any(String) });
		const { text, json } = await as("org_1 admin", inProject);
		expect(json).toEqual({ credentials: [{ id: stored?.id, provider: "openai", apiKey: "sk-p***6789", createdBy: "ada", createdAt: expect.any(String), updatedAt: expect.any(String) }] });
		const log = JSON.stringify(await store.audit.list({ organisationId: "org_1", limit: 100 }));
		expect(log).toContain('"credential.stored"');
		for (const shown of [text, log, JSON.stringify(stored)]) expect(shown).not.toContain("project-0123");
	});

	it("rests for itself: another tenant's bad key hurts nobody", async () => {
		const { as, keyOf } = await world({
			answer: ({ headers }) => (headers.authorization?.includes(projectKey) ? { status: 401, body: { error: { message: `Incorrect API key provided: ${projectKey}` } } } : { status: 200, body: completion }),
		});
		await as(undefined, `${inProject}/openai`, { method: "PUT", body: { apiKey: projectKey } });
		expect(await keyOf("prj_1")).toBe("502");
		expect(await keyOf("prj_2")).toBe(gatewayKey);
		expect(await keyOf(undefined)).toBe(gatewayKey);
		// Resting now, until another key is stored.
		expect(await keyOf("prj_1")).toBe("503");
		await as(undefined, `${inProject}/openai`, { method: "PUT", body: { apiKey: "sk-other-0123456789" } });
		expect(await keyOf("prj_1")).toBe("sk-other-0123456789");
	});

	it("is cleaned out of a provider's words", async () => {
		const seen: string[] = [];
		const { as } = await world({ answer: () => ({ status: 400, body: { error: { message: `bad request with ${projectKey}` } } }) });
		await as(undefined, `${inProject}/openai`, { method: "PUT", body: { apiKey: projectKey } });
		const { status, text } = await as(undefined, "/v1/chat/completions", { body: { model: "openai/gpt-4o", messages: [{ role: "user", content: "Hi" }] }, project: "prj_1" });
		seen.push(text);
		expect(status).toBe(400);
		expect(text).toContain("[redacted]");
		expect(text).not.toContain(projectKey);
	});

	it("that cannot be opened is never replaced by the gateway's: 503", async () => {
		const store = memoryStore();
		const first = await world({ store });
		await first.as(undefined, `${inProject}/openai`, { method: "PUT", body: { apiKey: projectKey } });
		const { as, keyOf } = await world({ store, encryptionKeys: [`${"z".repeat(42)}A=`] });
		expect(await keyOf("prj_1")).toBe("503");
		const { json } = await as(undefined, "/v1/prompt", { body: { prompt: "Hi", model: "openai/gpt-4o" }, project: "prj_1" });
		expect(json).toMatchObject({ code: "PROVIDER_NOT_CONFIGURED", error: "The project's own key for provider openai cannot be used: store it again" });
		expect(await keyOf("prj_2")).toBe(gatewayKey);
	});

	it("opens a provider without a key of the gateway's, and lists its models", async () => {
		const { as, keyOf } = await world({ providers: { openai: openai({ models: ["gpt-4o"] }), sim: simulator() } });
		const models = async (project: string) => ((await as(undefined, "/v1/models", { project })).json.data as { id: string }[]).map(({ id }) => id);
		expect(await keyOf("prj_1")).toBe("503");
		expect(await models("prj_1")).not.toContain("openai/gpt-4o");
		await as(undefined, `${inProject}/openai`, { method: "PUT", body: { apiKey: projectKey } });
		expect(await keyOf("prj_1")).toBe(projectKey);
		expect(await keyOf("prj_1", "gpt-4o")).toBe(projectKey);
		expect(await models("prj_1")).toContain("openai/gpt-4o");
		expect(await models("prj_2")).not.toContain("openai/gpt-4o");
	});
});

describe("the gateway's stored keys", () => {
	const put = (as: World["as"], provider: string, apiKey: string) => as(undefined, `/v1/credentials/${provider}`, { method: "PUT", body: { apiKey } });

	it("stand alone where no key is configured, and vendors need not be configured at all", async () => {
		const { as, keyOf } = await world({ providers: { openai: openai(), sim: simulator() } });
		expect(await keyOf(undefined)).toBe("503");
		expect((await put(as, "openai", "sk-stored-0123456789")).status).toBe(200);
		expect(await keyOf(undefined)).toBe("sk-stored-0123456789");
		expect((await put(as, "groq", "gsk-stored-0123456789")).status).toBe(200);
		expect(await keyOf(undefined, "groq/llama")).toBe("gsk-stored-0123456789");
		const { json } = await as(undefined, "/v1/credentials");
		expect((json.credentials as { provider: string }[]).map(({ provider }) => provider)).toEqual(["groq", "openai"]);
		expect((await as(undefined, "/v1/credentials/groq", { method: "DELETE" })).status).toBe(200);
		expect(await keyOf(undefined, "groq/llama")).toBe("404");
	});

	it("stand beside a configured one", async () => {
		const { as, keyOf } = await world();
		await put(as, "openai", "sk-stored-0123456789");
		const used = new Set<string | undefined>();
		for (let time = 0; time < 40; time++) used.add(await keyOf(undefined));
		expect(used).toEqual(new Set([gatewayKey, "sk-stored-0123456789"]));
	});

	it("give way to a project's own", async () => {
		const { as, keyOf } = await world({ providers: { openai: openai() } });
		await put(as, "openai", "sk-stored-0123456789");
		await put(as, "groq", "gsk-stored-0123456789");
		expect((await as("org_1 owner", `${inProject}/groq`, { method: "PUT", body: { apiKey: projectKey } })).status).toBe(200);
		expect(await keyOf("prj_1", "groq/llama")).toBe(projectKey);
		expect(await keyOf("prj_1")).toBe("sk-stored-0123456789");
		expect(await keyOf("prj_2", "groq/llama")).toBe("gsk-stored-0123456789");
	});

	it("are written down for the operator", async () => {
		const { as } = await world();
		await put(as, "openai", "sk-stored-0123456789");
		await as(undefined, "/v1/credentials/openai", { method: "DELETE" });
		const { json, text } = await as(undefined, "/v1/audit");
		expect((json.events as { action: string; details: object; actor: object }[]).map(({ action, details, actor }) => [action, details, actor])).toEqual(
			expect.arrayContaining([
				["credential.stored", { provider: "openai" }, { kind: "operator", id: "operator" }],
				["credential.deleted", { provider: "openai" }, { kind: "operator", id: "operator" }],
			]),
		);
		expect(text).not.toContain("0123456789");
	});
});

describe("refused", () => {
	const body = { apiKey: projectKey };
	it.each<[string, string | undefined, string, string, unknown, number, string]>([
		["a member", "org_1 member", "PUT", `${inProject}/openai`, body, 403, "FORBIDDEN"],
		["a member who lists", "org_1 member", "GET", inProject, undefined, 403, "FORBIDDEN"],
		["another organisation's owner", "org_2 owner", "PUT", `${inProject}/openai`, body, 404, "NOT_FOUND"],
		["another organisation's owner who lists", "org_2 owner", "GET", inProject, undefined, 404, "NOT_FOUND"],
		["another organisation's owner who deletes", "org_2 owner", "DELETE", `${inProject}/openai`, undefined, 404, "NOT_FOUND"],
		["an owner, for all", "org_1 owner", "PUT", "/v1/credentials/openai", body, 403, "FORBIDDEN"],
		["an owner, the list of all", "org_1 owner", "GET", "/v1/credentials", undefined, 403, "FORBIDDEN"],
		["nobody", "", "PUT", `${inProject}/openai`, body, 401, "UNAUTHORIZED"],
		["an unknown provider", "org_1 owner", "PUT", `${inProject}/nobody`, body, 400, "VALIDATION_ERROR"],
		["a vendor that the gateway does not know", "org_1 owner", "PUT", `${inProject}/groq`, body, 400, "VALIDATION_ERROR"],
		["a name of JavaScript's", "org_1 owner", "PUT", `${inProject}/constructor`, body, 400, "VALIDATION_ERROR"],
		["an unknown vendor, for all", undefined, "PUT", "/v1/credentials/nobody", body, 400, "VALIDATION_ERROR"],
		["a provider that takes no key", undefined, "PUT", "/v1/credentials/sim", body, 400, "VALIDATION_ERROR"],
		["no key", "org_1 owner", "PUT", `${inProject}/openai`, {}, 400, "VALIDATION_ERROR"],
		["an empty key", "org_1 owner", "PUT", `${inProject}/openai`, { apiKey: " " }, 400, "VALIDATION_ERROR"],
		["a key with a line end", "org_1 owner", "PUT", `${inProject}/openai`, { apiKey: "sk\nx: y" }, 400, "VALIDATION_ERROR"],
		["a key beyond ASCII", "org_1 owner", "PUT", `${inProject}/openai`, { apiKey: "sk-\u00e9" }, 400, "VALIDATION_ERROR"],
		["a field too many", "org_1 owner", "PUT", `${inProject}/openai`, { ...body, admin: true }, 400, "VALIDATION_ERROR"],
		["what is not there", "org_1 owner", "DELETE", `${inProject}/openai`, undefined, 404, "NOT_FOUND"],
	])("%s", async (_what, who, method, path, sent, status, code) => {
		const { as, store } = await world({ providers: { openai: openai({ apiKey: gatewayKey }), sim: simulator() } });
		const refused = await as(who, path, { method, ...(sent === undefined ? {} : { body: sent }) });
		expect(refused).toMatchObject({ status, json: { code } });
		expect(refused.text).not.toContain(projectKey);
		expect(await store.credentials.listAll({ limit: 10 })).toEqual([]);
	});

	it("all of it without encryption keys: 501, with the remedy", async () => {
		const gateway = testGateway({ surfaces: surfaceIds });
		for (const [method, sent] of [["PUT", body], ["DELETE", undefined]] as const) {
			const { status, json } = await ask(gateway, "/v1/credentials/sim", { method, ...(sent === undefined ? {} : { body: sent }) });
			expect(status).toBe(501);
			expect(json).toMatchObject({ code: "CAPABILITY_ABSENT", error: expect.stringContaining("POSTERN_ENCRYPTION_KEY") });
		}
	});

	it.each([[[]], [["short"]], [[...encryptionKeys, "short"]]])("encryption keys %j: an error of configuration that does not quote them", (keys) => {
		expect(() => testGateway({ encryptionKeys: keys })).toThrow(/^encryptionKeys(\[\d\])? (?!.*short)/);
	});
});

describe("another account's key", () => {
	it.each<[string, Provider, string, readonly string[]]>([
		["openai", openai({ apiKey: "old-secret", organization: "org-old", project: "proj-old", headers: { "x-team": "1" } }), "authorization", ["x-team"]],
		["openaiCompatible", openaiCompatible({ preset: "groq", headers: { Authorization: "Bearer old-secret" } }), "authorization", []],
		["anthropic", anthropic({ apiKey: "old-secret", beta: ["x"] }), "x-api-key", ["anthropic-beta", "anthropic-version"]],
		["gemini", gemini({ apiKey: "old-secret" }), "x-goog-api-key", []],
		["azureOpenAi", azureOpenAi({ resource: "acme", headers: { authorization: "Bearer old-secret" } }), "api-key", []],
		["bedrock", bedrock({ region: "eu-central-1", credentials: { accessKeyId: "old", secretAccessKey: "old-secret" } }), "authorization", []],
	])("%s sends it, and nothing else of the first one", (_name, provider, header, kept) => {
		const other = provider.withApiKey?.("new-secret");
		expect(other?.headers[header]?.replace("Bearer ", "")).toBe("new-secret");
		expect(JSON.stringify([other?.headers, other?.secrets])).not.toMatch(/old|org-|proj-/);
		expect(Object.keys(other?.headers ?? {}).sort()).toEqual(["content-type", header, ...kept].sort());
		expect(other?.secrets).toContain("new-secret");
		expect(other).toMatchObject({ baseUrl: provider.baseUrl, dialect: provider.dialect });
		expect(other).not.toHaveProperty("prepare");
		expect(other).not.toHaveProperty("unavailable");
	});
});
