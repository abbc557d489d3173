import { base64url } from "jose";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import { cookieValues, formatCookie } from "../../rules/auth/cookie.ts";
import { isSameSecret } from "../../rules/auth/token.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import type { VouchedPerson, VouchingProblem } from "../../rules/sign-in/vouched-person.ts";
import type { Runtime } from "../runtime.ts";
import { createFlowSeal, type Flow, flowLifetimeMs } from "./flow-seal.ts";
import { createGitHubProvider } from "./github.ts";
import type { IdentityProvider, SignInProviderId } from "./identity-provider.ts";
import { createOidcProvider } from "./oidc.ts";
import type { SignInOptions } from "./options.ts";
import { createProviderFetch } from "./provider-fetch.ts";
import { failureOf } from "./sign-in-failure.ts";

/** Sign-in with accounts elsewhere, up to the point where it is known who somebody is. Built once by `createGateway`. */
export interface SignIn {
	/** What browsers know the gateway by. */
	readonly ownOrigin: string;
	/** Whose addresses get an account; `undefined`: as registration is. */
	readonly domains: readonly string[] | undefined;
	/** Where the path of an operation stands for a browser. */
	urlOf(path: string): string;
	/** As people know it; `undefined` where it is not set up. */
	nameOf(provider: SignInProviderId): string | undefined;
	/** The providers by the names under which their people are kept. */
	readonly byIdentityProvider: ReadonlyMap<string, { readonly id: SignInProviderId; readonly name: string }>;
	/** @param returnTo a whole address that was checked. */
	begin(provider: SignInProviderId, returnTo: string): Promise<Decoded<Departure, GatewayError>>;
	/** The flow that a browser comes back from: the one whose cookie it has, and whose `state` it brings. */
	open(provider: SignInProviderId, query: URLSearchParams, cookies: string | undefined): Promise<Flow | undefined>;
	/** @param query what the provider gave the browser to bring back. */
	finish(flow: Flow, query: URLSearchParams): Promise<Decoded<VouchedPerson, GatewayError>>;
	/** The `set-cookie` that ends a flow. */
	forget(provider: SignInProviderId): string;
}

/** The provider's page, and what the browser keeps meanwhile. */
export interface Departure {
	readonly location: string;
	readonly cookie: string;
}

export interface SignInSettings {
	readonly options: SignInOptions;
	/** Where the accounts surface is mounted below the public address. */
	readonly prefix: string;
	/** The first seals what browsers keep, all open it. */
	readonly secrets: readonly string[];
}

const cookieName = "postern_sign_in";

export function createSignIn({ options, prefix, secrets }: SignInSettings, runtime: Runtime): SignIn {
	const base = new URL(options.publicUrl);
	const isSecure = base.protocol === "https:";
	const root = base.pathname.replace(/\/+$/, "") + prefix;
	const seal = createFlowSeal(secrets, () => runtime.now());
	const providers = createProviders(options, (id) => base.origin + callbackPath(id), runtime);

	function callbackPath(id: SignInProviderId): string {
		return `${root}/auth/${id}/callback`;
	}

	/** Only the callback gets to see it. Not `strict`: the browser comes back from another site. */
	function cookie(id: SignInProviderId, value: string, maxAgeMs: number): string {
		return formatCookie(cookieName, value, { maxAgeMs, isSecure, sameSite: "lax", path: callbackPath(id) });
	}

	function randomText(): string {
		return base64url.encode(runtime.randomBytes(32));
	}

	/** Why it went wrong, for the operator; the caller learns only what helps. */
	function failed(error: unknown, { name }: IdentityProvider): { readonly ok: false; readonly problem: GatewayError } {
		const { problem, reason } = failureOf(error, name);
		if (reason !== undefined) runtime.observe({ type: "warning", message: `Sign-in with ${name} failed: ${reason}` });
		return { ok: false, problem };
	}

	return {
		ownOrigin: base.origin,
		domains: options.domains,
		urlOf: (path) => base.origin + root + path,
		nameOf: (id) => providers.get(id)?.name,
		byIdentityProvider: new Map([...providers].map(([id, { identityProvider, name }]) => [identityProvider, { id, name }])),
		async begin(id, returnTo) {
			const provider = providers.get(id);
			if (provider === undefined) return { ok: false, problem: notConfigured(id) };
			const flow: Flow = { provider: id, state: randomText(), nonce: randomText(), verifier: randomText(), returnTo };
			try {
				const page = await provider.begin(flow);
				return { ok: true, value: { location: page.href, cookie: cookie(id, await seal.seal(flow), flowLifetimeMs) } };
			} catch (error) {
				return failed(error, provider);
			}
		},
		async open(id, query, cookies) {
			const [state = "", ...others] = query.getAll("state");
			if (others.length > 0) return undefined;
			for (const value of cookieValues(cookies, cookieName)) {
				const flow = await seal.open(value, id);
				if (flow !== undefined && isSameSecret(state, flow.state)) return flow;
			}
			return undefined;
		},
		async finish(flow, query) {
			const provider = providers.get(flow.provider);
			if (provider === undefined) return { ok: false, problem: notConfigured(flow.provider) };
			try {
				const person = await provider.finish(query, flow);
				return person.ok ? person : { ok: false, problem: vouchingError(person.problem, provider.name) };
			} catch (error) {
				return failed(error, provider);
			}
		},
		forget: (id) => cookie(id, "", 0),
	};
}

function createProviders({ google, github, oidc }: SignInOptions, redirectUriOf: (id: SignInProviderId) => string, runtime: Runtime): ReadonlyMap<SignInProviderId, IdentityProvider> {
	const fetch = createProviderFetch(runtime);
	const providers = new Map<SignInProviderId, IdentityProvider>();
	if (google !== undefined) {
		const issuer = "https://accounts.google.com";
		const client = { ...google, name: "Google", issuer, otherIssuer: "accounts.google.com", identityProvider: "google", scopes: ["email", "profile"] };
		providers.set("google", createOidcProvider({ ...client, redirectUri: redirectUriOf("google") }, fetch, runtime));
	}
	if (github !== undefined) {
		providers.set("github", createGitHubProvider({ ...github, url: github.url, redirectUri: redirectUriOf("github") }, fetch));
	}
	if (oidc !== undefined) {
		const { name = new URL(oidc.issuer).host, scopes = ["email", "profile"], ...client } = oidc;
		// Its people are those of this issuer: another one in its place must not open their accounts.
		providers.set("oidc", createOidcProvider({ ...client, name, scopes, identityProvider: client.issuer, redirectUri: redirectUriOf("oidc") }, fetch, runtime));
	}
	return providers;
}

export function notConfigured(id: SignInProviderId): GatewayError {
	return gatewayError("CAPABILITY_ABSENT", { message: `Sign-in with ${id} is not set up on this gateway` });
}

function vouchingError(problem: VouchingProblem, name: string): GatewayError {
	if (problem === "unreadable") return gatewayError("SIGN_IN_FAILED", { message: `${name} gave no email address that can be used here` });
	return gatewayError("EMAIL_NOT_VERIFIED", { message: `${name} does not say that your email address is verified: verify it there, then try again` });
}
