import { describe, expect, it } from "vitest";
import { operations } from "../../src/contract/operations/index.ts";
import type { Operation } from "../../src/contract/operation.ts";
import { type Gateway, type GatewayOptions, memoryStore, openai, type Send, surfaceIds } from "../../src/index.ts";
import { ask, send, testGateway } from "./support.ts";

/** Every operation of generation that heeds a key, with a request and, where a field of it chooses, one for a stream. */
const cases = Object.entries<Operation>(operations).flatMap(([id, operation]) => {
	const { idempotency, example, output } = operation;
	if (idempotency === undefined || operation.surface === "accounts") return [];
	const path = operation.path.replace("**:model", "sim/echo").replace(":model", "sim/echo") + (operation.whenSuffix ?? "");
	const body = { ...(example as object) };
	const chooses = [output].flat().length === 2;
	const isStreamed = !chooses && [output].flat().some(({ kind }) => kind === "events");
	return [
		{ name: id, path, body, isStreamed },
		...(chooses ? [{ name: `${id}, streamed`, path, body: { ...body, stream: true }, isStreamed: true }] : []),
	];
});

/** Counts what goes to a provider that answers everything alike. */
function counted(answer: () => Promise<Response> | Response = () => Response.json(completion)): { readonly send: Send; calls(): number } {
	let calls = 0;
	return {
		calls: () => calls,
		async send() {
			calls++;
			const response = await answer();
			const reader = response.body?.getReader();
			return {
				status: response.status,
				headers: Object.fromEntries(response.headers),
				body: { read: async () => (await reader?.read())?.value, cancel: () => void reader?.cancel() },
			};
		},
	};
}
const completion = {
	id: "chatcmpl-1", object: "chat.completion", created: 1, model: "gpt-4o",
	choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
	usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

function keyedGateway(options: Partial<GatewayOptions> = {}) {
	return testGateway({ surfaces: surfaceIds, ...options });
}

function upstreamGateway(upstream: { readonly send: Send }, options: Partial<GatewayOptions> = {}) {
	return keyedGateway({ providers: { openai: { ...openai({ apiKey: "sk-test" }), send: upstream.send } }, ...options });
}

const prompt = (gateway: Gateway, key: string | undefined, fields: object = {}, headers: Record<string, string> = {}) =>
	ask(gateway, "/v1/prompt", { body: { prompt: "Hi", ...fields }, headers: { "idempotency-key": key, ...headers } });

describe.each(cases)("$name", ({ path, body, isStreamed }) => {
	const withKey = (gateway: Gateway, key: string, more: object = {}) => ask(gateway, path, { body: { ...body, ...more }, headers: { "idempotency-key": key } });

	it("gives a repetition the first one's answer", async () => {
		const store = memoryStore();
		const gateway = keyedGateway({ store });
		const first = await withKey(gateway, "key-1");
		const again = await withKey(gateway, '"key-1"');
		expect(first.status).toBe(200);
		expect(again.status).toBe(200);
		expect(again.text).toBe(first.text);
		expect(first.headers.get("idempotency-replayed")).toBe(null);
		expect(again.headers.get("idempotency-replayed")).toBe("true");
		for (const name of ["content-type", "x-request-id", "request-id", "idempotency-expires"]) expect(again.headers.get(name), name).toBe(first.headers.get(name));
		expect(Date.parse(first.headers.get("idempotency-expires") ?? "")).toBeGreaterThan(Date.now() + 23 * 3_600_000);
		expect(first.headers.get("content-type")).toContain(isStreamed && !path.includes("streamGenerateContent") ? "text/event-stream" : "application/json");
		expect(await store.listUsage()).toHaveLength(1);
	});

	it("is done again with another key, and without one", async () => {
		const store = memoryStore();
		const gateway = keyedGateway({ store });
		await withKey(gateway, "key-1");
		await withKey(gateway, "key-2");
		const { headers } = await ask(gateway, path, { body });
		expect(headers.get("idempotency-expires")).toBe(null);
		expect(await store.listUsage()).toHaveLength(3);
	});

	it("refuses another request with the key: 422", async () => {
		const gateway = keyedGateway();
		await withKey(gateway, "key-1");
		const text = JSON.stringify(body);
		const other = await ask(gateway, path, { body: `${text} `, headers: { "idempotency-key": "key-1", "content-type": "application/json" } });
		expect(other.status).toBe(422);
		expect(other.headers.get("x-postern-error")).toBe("IDEMPOTENCY_MISMATCH");
	});

	it("refuses a key that is none: 400", async () => {
		const { status, headers, text } = await withKey(keyedGateway(), "a b");
		expect(status).toBe(400);
		expect(headers.get("x-postern-error")).toBe("VALIDATION_ERROR");
		expect(text).toContain("idempotency-key");
	});
});

describe("requests with a key", () => {
	it("run once, however many come at once", async () => {
		let finish = () => {};
		const held = new Promise<void>((resolve) => (finish = resolve));
		const upstream = counted(() => held.then(() => Response.json(completion)));
		const gateway = upstreamGateway(upstream);
		const asked = Array.from({ length: 50 }, () => prompt(gateway, "key-1"));
		let refused = 0;
		for (const each of asked) void each.then(() => refused++);
		await expect.poll(() => refused).toBe(49);
		const early = await Promise.race(asked);
		expect(early).toMatchObject({ status: 409, json: { code: "IDEMPOTENCY_RUNNING" } });
		expect(early.headers.get("retry-after")).toBe("1");
		finish();
		const statuses = (await Promise.all(asked)).map(({ status }) => status);
		expect(statuses.filter((status) => status === 200)).toHaveLength(1);
		expect(statuses.filter((status) => status === 409)).toHaveLength(49);
		expect(upstream.calls()).toBe(1);
		expect((await prompt(gateway, "key-1")).headers.get("idempotency-replayed")).toBe("true");
		expect(upstream.calls()).toBe(1);
	});

	it("are told apart by principal and by operation", async () => {
		const upstream = counted();
		const identify = ({ header }: { header(name: string): string | undefined }) => ({ kind: "host", id: header("x-user") ?? "" }) as const;
		const gateway = upstreamGateway(upstream, { identify });
		const as = (user: string) => ask(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: { authorization: undefined, "x-user": user, "idempotency-key": "key-1" } });
		await as("ada");
		expect((await as("eve")).headers.get("idempotency-replayed")).toBe(null);
		expect((await as("ada")).headers.get("idempotency-replayed")).toBe("true");
		const text = await ask(gateway, "/generate-text", { body: { prompt: "Hi" }, headers: { authorization: undefined, "x-user": "ada", "idempotency-key": "key-1" } });
		expect(text.headers.get("idempotency-replayed")).toBe(null);
		expect(upstream.calls()).toBe(3);
	});

	it.each([429, 500, 503])("can be tried again after a provider's %i", async (status) => {
		const store = memoryStore();
		const failing = upstreamGateway(counted(() => Response.json({ error: { message: "no" } }, { status })), { store, retry: { attemptsPerTarget: 1 } });
		expect((await prompt(failing, "key-1")).status).toBeGreaterThanOrEqual(429);
		// Another gateway on the same store, whose provider does not rest.
		const well = await prompt(upstreamGateway(counted(), { store }), "key-1");
		expect(well.status).toBe(200);
		expect(well.headers.get("idempotency-replayed")).toBe(null);
	});

	it("get a refusal of the caller's own again", async () => {
		const store = memoryStore();
		const gateway = keyedGateway({ store });
		const first = await prompt(gateway, "key-1", { model: "nobody/knows" });
		const again = await prompt(gateway, "key-1", { model: "nobody/knows" });
		expect(first.status).toBe(404);
		expect(again).toMatchObject({ status: 404, text: first.text });
		expect(again.headers.get("x-postern-error")).toBe("MODEL_NOT_FOUND");
		expect(again.headers.get("idempotency-replayed")).toBe("true");
	});

	it("with a body that is refused leave the key free", async () => {
		const gateway = keyedGateway();
		expect((await prompt(gateway, "key-1", { prompt: 7 })).status).toBe(400);
		expect((await prompt(gateway, "key-1")).status).toBe(200);
	});

	it("are done to the end where the caller of a whole answer hangs up", async () => {
		let finish = () => {};
		const held = new Promise<void>((resolve) => (finish = resolve));
		const upstream = counted(() => held.then(() => Response.json(completion)));
		const gateway = upstreamGateway(upstream);
		const caller = new AbortController();
		const gone = send(gateway, "/v1/prompt", { body: { prompt: "Hi" }, headers: { "idempotency-key": "key-1" }, signal: caller.signal });
		await expect.poll(() => upstream.calls()).toBe(1);
		caller.abort();
		expect((await prompt(gateway, "key-1")).status).toBe(409);
		finish();
		await gone.catch(() => {});
		await expect.poll(async () => (await prompt(gateway, "key-1")).status).toBe(200);
		expect(upstream.calls()).toBe(1);
	});

	it("leave the key free where a stream is let go", async () => {
		const gateway = keyedGateway();
		const ask1 = () => send(gateway, "/v1/stream", { body: { prompt: "Hi", model: "sim/slow" }, headers: { "idempotency-key": "key-1" } });
		const reader = (await ask1()).body?.getReader();
		await reader?.read();
		expect((await ask1()).status).toBe(409);
		await reader?.cancel();
		await expect.poll(async () => {
			const again = await ask1();
			await again.body?.cancel();
			return again.status;
		}, { timeout: 20_000 }).toBe(200);
	});

	it("leave the key free where a stream breaks", async () => {
		let calls = 0;
		const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index: 0, delta: { content: "Hel" }, finish_reason: null }] };
		const end = { ...chunk, choices: [{ index: 0, delta: { content: "lo" }, finish_reason: "stop" }] };
		const upstream = counted(() => {
			calls++;
			const events = calls === 1 ? [chunk] : [chunk, end];
			const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("") + (calls === 1 ? "" : "data: [DONE]\n\n");
			return new Response(text, { headers: { "content-type": "text/event-stream" } });
		});
		const gateway = upstreamGateway(upstream);
		const stream = () => ask(gateway, "/v1/stream", { body: { prompt: "Hi" }, headers: { "idempotency-key": "key-1" } });
		const broken = await stream();
		expect(broken.text).toContain("event: error");
		const whole = await stream();
		expect(whole.text).toContain("[DONE]");
		expect(whole.headers.get("idempotency-replayed")).toBe(null);
		expect((await stream()).text).toBe(whole.text);
		expect(calls).toBe(2);
	});

	it("are done again where the answer is too long to be kept", async () => {
		const long = { ...completion, choices: [{ index: 0, message: { role: "assistant", content: "x".repeat(1024 * 1024) }, finish_reason: "stop" }] };
		const upstream = counted(() => Response.json(long));
		const gateway = upstreamGateway(upstream);
		const first = await prompt(gateway, "key-1");
		expect(first.status).toBe(200);
		expect(first.headers.get("idempotency-expires")).toBe(null);
		expect((await prompt(gateway, "key-1")).headers.get("idempotency-replayed")).toBe(null);
		expect(upstream.calls()).toBe(2);
	});

	it("are forgotten after a day, and free again half a minute after their gateway died", async () => {
		let now = Date.now();
		const store = memoryStore();
		const runtime = { now: () => now };
		const upstream = counted();
		const gateway = upstreamGateway(upstream, { store, runtime });
		await prompt(gateway, "key-1");
		now += 24 * 3_600_000 - 1;
		expect((await prompt(gateway, "key-1")).headers.get("idempotency-replayed")).toBe("true");
		now += 1;
		expect((await prompt(gateway, "key-1")).headers.get("idempotency-replayed")).toBe(null);

		const hanging = counted(() => new Promise(() => {}));
		// Its timers stand still, as those of a process that is dead.
		const dying = upstreamGateway(hanging, { store, runtime: { ...runtime, schedule: () => () => {} } });
		void prompt(dying, "key-2");
		await expect.poll(() => hanging.calls()).toBe(1);
		expect((await prompt(gateway, "key-2")).status).toBe(409);
		now += 30_000;
		expect((await prompt(gateway, "key-2")).status).toBe(200);
	});
});

describe("what shows a secret once", () => {
	const encryptionKeys = [`${"k".repeat(42)}A=`];
	const cases: readonly (readonly [id: string, path: string, body: object, secret: string])[] = [
		["createProject", "/v1/projects", { name: "Site", organisationId: "org_1" }, "apiKey"],
		["createKey", "/v1/projects/prj_1/keys", { name: "website" }, "key"],
		["rotateKey", "/v1/projects/prj_1/keys/rotate", {}, "key"],
		["createInvitation", "/v1/orgs/org_1/invitations", { email: "ada@example.com", role: "member" }, "token"],
	];
	async function withProject(options: Partial<GatewayOptions> = {}) {
		const store = memoryStore();
		const gateway = keyedGateway({ store, ...options });
		await store.tenancy.createOrganisation({ id: "org_1", name: "Apes", isPersonal: false, createdAt: 1 });
		await store.tenancy.createProject({ id: "prj_1", organisationId: "org_1", name: "Site", createdAt: 1 });
		await ask(gateway, "/v1/projects/prj_1/keys", { body: { name: "first" } });
		return { store, gateway };
	}

	it("is every operation that the table says is sealed", () => {
		const sealed = Object.entries<Operation>(operations).filter(([, { idempotency }]) => idempotency === "sealed");
		expect(sealed.map(([id]) => id).sort()).toEqual(cases.map(([id]) => id).sort());
	});

	it.each(cases)("%s is answered again from an envelope", async (_id, path, body, secret) => {
		const { gateway, store } = await withProject({ encryptionKeys });
		const finished: string[] = [];
		const { finish } = store.idempotency;
		Object.assign(store.idempotency, { finish: (...args: Parameters<typeof finish>) => (finished.push(args[2].answer ?? ""), finish(...args)) });
		const create = () => ask(gateway, path, { body, headers: { "idempotency-key": "key-1" } });
		const first = await create();
		expect(first.status).toBeLessThan(300);
		const again = await create();
		expect(again).toMatchObject({ status: first.status, text: first.text });
		expect(again.headers.get("idempotency-replayed")).toBe("true");
		expect(finished).toHaveLength(1);
		expect(JSON.parse(finished[0] ?? "")).toMatchObject({ v: 1 });
		expect(finished[0]).not.toContain(first.json[secret]);
	});

	it.each(cases)("%s is not done again where no envelope can be made, and its secret is not kept", async (_id, path, body) => {
		const { gateway, store } = await withProject();
		const create = () => ask(gateway, path, { body, headers: { "idempotency-key": "key-1" } });
		expect((await create()).status).toBeLessThan(300);
		const before = (await store.audit.list({ organisationId: "org_1", limit: 100 })).length;
		expect(await create()).toMatchObject({ status: 409, json: { code: "IDEMPOTENCY_SPENT" } });
		expect((await store.audit.list({ organisationId: "org_1", limit: 100 })).length).toBe(before);
	});

	it("and what shows none is answered again without keys", async () => {
		const { gateway } = await withProject();
		const create = () => ask(gateway, "/v1/orgs", { body: { name: "Bees" }, headers: { "idempotency-key": "key-1" } });
		const first = await create();
		expect(first.status).toBe(201);
		expect(await create()).toMatchObject({ status: 201, text: first.text });
	});
});
