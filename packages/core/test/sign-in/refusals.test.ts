import { base64url, CompactSign, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGateway, fetchHandler, type Gateway, memoryStore, type ObservedEvent, SendError, simulator, type Store } from "../../src/index.ts";
import { createFakeIssuer, type FakeIssuer, fakeClient, issuer } from "./fake-issuer.ts";
import { createVisitor, publicUrl, type Visitor } from "./visitor.ts";

let now: number;
let fake: FakeIssuer;
let store: Store;
let gateway: Gateway;
let visitor: Visitor;
let observed: ObservedEvent[];

beforeEach(() => {
	now = Date.parse("2030-01-02T03:04:05Z");
	fake = createFakeIssuer(() => now);
	store = memoryStore();
	observed = [];
	gateway = openGateway();
	visitor = createVisitor(() => gateway);
});
afterEach(() => gateway.close());

function openGateway(secret = "a secret of at least thirty-two characters"): Gateway {
	return createGateway({
		providers: { sim: simulator() },
		token: "operator-token",
		surfaces: ["accounts"],
		store,
		sessions: { secrets: [secret] },
		signIn: { publicUrl, google: fakeClient, github: fakeClient, oidc: { issuer, ...fakeClient, name: "Example Inc." } },
		runtime: { send: fake.send, now: () => now, observe: (event) => void observed.push(event) },
	});
}

/** What the issuer would give the browser to bring back. */
interface Return {
	state: string;
	code?: string;
	iss?: string;
	[name: string]: string | undefined;
}

async function leave(provider = "oidc"): Promise<Return> {
	const { status, location } = await visitor.get(`/auth/${provider}`);
	expect(status).toBe(302);
	const { searchParams } = new URL(location);
	fake.nonce = searchParams.get("nonce") ?? "";
	return { state: searchParams.get("state") ?? "", code: "c0de-of-the-issuer", iss: issuer };
}

function comeBack(back: Return, provider = "oidc"): ReturnType<Visitor["get"]> {
	const query = new URLSearchParams(Object.entries(back).filter((entry): entry is [string, string] => entry[1] !== undefined));
	return visitor.get(`/auth/${provider}/callback?${query}`);
}

test("without any trick the person is signed in", async () => {
	const { status, location, headers } = await comeBack(await leave());
	expect({ status, location }).toEqual({ status: 302, location: "https://app.example.com/" });
	expect(headers.get("cache-control")).toBe("no-store");
	expect(headers.get("referrer-policy")).toBe("no-referrer");
	const [session, flow] = headers.getSetCookie();
	expect(session).toMatch(/^postern_session=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=Lax$/);
	expect(flow).toBe("postern_sign_in=; Path=/ai/auth/oidc/callback; Max-Age=0; HttpOnly; Secure; SameSite=Lax");
	expect(await store.accounts.findUserByEmail("jane@example.com")).toMatchObject({ name: "Jane Doe", emailVerifiedAt: now });
});

test("the browser leaves with everything that ties its return to it", async () => {
	const { location, headers } = await visitor.get("/auth/oidc?returnTo=/projects");
	const { origin, pathname, searchParams } = new URL(location);
	expect(origin + pathname).toBe(`${issuer}/authorize`);
	expect(Object.fromEntries(searchParams)).toEqual({
		response_type: "code",
		client_id: fakeClient.clientId,
		redirect_uri: `${publicUrl}/auth/oidc/callback`,
		scope: "openid email profile",
		state: expect.stringMatching(/^[\w-]{43}$/),
		nonce: expect.stringMatching(/^[\w-]{43}$/),
		code_challenge: expect.stringMatching(/^[\w-]{43}$/),
		code_challenge_method: "S256",
	});
	expect(new Set([searchParams.get("state"), searchParams.get("nonce"), searchParams.get("code_challenge")]).size).toBe(3);
	const [cookie = "", ...others] = headers.getSetCookie();
	expect(others).toEqual([]);
	expect(cookie).toMatch(/^postern_sign_in=[\w.-]+; Path=\/ai\/auth\/oidc\/callback; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/);
	expect(cookie).not.toContain(searchParams.get("state"));
});

test("the issuer is asked for the person with the code, the verifier of this sign-in and the client's secret", async () => {
	const { location } = await visitor.get("/auth/oidc");
	const { searchParams } = new URL(location);
	fake.nonce = searchParams.get("nonce") ?? "";
	await comeBack({ state: searchParams.get("state") ?? "", code: "c0de", iss: issuer });
	const asked = fake.asked.find(({ url }) => url === `${issuer}/token`);
	const form = new URLSearchParams(asked?.body);
	expect(form.get("code")).toBe("c0de");
	expect(form.get("redirect_uri")).toBe(`${publicUrl}/auth/oidc/callback`);
	const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(form.get("code_verifier") ?? ""));
	expect(base64url.encode(new Uint8Array(digest))).toBe(searchParams.get("code_challenge"));
	expect(asked?.headers["authorization"]).toBe(`Basic ${btoa(`${encodeURIComponent(fakeClient.clientId).replaceAll("-", "%2D")}:${fakeClient.clientSecret.replaceAll("-", "%2D")}`)}`);
});

const otherKey = await generateKeyPair("RS256");
type Trick = (back: Return) => Return | undefined | Promise<Return | undefined>;
type Refusal = readonly [trick: string, status: number, code: string, play: Trick];

/** What comes back from the browser. */
const returns: readonly Refusal[] = [
	["the person does not want to", 403, "SIGN_IN_CANCELLED", ({ state }) => ({ state, iss: issuer, error: "access_denied", error_description: "<b>No</b>" })],
	["the issuer is broken", 502, "SIGN_IN_FAILED", ({ state }) => ({ state, iss: issuer, error: "server_error" })],
	["the issuer asks for a login that cannot be", 502, "SIGN_IN_FAILED", ({ state }) => ({ state, iss: issuer, error: "<script>alert(1)</script>" })],
	["no state", 400, "SIGN_IN_EXPIRED", (back) => ({ ...back, state: "" })],
	["another state", 400, "SIGN_IN_EXPIRED", (back) => ({ ...back, state: "A".repeat(43) })],
	["an error with another state", 400, "SIGN_IN_EXPIRED", () => ({ state: "A".repeat(43), error: "access_denied" })],
	["no cookie: the sign-in of another browser", 400, "SIGN_IN_EXPIRED", () => void (visitor.cookies = {})],
	["a cookie of nonsense", 400, "SIGN_IN_EXPIRED", () => void (visitor.cookies["postern_sign_in"] = "a.b.c.d.e")],
	[
		"a cookie in which a sign was changed",
		400,
		"SIGN_IN_EXPIRED",
		() => {
			const sealed = visitor.cookies["postern_sign_in"] ?? "";
			const at = Math.floor(sealed.length / 2);
			visitor.cookies["postern_sign_in"] = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
			return undefined;
		},
	],
	[
		"a cookie that is sealed with a key of somebody else's",
		400,
		"SIGN_IN_EXPIRED",
		() => void (gateway = openGateway("another secret of thirty-two characters")),
	],
	["the state of one sign-in with the cookie of another", 400, "SIGN_IN_EXPIRED", async () => void (await leave())],
	["the cookie of a sign-in with Google", 400, "SIGN_IN_EXPIRED", googlesCookie],
	["ten minutes later", 400, "SIGN_IN_EXPIRED", () => void (now += 601_000)],
	["another issuer's answer", 502, "SIGN_IN_FAILED", (back) => ({ ...back, iss: "https://evil.example" })],
	["nobody's answer, where the issuer says that it names itself", 502, "SIGN_IN_FAILED", ({ iss: _, ...back }) => back],
	["no code", 502, "SIGN_IN_FAILED", ({ code: _, ...back }) => back],
	["an answer in another form", 502, "SIGN_IN_FAILED", (back) => ({ ...back, response: "ey.ey.ey" })],
];

/** What the issuer, or somebody in its place, says of the person. */
const tokens: readonly Refusal[] = [
	["a token for another sign-in", 502, "SIGN_IN_FAILED", () => claim({ nonce: "another" })],
	["a token for no sign-in", 502, "SIGN_IN_FAILED", () => claim({ nonce: undefined })],
	["a token of another issuer", 502, "SIGN_IN_FAILED", () => claim({ iss: "https://evil.example" })],
	["a token of nobody", 502, "SIGN_IN_FAILED", () => claim({ iss: undefined })],
	["a token for another app", 502, "SIGN_IN_FAILED", () => claim({ aud: "another-client" })],
	["a token for several, handed to another", 502, "SIGN_IN_FAILED", () => claim({ aud: [fakeClient.clientId, "another-client"], azp: "another-client" })],
	["a token that is over", 502, "SIGN_IN_FAILED", () => claim({ exp: Math.floor(now / 1000) - 60 })],
	["a token that is not yet", 502, "SIGN_IN_FAILED", () => claim({ nbf: Math.floor(now / 1000) + 600 })],
	["a token that never ends", 502, "SIGN_IN_FAILED", () => claim({ exp: undefined })],
	["a token about nobody", 502, "SIGN_IN_FAILED", () => claim({ sub: undefined })],
	["a token about a number", 502, "SIGN_IN_FAILED", () => claim({ sub: 5 })],
	["a token that another key signed", 502, "SIGN_IN_FAILED", () => signed((claims) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "key-1" }).sign(otherKey.privateKey))],
	["a token that a key signed which is not the issuer's", 502, "SIGN_IN_FAILED", () => signed((claims) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "key-2" }).sign(otherKey.privateKey))],
	["a token that nobody signed", 502, "SIGN_IN_FAILED", () => signed(async (claims) => `${text({ alg: "none" })}.${text(claims)}.`)],
	["a token that is signed with the public key, as if it were a secret", 502, "SIGN_IN_FAILED", () => signed((claims) => new CompactSign(bytes(claims)).setProtectedHeader({ alg: "HS256", kid: "key-1" }).sign(bytes(fake.publicJwk)))],
	["a token that is signed with the client's secret", 502, "SIGN_IN_FAILED", () => signed((claims) => new CompactSign(bytes(claims)).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(fakeClient.clientSecret)))],
	[
		"a token whose content was changed",
		502,
		"SIGN_IN_FAILED",
		() =>
			signed(async (claims) => {
				const [header, , signature] = (await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "key-1" }).sign(fake.signingKey)).split(".");
				return `${header}.${text({ ...claims, email: "boss@example.com" })}.${signature}`;
			}),
	],
	["no token", 502, "SIGN_IN_FAILED", () => answer("/token", { body: { access_token: "at-1", token_type: "Bearer" } })],
	["a token that is none", 502, "SIGN_IN_FAILED", () => answer("/token", { body: { access_token: "at-1", token_type: "Bearer", id_token: "ey" } })],
	["a code that was used before", 502, "SIGN_IN_FAILED", () => answer("/token", { status: 400, body: { error: "invalid_grant", error_description: "used" } })],
	["a client that is unknown", 502, "SIGN_IN_FAILED", () => answer("/token", { status: 401, headers: { "www-authenticate": 'Basic realm="x"' }, body: { error: "invalid_client" } })],
	["a page in place of an answer", 502, "SIGN_IN_FAILED", () => answer("/token", { status: 200, body: "<h1>Maintenance</h1>" })],
	["an error of the issuer's server", 502, "SIGN_IN_FAILED", () => answer("/token", { status: 500, body: "Oh no" })],
	["a redirect in place of an answer", 502, "SIGN_IN_FAILED", () => answer("/token", { status: 302, headers: { location: "https://evil.example/token" }, body: "" })],
	["an answer without end", 502, "SIGN_IN_FAILED", () => answer("/token", { body: { access_token: "x".repeat(2 ** 21) } })],
	["keys that are none", 502, "SIGN_IN_FAILED", () => answer("/jwks", { body: { keys: [{ kty: "RSA", kid: "key-1", alg: "RS256", n: "!", e: "?" }] } })],
	["no keys", 502, "SIGN_IN_FAILED", () => answer("/jwks", { body: { keys: [] } })],
	["an address that is not verified", 403, "EMAIL_NOT_VERIFIED", () => claim({ email_verified: false })],
	["an address that cannot be", 502, "SIGN_IN_FAILED", () => claim({ email: "jane" })],
	["no address anywhere", 403, "EMAIL_NOT_VERIFIED", () => claim({ email: undefined })],
	["an address in the token, its being verified in the user info", 403, "EMAIL_NOT_VERIFIED", () => said({ email_verified: undefined }, { sub: "248289761001", email_verified: true })],
	["another's user info", 502, "SIGN_IN_FAILED", () => said({ email: undefined }, { sub: "1", email: "boss@example.com", email_verified: true })],
	["user info that is refused", 502, "SIGN_IN_FAILED", () => unheard({ email: undefined }, 401)],
	["a network that fails", 502, "SIGN_IN_FAILED", () => broken("/token")],
];

test.each([...returns, ...tokens])("%s: %i %s", async (_trick, status, code, play) => {
	const back = await leave();
	const answer = await comeBack((await play(back)) ?? back);

	expect(answer.status).toBe(status);
	expect(answer.json).toEqual({ error: expect.any(String), code, requestId: expect.stringMatching(/^req_/) });
	// Words of the issuer, codes, states and secrets are nobody's to read.
	expect(answer.text).not.toMatch(/c0de|s3cret|evil|script|nonce|<b>|invalid_|at-1|Oh no|Maintenance/i);
	expect(answer.text).not.toContain(back.state);
	expect(JSON.stringify(observed)).not.toMatch(/c0de-of|s3cret|<b>|<script>|at-1/);
	expect(observed.filter(({ type }) => type === "internal-error")).toEqual([]);
	expect(observed).toContainEqual(expect.objectContaining({ type: "request-end", path: "/auth/oidc/callback", status, errorCode: code }));
	expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^postern_sign_in=; Path=\/ai\/auth\/oidc\/callback; Max-Age=0;/)]);
	expect(visitor.cookies).not.toHaveProperty("postern_session");
	for (const email of ["jane@example.com", "boss@example.com"]) expect(await store.accounts.findUserByEmail(email)).toBeUndefined();
});

test("a callback that comes a second time is refused: its cookie is gone", async () => {
	const back = await leave();
	expect((await comeBack(back)).status).toBe(302);
	expect((await comeBack(back)).json).toMatchObject({ code: "SIGN_IN_EXPIRED" });
});

test("a parameter that comes twice is refused, whichever it is", async () => {
	for (const name of ["state", "code", "iss"]) {
		const back = await leave();
		const query = new URLSearchParams({ state: back.state, code: "c0de", iss: issuer });
		query.append(name, query.get(name) ?? "");
		expect((await visitor.get(`/auth/oidc/callback?${query}`)).status).toBeGreaterThanOrEqual(400);
	}
	expect(visitor.cookies).not.toHaveProperty("postern_session");
});

const discoveries: readonly (readonly [what: string, change: () => void])[] = [
	["nothing there", () => answer("/.well-known/openid-configuration", { status: 404, body: "Not found" })],
	["a page", () => answer("/.well-known/openid-configuration", { body: "<h1>Hello</h1>" })],
	["another issuer", () => void (fake.discovery["issuer"] = "https://evil.example")],
	["no authorization endpoint", () => void delete fake.discovery["authorization_endpoint"]],
	["a network that fails", () => broken("/.well-known/openid-configuration")],
];

test.each(discoveries)("an issuer that cannot be found: %s", async (_what, change) => {
	change();
	const refused = await visitor.get("/auth/oidc");
	expect(refused.status).toBe(502);
	expect(refused.json).toMatchObject({ code: "SIGN_IN_FAILED" });

	fake = Object.assign(fake, { answers: createFakeIssuer(() => now).answers });
	expect((await visitor.get("/auth/oidc")).status, "the next one tries again").toBe(302);
});

test("endpoints in the clear are not asked", async () => {
	fake.discovery["token_endpoint"] = "http://id.example.com/token";
	expect((await comeBack(await leave())).json).toMatchObject({ code: "SIGN_IN_FAILED" });
	expect(fake.asked.filter(({ url }) => url.startsWith("http:"))).toEqual([]);
});

test("an issuer that does not answer is not waited for without end", async () => {
	const timers: (() => void)[] = [];
	await gateway.close();
	gateway = createGateway({
		providers: { sim: simulator() },
		token: "operator-token",
		surfaces: ["accounts"],
		signIn: { publicUrl, oidc: { issuer, ...fakeClient } },
		runtime: {
			send: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new SendError("aborted", "The request was cancelled")))),
			schedule: (_ms, callback) => {
				timers.push(callback);
				return () => {};
			},
		},
	});
	const waiting = visitor.get("/auth/oidc");
	await expect.poll(() => timers.length).toBeGreaterThan(0);
	for (const timer of timers) timer();
	expect((await waiting).json).toMatchObject({ code: "SIGN_IN_FAILED", error: "id.example.com cannot be reached right now: try again in a moment" });
});

test("the issuer's description is read once an hour, its keys with it", async () => {
	const count = (path: string) => fake.asked.filter(({ url }) => url === issuer + path).length;
	await Promise.all([visitor.get("/auth/oidc"), visitor.get("/auth/oidc")]);
	await comeBack(await leave());
	await comeBack(await leave());
	expect([count("/.well-known/openid-configuration"), count("/jwks")]).toEqual([1, 1]);
	now += 3_600_001;
	await visitor.get("/auth/oidc");
	expect(count("/.well-known/openid-configuration")).toBe(2);
});

test("people read a page, which quotes nobody and leads back", async () => {
	const { location } = await visitor.get("/auth/oidc?returnTo=/projects%3Fa%3D1%26b");
	const state = new URL(location).searchParams.get("state") ?? "";
	const query = new URLSearchParams({ state, iss: issuer, error: "access_denied", error_description: "<script>alert(1)</script>" });
	const page = await visitor.get(`/auth/oidc/callback?${query}`, { accept: "text/html,*/*;q=0.8" });
	expect(page.status).toBe(403);
	expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
	expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
	expect(page.headers.get("x-postern-error")).toBe("SIGN_IN_CANCELLED");
	expect(page.headers.get("referrer-policy")).toBe("no-referrer");
	expect(page.text).toContain("Example Inc. did not let you in, or you cancelled.");
	expect(page.text).toContain('href="https://app.example.com/projects?a=1&amp;b"');
	expect(page.text).toContain('href="https://app.example.com/ai/auth/oidc?returnTo=https%3A%2F%2Fapp.example.com%2Fprojects%3Fa%3D1%26b"');
	expect(page.text).not.toContain("<script");
});

test("whoever comes back in vain too often has to wait", async () => {
	const { handle } = gateway;
	visitor = createVisitor(() => ({ fetch: fetchHandler(handle, { remoteAddress: "192.0.2.7" }) }));
	let answer = await comeBack({ ...(await leave()), error: "server_error" });
	let tries = 1;
	while (answer.status === 502 && tries < 100) {
		answer = await comeBack({ ...(await leave()), error: "server_error" });
		tries++;
	}
	expect(answer.json).toMatchObject({ code: "TOO_MANY_ATTEMPTS" });
	expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
	expect(tries).toBe(31);
});

async function googlesCookie(): Promise<undefined> {
	const sealed = visitor.cookies["postern_sign_in"];
	fake.answers["/.well-known/openid-configuration"] = () => ({ body: { ...fake.discovery, issuer: "https://accounts.google.com" } });
	await leave("google");
	expect(visitor.cookies["postern_sign_in"]).not.toBe(sealed);
	return undefined;
}

function claim(claims: Readonly<Record<string, unknown>>): undefined {
	fake.claims = claims;
	return undefined;
}

function said(claims: Readonly<Record<string, unknown>>, userInfo: Readonly<Record<string, unknown>>): undefined {
	fake.answers["/userinfo"] = () => ({ body: userInfo });
	return claim(claims);
}

function unheard(claims: Readonly<Record<string, unknown>>, status: number): undefined {
	fake.answers["/userinfo"] = () => ({ status, body: {} });
	return claim(claims);
}

function signed(sign: FakeIssuer["sign"]): undefined {
	fake.sign = sign;
	return undefined;
}

function answer(path: string, told: Awaited<ReturnType<NonNullable<FakeIssuer["answers"][string]>>>): undefined {
	fake.answers[path] = () => told;
	return undefined;
}

function broken(path: string): undefined {
	fake.answers[path] = () => {
		throw new SendError("network", "The connection to the provider failed");
	};
	return undefined;
}

function bytes(value: unknown): Uint8Array {
	return new TextEncoder().encode(JSON.stringify(value));
}

function text(value: unknown): string {
	return base64url.encode(JSON.stringify(value));
}
