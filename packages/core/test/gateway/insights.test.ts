import { describe, expect, test } from "vitest";
import { type Gateway, memoryStore, simulator, type Store } from "../../src/index.ts";
import { type Asked, ask, testGateway } from "./support.ts";

const models = { sim: { echo: { prices: { input: 1, output: 2 } } } };
const surfaces = ["meta", "prompt", "text", "openai", "anthropic", "gemini", "ui", "accounts", "insights"] as const;
const prompt = { prompt: "Explain recursion", model: "sim/echo" };

describe("the cost of an answer", () => {
	const gateway = testGateway({ models, surfaces });

	test.each([
		["/v1/prompt", prompt, "costUsd"],
		["/generate-text", prompt, "costUsd"],
		["/v1/chat/completions", { model: "sim/echo", messages: [{ role: "user", content: "Hi" }] }, undefined],
		["/v1/responses", { model: "sim/echo", input: "Hi" }, undefined],
		["/v1/messages", { model: "sim/echo", max_tokens: 100, messages: [{ role: "user", content: "Hi" }] }, undefined],
		["/v1beta/models/sim/echo:generateContent", { contents: [{ parts: [{ text: "Hi" }] }] }, undefined],
		["/v1/embeddings", { model: "sim/echo", input: "Hi" }, undefined],
	])("%s tells it in a header", async (path, body, field) => {
		const answer = await ask(gateway, path, { body });
		expect(answer.status).toBe(200);
		expect(answer.headers.get("x-postern-cost-usd")).toMatch(/^0\.\d{6}$/);
		const cost = Number(answer.headers.get("x-postern-cost-usd"));
		expect(cost).toBeGreaterThan(0);
		if (field === undefined) expect(answer.text).not.toContain("cost");
		else expect(answer.json[field]).toBe(cost);
	});

	test("streams tell it at their end, where that has a place", async () => {
		const { text } = await ask(gateway, "/stream", { body: prompt });
		expect(text).toMatch(/event: result\ndata: .*"costUsd":0\.0000\d\d/);
		const chat = await ask(gateway, "/v1/chat/ui", { body: { model: "sim/echo", messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }] } });
		expect(chat.text).toMatch(/"type":"finish".*"costUsd":0\.0000\d\d/);
	});

	test("is not told where nobody knows it", async () => {
		const answer = await ask(testGateway(), "/v1/prompt", { body: prompt });
		expect(answer.headers.get("x-postern-cost-usd")).toBe(null);
		expect(answer.json).not.toHaveProperty("costUsd");
	});
});

/** Two organisations with a project and a key each. */
interface Town {
	readonly store: Store;
	readonly gateway: Gateway;
	/** With the key of a project. */
	as(project: "one" | "two", path: string, body?: unknown): Promise<Asked>;
}

async function town(): Promise<Town> {
	const store = memoryStore();
	const gateway = testGateway({ models, surfaces, store, providers: { sim: simulator(), other: simulator() } });
	const keys: Record<string, string> = {};
	for (const project of ["one", "two"]) {
		await store.tenancy.createOrganisation({ id: `org_${project}`, name: project, isPersonal: false, createdAt: 1 });
		await store.tenancy.createProject({ id: `prj_${project}`, organisationId: `org_${project}`, name: project, createdAt: 1 });
		const scopes = { models: ["sim/*"], tools: ["Read"] };
		keys[project] = String((await ask(gateway, `/v1/projects/prj_${project}/keys`, { body: { name: "Key", scopes } })).json.key);
	}
	return { store, gateway, as: (project, path, body) => ask(gateway, path, { headers: { authorization: `Bearer ${keys[project]}` }, ...(body === undefined ? {} : { body }) }) };
}

describe("the ledger", () => {
	test("has one record of an answer, with who asked, what it cost and how it went", async () => {
		const { store, as } = await town();
		const answer = await as("one", "/v1/prompt", prompt);
		const [record, ...others] = await store.listUsage();
		expect(others).toEqual([]);
		expect(record).toMatchObject({
			id: answer.headers.get("x-request-id"),
			projectId: "prj_one",
			organisationId: "org_one",
			keyId: record?.principalId,
			credential: "sim",
			outcome: "ok",
			costMicroUsd: Math.round(Number(answer.headers.get("x-postern-cost-usd")) * 1e6),
			priceVersion: "configured",
			trace: { decision: { strategy: "weighted", reason: "only" }, attempts: [{ target: "sim/echo", startedMs: expect.any(Number) }] },
		});
	});

	test.each([
		["a model out of the key's reach", "/v1/prompt", { ...prompt, model: "other/echo" }, 403, ""],
		["tools that are not allowed", "/generate-text", { ...prompt, allowedTools: ["Bash"] }, 400, "sim"],
		["an embedding out of the key's reach", "/v1/embeddings", { model: "other/echo", input: "Hi" }, 403, ""],
	])("has one record of a refusal: %s", async (_, path, body, status, provider) => {
		const { store, as } = await town();
		const answer = await as("one", path, body);
		expect(answer.status).toBe(status);
		const records = await store.listUsage();
		expect(records).toMatchObject([
			{ id: answer.headers.get("x-request-id"), outcome: "refused", status, provider, attempts: 0, costMicroUsd: 0, usage: {}, projectId: "prj_one" },
		]);
	});

	test("has one record of a refusal: every target rests", async () => {
		const { store, as } = await town();
		const rests = async () => {
			const answer = await as("one", "/v1/prompt", { ...prompt, model: "sim/unauthorized" });
			return /rests/.test(String(answer.json.error)) ? answer : undefined;
		};
		let answer = await rests();
		for (let at = 0; at < 20 && answer === undefined; at += 1) answer = await rests();
		const [record] = await store.listUsage({ id: answer?.headers.get("x-request-id") ?? "" });
		expect(record).toMatchObject({ outcome: "refused", status: 503, provider: "sim", model: "unauthorized", attempts: 0, costMicroUsd: 0 });
	});

	test("has none of what makes no sense", async () => {
		const { store, as } = await town();
		expect((await as("one", "/v1/prompt", { prompt: 1 })).status).toBe(400);
		expect((await as("one", "/v1/prompt", { ...prompt, model: "nobody-knows-it" })).status).toBe(404);
		expect(await store.listUsage()).toEqual([]);
	});
});

describe("GET /v1/requests/:id", () => {
	test("tells every attempt with its target, times and failure", async () => {
		const { as } = await town();
		const answer = await as("one", "/v1/prompt", { ...prompt, model: "sim/error-500" });
		expect(answer.status).toBe(502);
		const trace = await as("one", `/v1/requests/${answer.headers.get("x-request-id")}`);
		expect(trace.status).toBe(200);
		expect(trace.json).toMatchObject({ outcome: "failed", status: 502, errorCode: "PROVIDER_ERROR", costMicroUsd: 0, provider: "sim", model: "error-500" });
		const { attempts } = trace.json as { attempts: { startedMs: number }[] };
		expect(attempts.length).toBeGreaterThan(1);
		for (const attempt of attempts) expect(attempt).toMatchObject({ target: "sim/error-500", failure: "upstream", status: 500, durationMs: expect.any(Number) });
		expect(attempts.map(({ startedMs }) => startedMs)).toEqual(attempts.map(({ startedMs }) => startedMs).toSorted((one, other) => one - other));
	});

	test("shows it to nobody of another project, and to the operator", async () => {
		const { gateway, as } = await town();
		const { headers } = await as("one", "/v1/prompt", prompt);
		const path = `/v1/requests/${headers.get("x-request-id")}`;
		expect((await as("two", path)).status).toBe(404);
		expect((await as("two", path)).json.error).toBe((await as("two", "/v1/requests/req_none")).json.error);
		expect((await ask(gateway, path)).status).toBe(200);
	});
});

describe("whose figures", () => {
	const requests = ({ json }: Asked) => json.totalRequests;

	test("a key sees its own project, the operator each and all", async () => {
		const { gateway, as } = await town();
		for (const project of ["one", "one", "two"] as const) await as(project, "/v1/prompt", prompt);
		await ask(gateway, "/v1/prompt", { body: prompt });
		expect(requests(await as("one", "/v1/analytics/overview"))).toBe(2);
		expect(requests(await as("two", "/v1/analytics/overview?projectId=prj_two"))).toBe(1);
		expect(requests(await ask(gateway, "/v1/analytics/overview"))).toBe(4);
		expect(requests(await ask(gateway, "/v1/analytics/overview", { headers: { "x-project-id": "prj_one" } }))).toBe(2);
		for (const endpoint of ["overview", "providers", "cache", "routes", "export.csv"]) {
			expect((await as("two", `/v1/analytics/${endpoint}?projectId=prj_one`)).status).toBe(403);
			expect((await ask(gateway, `/v1/analytics/${endpoint}?projectId=prj_none`)).status).toBe(404);
		}
	});

	test("somebody without a project is asked for one", async () => {
		const gateway = testGateway({ surfaces, identify: () => ({ kind: "host", id: "someone" }) });
		const answer = await ask(gateway, "/v1/analytics/overview");
		expect(answer.status).toBe(400);
		expect(answer.json).toMatchObject({ issues: [{ path: "projectId" }] });
	});
});

describe("the questions", () => {
	test.each([
		["tz=Mars/Olympus", "tz"],
		["from=yesterday", "from"],
		["from=2026-02-30", "from"],
		["to=2026-11-22T25:00:00Z", "to"],
		["to=99999-01-01", "to"],
		["from=0000-01-01", "from"],
		["from=2026-11-22&to=2026-11-20", "from"],
		["limit=0", "limit"],
		["limit=1001", "limit"],
		["from=2020-01-01&to=2026-01-01", "from"],
		["from=2026-01-01&from=2026-01-02", "from"],
		["day=2026-01-01", "day"],
	])("%s is refused by name", async (query, path) => {
		const answer = await ask(testGateway({ surfaces }), `/v1/analytics/routes?${query}`);
		expect(answer.status).toBe(400);
		expect(answer.json).toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path }] });
	});

	test("beyond those there are none", async () => {
		for (const path of ["quality", "overview/more", "a/b/c"]) {
			const answer = await ask(testGateway({ surfaces }), `/v1/analytics/${path}`);
			expect(answer.status).toBe(404);
			expect(answer.json.error).toBe("Unknown analytics endpoint");
		}
		expect((await ask(testGateway({ surfaces }), "/v1/analytics/quality", { headers: { authorization: undefined } })).status).toBe(401);
	});

	test("thirty days are meant where none are named, today's among them", async () => {
		const now = Date.UTC(2026, 2, 30, 22, 30);
		const { json } = await ask(testGateway({ surfaces, runtime: { now: () => now } }), "/v1/analytics/cache?tz=Europe/Berlin");
		const { daily } = json as { daily: { day: string }[] };
		expect(daily).toHaveLength(30);
		expect([daily[0]?.day, daily.at(-1)?.day]).toEqual(["2026-03-31", "2026-03-02"]);
		expect(json).toMatchObject({ from: "2026-03-01T23:00:00.000Z", to: "2026-03-30T22:30:00.000Z", timeZone: "Europe/Berlin" });
	});
});

describe("GET /v1/analytics/export.csv", () => {
	test("has every record of a project and a time, page after page, and no formula", async () => {
		const { store, as } = await town();
		const awkward = ["=HYPERLINK(\"x\")", "+1", "-1", "@sum", "\t=1", " =1", 'a "b", c', "line\r\nbreak", "plain", "\uff1d1"];
		const base = (await as("one", "/v1/prompt", prompt).then(() => store.listUsage()))[0];
		if (base === undefined) throw new Error("There is no record");
		const count = 1203;
		for (let at = 0; at < count; at += 1) {
			await store.recordUsage({ ...base, id: `req_${String(at).padStart(5, "0")}`, startedAt: base.startedAt - 1 - Math.floor(at / 7), model: awkward[at % awkward.length] ?? "", sessionId: `ses_${at}` });
		}
		await store.recordUsage({ ...base, id: "req_foreign", projectId: "prj_two" });
		const answer = await as("one", "/v1/analytics/export.csv");
		expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
		const [header = [], ...rows] = parseCsv(answer.text);
		expect(rows).toHaveLength(count + 1);
		const column = (name: string) => rows.map((row) => row[header.indexOf(name)]);
		expect(new Set(column("project"))).toEqual(new Set(["prj_one"]));
		expect(new Set(column("id")).size).toBe(count + 1);
		expect(column("started_at")).toEqual(column("started_at").toSorted().toReversed());
		const names = awkward.map((text, at) => (at < 6 || at === 9 ? `'${text}` : text));
		expect(new Set(column("model"))).toEqual(new Set(["echo", ...names]));
		expect(column("cost_usd")[0]).toMatch(/^0\.\d{6}$/);
	});

	test("ends with an error where the store fails in the middle", async () => {
		const store = memoryStore();
		const gateway = testGateway({ surfaces, store: { ...store, listUsage: async (filter) => {
			if (filter?.behind !== undefined) throw new Error("The disk is gone");
			return store.listUsage(filter);
		} }, runtime: { observe() {} } });
		await ask(gateway, "/v1/prompt", { body: prompt });
		const [base] = await store.listUsage();
		if (base === undefined) throw new Error("There is no record");
		for (let at = 0; at < 600; at += 1) await store.recordUsage({ ...base, id: `req_${at}` });
		const { text } = await ask(gateway, "/v1/analytics/export.csv");
		expect(text.split("\r\n").slice(-2)).toEqual(["ERROR", ""]);
	});
});

/** RFC 4180 to the letter: throws at whatever else. */
function parseCsv(text: string): readonly string[][] {
	const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
	const rows: string[][] = [[]];
	for (let at = 0; at < text.length; at = field.lastIndex) {
		field.lastIndex = at;
		const [, quoted, bare = "", end] = field.exec(text) ?? [];
		if (end === undefined) throw new Error(`No CSV at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
		rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
		if (end === "\r\n") rows.push([]);
	}
	rows.pop();
	const width = rows[0]?.length;
	if (rows.some((row) => row.length !== width)) throw new Error("The rows are not equally long");
	return rows;
}
