import { afterEach, describe, expect, test } from "vitest";
import { createGateway, type Gateway, type GatewayOptions, type SignInOptions, simulator } from "../../src/index.ts";
import { createFakeIssuer, fakeClient, issuer } from "./fake-issuer.ts";
import { createVisitor, publicUrl } from "./visitor.ts";

let gateway: Gateway | undefined;
afterEach(async () => {
	await gateway?.close();
	gateway = undefined;
});

function openGateway(signIn: SignInOptions | undefined, options: Partial<GatewayOptions> = {}): Gateway {
	gateway = createGateway({
		providers: { sim: simulator() },
		token: "operator-token",
		surfaces: ["accounts"],
		sessions: { secrets: ["a secret of at least thirty-two characters"] },
		runtime: { send: createFakeIssuer(() => Date.now()).send },
		...(signIn === undefined ? {} : { signIn }),
		...options,
	});
	return gateway;
}

const oidc = { issuer, ...fakeClient };

describe("what is set up", () => {
	const nothing = { google: false, github: false, oidc: false, names: {} };
	const cases: readonly (readonly [what: string, signIn: SignInOptions | undefined, list: unknown])[] = [
		["nothing", undefined, nothing],
		["Google", { publicUrl, google: fakeClient }, { ...nothing, google: true, names: { google: "Google" } }],
		["GitHub", { publicUrl, github: fakeClient }, { ...nothing, github: true, names: { github: "GitHub" } }],
		["another one without a name", { publicUrl, oidc }, { ...nothing, oidc: true, names: { oidc: "id.example.com" } }],
		[
			"all of them",
			{ publicUrl, google: fakeClient, github: fakeClient, oidc: { ...oidc, name: "Example Inc." } },
			{ google: true, github: true, oidc: true, names: { google: "Google", github: "GitHub", oidc: "Example Inc." } },
		],
	];
	test.each(cases)("%s is told to everybody", async (_what, signIn, list) => {
		const { status, json } = await createVisitor(() => openGateway(signIn)).get("/auth/providers");
		expect({ status, json }).toEqual({ status: 200, json: list });
	});

	test.each(["google", "github", "oidc"])("%s is refused where it is not set up", async (provider) => {
		const others = { google: { github: fakeClient }, github: { google: fakeClient }, oidc: { google: fakeClient } }[provider];
		for (const signIn of [undefined, { publicUrl, ...others }]) {
			for (const path of [`/auth/${provider}`, `/auth/${provider}/callback?state=a&code=b`]) {
				const { status, json } = await createVisitor(() => openGateway(signIn)).get(path);
				expect({ status, json }).toMatchObject({ status: 501, json: { code: "CAPABILITY_ABSENT", error: `Sign-in with ${provider} is not set up on this gateway` } });
			}
		}
	});

	test.each(["facebook", "google/callback/more", "constructor"])("there is no %s", async (provider) => {
		expect((await createVisitor(() => openGateway({ publicUrl, google: fakeClient })).get(`/auth/${provider}`)).status).toBe(404);
	});
});

describe("addresses", () => {
	const redirects: readonly (readonly [publicUrl: string, prefix: string, redirectUri: string])[] = [
		["https://app.example.com", "", "https://app.example.com/auth/oidc/callback"],
		["https://app.example.com/", "", "https://app.example.com/auth/oidc/callback"],
		["https://app.example.com/ai/", "", "https://app.example.com/ai/auth/oidc/callback"],
		["https://app.example.com/ai", "/people", "https://app.example.com/ai/people/auth/oidc/callback"],
		["http://localhost:8420", "", "http://localhost:8420/auth/oidc/callback"],
	];
	test.each(redirects)("%s with the surface at %j is sent back to %s, whatever the request says", async (address, prefix, redirectUri) => {
		const visitor = createVisitor(() => openGateway({ publicUrl: address, oidc }, { surfaces: [{ id: "accounts", prefix }], trustProxy: 1 }));
		const lies = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http", origin: "https://evil.example" };
		const { location, headers } = await visitor.get(`${prefix}/auth/oidc`, lies);
		expect(new URL(location).searchParams.get("redirect_uri")).toBe(redirectUri);
		expect(headers.getSetCookie()[0]).toContain(`; Path=${new URL(redirectUri).pathname};`);
		expect(headers.getSetCookie()[0]?.includes("; Secure")).toBe(redirectUri.startsWith("https:"));
	});

	const returns: readonly (readonly [query: string, status: number])[] = [
		["", 302],
		["?returnTo=%2Fprojects", 302],
		["?returnTo=https%3A%2F%2Fspa.example.com%2F", 302],
		["?returnTo=https%3A%2F%2Fevil.example%2F", 400],
		["?returnTo=%2F%2Fevil.example", 400],
		["?returnTo=%2F%5Cevil.example", 400],
		["?returnTo=%5C%5Cevil.example", 400],
		["?returnTo=https%3Aevil.example", 400],
		["?returnTo=%252F%252Fevil.example", 400],
		["?returnTo=%2F%09%2Fevil.example", 400],
		["?returnTo=%2F%0A%2Fevil.example", 400],
		["?returnTo=%20%2F%2Fevil.example", 400],
		["?returnTo=https%3A%2F%2Fapp.example.com%40evil.example", 400],
		["?returnTo=javascript%3Aalert(1)", 400],
		["?returnTo=", 400],
		["?returnTo=%2Fa&returnTo=%2Fb", 400],
	];
	test.each(returns)("%j is answered with %i", async (query, status) => {
		const visitor = createVisitor(() => openGateway({ publicUrl, oidc }, { cors: { origins: ["https://spa.example.com"] } }));
		const answer = await visitor.get(`/auth/oidc${query}`);
		expect(answer.status).toBe(status);
		if (status === 302) return;
		expect(answer.json).toMatchObject({ code: "VALIDATION_ERROR", issues: [{ path: "returnTo" }] });
		expect(answer.headers.getSetCookie()).toEqual([]);
	});
});

test("a provider whose addresses are trusted need not say that they are verified, nor be asked twice", async () => {
	for (const trustEmail of [true, false]) {
		const fake = createFakeIssuer(() => Date.now());
		fake.claims = { email_verified: undefined };
		const visitor = createVisitor(() => openGateway({ publicUrl, oidc: { ...oidc, trustEmail } }, { runtime: { send: fake.send } }));
		const { searchParams } = new URL((await visitor.get("/auth/oidc")).location);
		fake.nonce = searchParams.get("nonce") ?? "";
		const query = new URLSearchParams({ state: searchParams.get("state") ?? "", code: "c0de", iss: issuer });
		expect((await visitor.get(`/auth/oidc/callback?${query}`)).status).toBe(trustEmail ? 302 : 403);
		expect(fake.asked.some(({ url }) => url.endsWith("/userinfo"))).toBe(!trustEmail);
	}
});

describe("what cannot be", () => {
	const mistakes: readonly (readonly [field: string, signIn: SignInOptions, options: Partial<GatewayOptions>])[] = [
		["accounts surface", { publicUrl, oidc }, { surfaces: ["meta"] }],
		["google, github or oidc", { publicUrl }, {}],
		["signIn.publicUrl", { publicUrl: "app.example.com", oidc }, {}],
		["signIn.publicUrl", { publicUrl: "http://app.example.com", oidc }, {}],
		["signIn.publicUrl", { publicUrl: "http://localhost.example.com", oidc }, {}],
		["signIn.publicUrl", { publicUrl: "ftp://localhost", oidc }, {}],
		["signIn.publicUrl", { publicUrl: "https://app.example.com/?a=b", oidc }, {}],
		["signIn.publicUrl", { publicUrl: "https://who@app.example.com/", oidc }, {}],
		["signIn.google.clientId", { publicUrl, google: { ...fakeClient, clientId: "" } }, {}],
		["signIn.google.clientSecret", { publicUrl, google: { ...fakeClient, clientSecret: " " } }, {}],
		["signIn.github.clientSecret", { publicUrl, github: { clientId: "a" } as never }, {}],
		["signIn.github.url", { publicUrl, github: { ...fakeClient, url: "http://github.example.com" } }, {}],
		["signIn.domains", { publicUrl, oidc, domains: ["example.com", "@example.org"] }, {}],
		["signIn.domains", { publicUrl, oidc, domains: ["localhost"] }, {}],
		["signIn.oidc.issuer", { publicUrl, oidc: { ...oidc, issuer: "http://id.example.com" } }, {}],
		["signIn.oidc.issuer", { publicUrl, oidc: { ...oidc, issuer: "https://id.example.com#a" } }, {}],
		["signIn.oidc.clientSecret", { publicUrl, oidc: { ...oidc, clientSecret: "" } }, {}],
		["signIn.oidc.scopes", { publicUrl, oidc: { ...oidc, scopes: ["email profile"] } }, {}],
		["signIn.oidc.name", { publicUrl, oidc: { ...oidc, name: " " } }, {}],
	];
	test.each(mistakes)("%s is named: %j", (field, signIn, options) => {
		expect(() => openGateway(signIn, options)).toThrow(expect.objectContaining({ name: "ConfigurationError", message: expect.stringContaining(field) }));
	});

	test("no secret stands in a message", () => {
		for (const [, signIn, options] of mistakes) expect(() => openGateway(signIn, options)).not.toThrow(fakeClient.clientSecret);
	});
});
