import { base64url, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../../../src/index.ts";
import { fakeRuntime } from "../../../src/testing/index.ts";
import { accountsGateway, ada, browser, registered, secret } from "./browser.ts";

const store = memoryStore();
const gateway = accountsGateway({ store });
const tab = await registered(gateway);
const genuine = tab.cookies.get("postern_session") ?? "";
const [header = "", payload = "", signature = ""] = genuine.split(".");
const claims = JSON.parse(new TextDecoder().decode(base64url.decode(payload))) as Record<string, unknown>;
const kid = (JSON.parse(new TextDecoder().decode(base64url.decode(header))) as { kid: string }).kid;
const bytes = new TextEncoder().encode(secret);

const rsa = await crypto.subtle.generateKey({ name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign", "verify"]);
const hmac512 = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);

/** A token with our own secret that differs in what is told. */
function signed(change: Record<string, unknown>, head: Record<string, unknown> = {}, key: CryptoKey | Uint8Array = bytes): Promise<string> {
	return new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg: "HS256", typ: "JWT", kid, ...head }).sign(key);
}
const part = (value: unknown) => base64url.encode(JSON.stringify(value));
const flip = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1);

async function withCookie(value: string): Promise<number> {
	const other = browser(gateway);
	other.cookies.set("postern_session", value);
	return (await other.ask("/auth/me")).status;
}
async function withBearer(value: string): Promise<number> {
	return (await browser(gateway).ask("/auth/me", undefined, { authorization: `Bearer ${value}` })).status;
}

describe("a session's token", () => {
	it("says no more than who, which session and until when", () => {
		expect(claims).toEqual({ sub: expect.stringMatching(/^usr_/), sid: expect.stringMatching(/^sid_[0-9a-f]{24}$/), iss: "postern", aud: "postern-session", iat: expect.any(Number), exp: expect.any(Number) });
		expect(genuine).not.toContain(base64url.encode(secret));
	});

	it("that is genuine is let in, signed by us or by whoever has the secret", async () => {
		expect(await withCookie(genuine)).toBe(200);
		expect(await withBearer(genuine)).toBe(200);
		expect(await withCookie(await signed({}))).toBe(200);
		expect(await withCookie(`"${genuine}"`)).toBe(200);
	});

	const forgeries: readonly (readonly [what: string, token: string | Promise<string>])[] = [
		["with alg none", new UnsecuredJWT(claims).encode()],
		["with alg none and our kid", `${part({ alg: "none", kid })}.${payload}.`],
		["with alg none and the old signature", `${part({ alg: "none", kid })}.${payload}.${signature}`],
		["with alg None in another case", `${part({ alg: "nOnE", kid })}.${payload}.${signature}`],
		["of another algorithm by the same secret", signed({}, { alg: "HS512" }, hmac512)],
		["signed with a private key, ours not being public", signed({}, { alg: "RS256" }, rsa.privateKey)],
		["whose algorithm is confused", `${part({ alg: "RS256", kid })}.${payload}.${signature}`],
		["with a key of its own in the header", signed({}, { jwk: { kty: "oct", k: base64url.encode("x".repeat(32)) } }, new TextEncoder().encode("x".repeat(32)))],
		["of another secret", signed({}, {}, new TextEncoder().encode("x".repeat(32)))],
		["of the empty secret", signed({}, {}, new Uint8Array(1))],
		["of an unknown kid", signed({}, { kid: "0000" })],
		["of a kid that is a path", signed({}, { kid: "../../dev/null" })],
		["of a kid that every object has", signed({}, { kid: "__proto__" })],
		["without a kid", signed({}, { kid: undefined })],
		["with a critical extension", signed({}, { crit: ["b64"], b64: false }).catch(() => `${part({ alg: "HS256", kid, crit: ["x"], x: 1 })}.${payload}.${signature}`)],
		["that has expired", signed({ exp: Math.floor(Date.now() / 1000) - 60 })],
		["that expires never", signed({ exp: undefined })],
		["that is not valid yet", signed({ nbf: Math.floor(Date.now() / 1000) + 600 })],
		["for another audience", signed({ aud: "another" })],
		["for no audience", signed({ aud: undefined })],
		["of another issuer", signed({ iss: "evil" })],
		["of another person", signed({ sub: "usr_0" })],
		["of nobody", signed({ sub: undefined })],
		["of another session", signed({ sid: "sid_0" })],
		["of no session", signed({ sid: undefined })],
		["whose session is a number", signed({ sid: 1 })],
		["with another payload", `${header}.${part({ ...claims, sub: "usr_0" })}.${signature}`],
		["with another signature", `${header}.${payload}.${flip(signature)}`],
		["with no signature", `${header}.${payload}.`],
		["with half a signature", `${header}.${payload}.${signature.slice(0, 20)}`],
		["cut short", genuine.slice(0, -3)],
		["with more behind it", `${genuine}.${signature}`],
		["that is no token", "hello"],
		["that is empty", ""],
		["that is JSON", "{}"],
		["that is very long", `${header}.${"A".repeat(100_000)}.${signature}`],
	];
	it.each(forgeries)("%s is refused", async (_what, made) => {
		const token = await made;
		expect(await withCookie(token)).toBe(401);
		expect(await withBearer(token)).toBe(401);
	});

	it("that comes twice with one value is let in; with two it is not", async () => {
		const other = await registered(gateway, { email: "grace@example.com", password: "12345678" });
		const ask = async (cookie: string) => (await browser(gateway).ask("/auth/me", undefined, { cookie })).status;
		const second = other.cookies.get("postern_session") ?? "";
		expect(await ask(`postern_session=${genuine}; postern_session=${genuine}`)).toBe(200);
		expect(await ask(`postern_session=${genuine}; postern_session=${second}`)).toBe(401);
		expect(await ask(`postern_session=${second}; a=b; postern_session=junk`)).toBe(401);
		expect(await ask(`a=1,postern_session=${genuine}`)).toBe(401);
	});
});

describe("sessions", () => {
	it("are over in time, whatever the browser keeps", async () => {
		const runtime = fakeRuntime();
		const short = accountsGateway({ runtime: { ...runtime, now: runtime.now }, sessions: { secrets: [secret], maxAgeMs: 60_000 } });
		const visitor = await registered(short);
		expect((await visitor.ask("/auth/me")).status).toBe(200);
		await runtime.advance(59_000);
		expect((await visitor.ask("/auth/me")).status).toBe(200);
		await runtime.advance(2000);
		expect((await visitor.ask("/auth/me")).status).toBe(401);
	});

	it("are never the ones that a browser came with", async () => {
		const eve = await registered(gateway, { email: "eve@example.com", password: "12345678" });
		const planted = eve.cookies.get("postern_session") ?? "";
		const victim = browser(gateway);
		victim.cookies.set("postern_session", planted);
		expect((await victim.ask("/auth/login", { email: ada.email, password: ada.password })).status).toBe(200);
		expect(victim.cookies.get("postern_session")).not.toBe(planted);
		expect((await eve.ask("/auth/me")).json).toMatchObject({ user: { email: "eve@example.com" } });
	});

	it("outlive a secret that is put behind another one, not one that is taken away", async () => {
		const [next, third] = ["another secret of thirty-two chars", "the third secret of thirty-two chars"];
		const visitor = browser(gateway);
		const ask = async (secrets: readonly string[]) => {
			const rotated = accountsGateway({ store, sessions: { secrets } });
			const there = browser(rotated);
			for (const [name, value] of visitor.cookies) there.cookies.set(name, value);
			return (await there.ask("/auth/me")).status;
		};
		await visitor.ask("/auth/login", { email: ada.email, password: ada.password });
		expect(await ask([next, secret])).toBe(200);
		expect(await ask([third, next, secret])).toBe(200);
		expect(await ask([third, next])).toBe(401);
	});

	it("end with the process where no secret is set, and the operator is told", async () => {
		const unset = { store, sessions: {} };
		const [first, second] = [accountsGateway(unset), accountsGateway(unset)];
		expect(first.warnings).toEqual([expect.stringMatching(/sessions\.secrets/)]);
		const visitor = browser(first);
		await visitor.ask("/auth/login", { email: ada.email, password: ada.password });
		expect((await visitor.ask("/auth/me")).status).toBe(200);
		const there = browser(second);
		for (const [name, value] of visitor.cookies) there.cookies.set(name, value);
		expect((await there.ask("/auth/me")).status).toBe(401);
	});

	it.each([
		[{ secrets: [] }, /sessions\.secrets is an empty list/],
		[{ secrets: [secret, "short"] }, /sessions\.secrets\[1\] is too short/],
		[{ secrets: [secret], cookieName: "a b" }, /sessions\.cookieName/],
		[{ secrets: [secret], maxAgeMs: 0 }, /sessions\.maxAgeMs/],
		[{ secrets: [secret], cookieName: "__Host-p", secure: false }, /sessions\.secure/],
	])("%j is a configuration error", (sessions, message) => {
		expect(() => accountsGateway({ sessions })).toThrow(message);
	});
});

describe("the cookie", () => {
	const attributesOf = async (options: Parameters<typeof accountsGateway>[0], url: string, headers = {}) => {
		const { headers: answered } = await browser(accountsGateway(options), url).ask("/auth/register", ada, headers);
		return answered.get("set-cookie")?.replace(/=[^;]*;/, ";");
	};
	it.each([
		["over http", {}, "http://postern.test", {}, "postern_session; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax"],
		["over https", {}, "https://postern.test", {}, "postern_session; Path=/; Max-Age=1209600; HttpOnly; Secure; SameSite=Lax"],
		["where a stranger says https", {}, "http://postern.test", { "x-forwarded-proto": "https" }, "postern_session; Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax"],
		["where our proxy says https", { trustProxy: 1 }, "http://postern.test", { "x-forwarded-proto": "https" }, "postern_session; Path=/; Max-Age=1209600; HttpOnly; Secure; SameSite=Lax"],
		["with all options", { sessions: { secrets: [secret], cookieName: "__Host-gate", maxAgeMs: 5000, sameSite: "none" } }, "http://postern.test", {}, "__Host-gate; Path=/; Max-Age=5; HttpOnly; Secure; SameSite=None"],
	] as const)("%s", async (_what, options, url, headers, expected) => {
		expect(await attributesOf(options, url, headers)).toBe(expected);
	});
});
