import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import type { ByteSource, Send, UpstreamRequest, UpstreamResponse } from "../../src/index.ts";

export const issuer = "https://id.example.com";

/** What the issuer will say; a test changes it to let the issuer lie. */
export interface FakeIssuer {
	readonly send: Send;
	readonly asked: UpstreamRequest[];
	readonly signingKey: CryptoKey;
	readonly publicJwk: Readonly<Record<string, unknown>>;
	/** By path. What a test puts there stands for the answer to it. */
	answers: Record<string, (request: UpstreamRequest) => FakeAnswer | Promise<FakeAnswer>>;
	discovery: Record<string, unknown>;
	/** Claims of the next ID token, over those that are right. */
	claims: Record<string, unknown>;
	/** Puts the ID token together. */
	sign(claims: JWTPayload): Promise<string>;
	/** The nonce of the last sign-in: the issuer keeps it with the code. */
	nonce: string;
}

export interface FakeAnswer {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** A text goes out as it is. */
	readonly body: unknown;
}

export const fakeClient = { clientId: "postern-client", clientSecret: "s3cret-of-the-client" } as const;
const keyPair = await generateKeyPair("RS256", { extractable: true });
const publicJwk = { ...(await exportJWK(keyPair.publicKey)), kid: "key-1", alg: "RS256", use: "sig" };

/** An OpenID Connect provider in this process that says whatever a test wants. @param now of the gateway's clock, in milliseconds. */
export function createFakeIssuer(now: () => number): FakeIssuer {
	const fake: FakeIssuer = {
		asked: [],
		signingKey: keyPair.privateKey,
		publicJwk,
		nonce: "",
		claims: {},
		discovery: {
			issuer,
			authorization_endpoint: `${issuer}/authorize`,
			token_endpoint: `${issuer}/token`,
			userinfo_endpoint: `${issuer}/userinfo`,
			jwks_uri: `${issuer}/jwks`,
			id_token_signing_alg_values_supported: ["RS256"],
			authorization_response_iss_parameter_supported: true,
		},
		answers: {
			"/.well-known/openid-configuration": () => ({ body: fake.discovery }),
			"/jwks": () => ({ body: { keys: [publicJwk] } }),
			"/token": async () => ({ body: { access_token: "at-1", token_type: "Bearer", expires_in: 60, id_token: await fake.sign(claims()) } }),
			"/userinfo": () => ({ body: { sub: "248289761001" } }),
		},
		sign: (payload) => new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid: "key-1" }).sign(fake.signingKey),
		async send(request) {
			fake.asked.push(request);
			const { pathname } = new URL(request.url);
			const answer = (await fake.answers[pathname]?.(request)) ?? { status: 404, body: "Not found" };
			return responseOf(answer);
		},
	};

	function claims(): JWTPayload {
		const at = Math.floor(now() / 1000);
		const right = {
			iss: issuer,
			sub: "248289761001",
			aud: fakeClient.clientId,
			iat: at,
			exp: at + 300,
			nonce: fake.nonce,
			email: "jane@example.com",
			email_verified: true,
			name: "Jane Doe",
		};
		const all = { ...right, ...fake.claims };
		return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
	}

	return fake;
}

function responseOf({ status = 200, headers = {}, body }: FakeAnswer): UpstreamResponse {
	const text = typeof body === "string" ? body : JSON.stringify(body);
	const type = typeof body === "string" ? "text/html" : "application/json";
	return { status, headers: { "content-type": type, ...headers }, body: bytesOf(text) };
}

function bytesOf(text: string): ByteSource {
	let rest: Uint8Array | undefined = new TextEncoder().encode(text);
	return {
		async read() {
			const chunk = rest;
			rest = undefined;
			return chunk;
		},
		cancel() {
			rest = undefined;
		},
	};
}
