import { afterEach, describe, expect, it } from "vitest";
import { type Gateway, memoryStore, type Passwords } from "../../../src/index.ts";
import { fakePasswords, fakeRuntime } from "../../../src/testing/index.ts";
import type { GatewayRequest } from "../../../src/http/reply.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { accountsGateway, ada, registered } from "./browser.ts";

/** A request by way of an adapter that knows the other end's address. */
async function knock(gateway: Gateway, path: string, body: object, remoteAddress?: string, headers: Readonly<Record<string, string>> = {}) {
	const all: Readonly<Record<string, string>> = { "content-type": "application/json", host: "postern.test", ...headers };
	const request: GatewayRequest = {
		method: "POST",
		path,
		query: "",
		mountPath: "",
		remoteAddress,
		header: (name) => all[name],
		body: async () => new TextEncoder().encode(JSON.stringify(body)),
		signal: new AbortController().signal,
		original: undefined,
	};
	const reply = await gateway.handle(request);
	return { status: reply.status, retryAfter: Number(reply.headers["retry-after"]), body: String(reply.body) };
}
const right = { email: ada.email, password: ada.password };
const wrong = { email: ada.email, password: "wrong horse" };

const stores = [
	["memory", () => memoryStore()],
	["SQLite", () => sqliteStore(":memory:")],
] as const;

describe.each(stores)("guessing passwords, with counters in %s", (_name, makeStore) => {
	const store = makeStore();
	const runtime = fakeRuntime();
	const passwords = fakePasswords();
	const make = () => accountsGateway({ store, runtime: { passwords, now: runtime.now } });
	const [gateway, sibling] = [make(), make()];

	it("is held up after five tries, on every gateway that shares the store, and costs no hashing then", async () => {
		await registered(gateway);
		for (let at = 0; at < 5; at++) expect((await knock(at % 2 === 0 ? gateway : sibling, "/auth/login", wrong, "1.1.1.1")).status).toBe(401);
		const work = passwords.work.length;
		for (const each of [gateway, sibling]) {
			expect(await knock(each, "/auth/login", right, "1.1.1.1")).toMatchObject({ status: 429, retryAfter: 1, body: expect.stringContaining("TOO_MANY_ATTEMPTS") });
		}
		expect(passwords.work.length).toBe(work);
	});

	it("lets whoever waits try again, for ever longer", async () => {
		for (const seconds of [1, 2, 4]) {
			const refused = await knock(gateway, "/auth/login", wrong, "1.1.1.1");
			expect(refused.retryAfter).toBe(seconds);
			await runtime.advance(seconds * 1000);
			expect((await knock(gateway, "/auth/login", wrong, "1.1.1.1")).status).toBe(401);
		}
		await runtime.advance(8000);
		expect((await knock(gateway, "/auth/login", right, "1.1.1.1")).status).toBe(200);
		expect((await knock(gateway, "/auth/login", wrong, "1.1.1.1")).status).toBe(401);
	});

	it("keeps nobody out who comes from elsewhere", async () => {
		for (let at = 0; at < 10; at++) await knock(gateway, "/auth/login", wrong, "6.6.6.6");
		expect((await knock(gateway, "/auth/login", right, "2.2.2.2")).status).toBe(200);
	});

	it("of addresses that are not there is held up in the same way", async () => {
		const nobody = { ...wrong, email: "nobody@example.com" };
		for (let at = 0; at < 5; at++) expect((await knock(gateway, "/auth/login", nobody, "3.3.3.3")).status).toBe(401);
		expect((await knock(gateway, "/auth/login", nobody, "3.3.3.3")).status).toBe(429);
	});

	it("many at once is no way around", async () => {
		const body = { ...wrong, email: "grace@example.com" };
		const answers = await Promise.all(Array.from({ length: 40 }, () => knock(gateway, "/auth/login", body, "4.4.4.4")));
		expect(answers.filter(({ status }) => status === 401).length).toBe(5);
		expect(answers.filter(({ status }) => status === 429).length).toBe(35);
	});

	it("from many addresses of one line is from one", async () => {
		const answers = [];
		for (let at = 0; at < 8; at++) answers.push((await knock(gateway, "/auth/login", { ...wrong, email: "line@example.com" }, `2001:db8:1:2::${at}`)).status);
		expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
	});

	it("an invented address before the proxy's is no other address", async () => {
		const proxied = accountsGateway({ store, trustProxy: 1, runtime: { passwords, now: runtime.now } });
		const body = { ...wrong, email: "proxy@example.com" };
		const asks = async (each: Gateway, forwarded: (at: number) => string) => {
			const statuses = [];
			for (let at = 0; at < 7; at++) statuses.push((await knock(each, "/auth/login", body, "10.0.0.1", { "x-forwarded-for": forwarded(at) })).status);
			return statuses.filter((status) => status === 429).length;
		};
		expect(await asks(proxied, (at) => `9.9.9.${at}, 5.5.5.5`)).toBe(2);
		expect(await asks(proxied, (at) => `5.5.6.${at}`)).toBe(0);
		expect(await asks(gateway, (at) => `5.5.7.${at}`)).toBe(2);
	});

	it("the current password of a session that was stolen is no easier", async () => {
		const tab = await registered(gateway, { ...ada, email: "held@example.com" });
		const statuses = [];
		for (let at = 0; at < 7; at++) statuses.push((await tab.ask("/auth/password", { currentPassword: `guess ${at}`, newPassword: "battery staple" })).status);
		expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
	});

	it("of accounts by registering is slowed down", async () => {
		const statuses = [];
		for (let at = 0; at < 12; at++) statuses.push((await knock(gateway, "/auth/register", ada, "7.7.7.7")).status);
		expect(statuses).toEqual([...Array(10).fill(409), 429, 429]);
		expect((await knock(gateway, "/auth/register", { ...ada, email: "other@example.com" }, "8.8.8.8")).status).toBe(201);
	});
});

describe("password work", () => {
	let release: (() => void)[] = [];
	afterEach(() => {
		release = [];
	});
	/** Nothing is done before it is let. */
	function slowPasswords(): Passwords & { readonly most: () => number } {
		const inner = fakePasswords();
		let running = 0;
		let most = 0;
		const held = async <Result>(job: () => Promise<Result>): Promise<Result> => {
			most = Math.max(most, ++running);
			await new Promise<void>((resolve) => release.push(resolve));
			running--;
			return job();
		};
		return { most: () => most, hash: inner.hash, verify: (password, hash) => held(() => inner.verify(password, hash)) };
	}

	it("is two at a time and fifty in a row; the rest is told to come back, and loses no try", async () => {
		const passwords = slowPasswords();
		const store = memoryStore();
		const gateway = accountsGateway({ store, runtime: { passwords } });
		let answered = 0;
		const asked = Array.from({ length: 200 }, async (_, at) => {
			const answer = await knock(gateway, "/auth/login", { ...wrong, email: `user${at}@example.com` }, `10.1.${at}.1`);
			answered++;
			return answer;
		});
		await expect.poll(() => answered).toBe(148);
		expect(passwords.most()).toBe(2);
		while (answered < 200) {
			for (const each of release.splice(0)) each();
			await new Promise((resolve) => setImmediate(resolve));
		}
		const answers = await Promise.all(asked);
		expect(answers.filter(({ status }) => status === 503).length).toBe(148);
		expect(answers.filter(({ status }) => status === 401).length).toBe(52);
		expect(answers.find(({ status }) => status === 503)).toMatchObject({ retryAfter: 2, body: expect.stringContaining("GATEWAY_BUSY") });
		expect(passwords.most()).toBe(2);
	});

	it("that fails is a 500 without its words, and blocks nobody behind it", async () => {
		const failing: Passwords = { hash: () => Promise.reject(new Error("secret of the house")), verify: () => Promise.reject(new Error("secret of the house")) };
		const gateway = accountsGateway({ runtime: { passwords: failing } });
		for (let at = 0; at < 5; at++) {
			const answer = await knock(gateway, "/auth/login", wrong, `11.0.0.${at}`);
			expect(answer.status).toBe(500);
			expect(answer.body).not.toContain("secret");
		}
	});
});

describe("tokens of invitations", () => {
	it("are tried no faster than registrations are", async () => {
		const gateway = accountsGateway({ accounts: { registration: "closed" } });
		const statuses: number[] = [];
		for (let round = 0; round < 12; round += 1) statuses.push((await knock(gateway, "/auth/register", { ...ada, invitation: `inv_${round}` }, "192.0.2.7")).status);
		expect([statuses[0], statuses.at(-1)]).toEqual([404, 429]);
	});
});
