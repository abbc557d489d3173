import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { SignInProviderList, signInOperations } from "../../contract/operations/sign-in.ts";
import { startAttempt } from "../../effects/accounts/attempts.ts";
import { findSession } from "../../effects/accounts/session-principal.ts";
import { audit } from "../../effects/audit.ts";
import type { Services } from "../../effects/services.ts";
import type { Flow } from "../../effects/sign-in/flow-seal.ts";
import { type SignInProviderId, signInProviders } from "../../effects/sign-in/identity-provider.ts";
import { openAccount, ownEntry } from "../../effects/sign-in/open-account.ts";
import { notConfigured, type SignIn } from "../../effects/sign-in/sign-in.ts";
import { validationError } from "../../http/body.ts";
import { errorReply, jsonReply, posternErrorBody } from "../../http/json-reply.ts";
import type { Reply, ReplyHeaders } from "../../http/reply.ts";
import type { Call, Handler } from "../../http/surface.ts";
import { addressKeys } from "../../rules/auth/attempts.ts";
import { networkOf } from "../../rules/auth/network.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { readReturnAddress } from "../../rules/sign-in/return-address.ts";
import { startSession } from "./session-reply.ts";
import { signInPage } from "./sign-in-page.ts";

type SignInHandlers = { readonly [Id in keyof typeof signInOperations]: Handler<undefined> };

export const signInHandlers: SignInHandlers = {
	async listSignInProviders(_call, { signIn }) {
		const named = signInProviders.flatMap((id) => (signIn?.nameOf(id) === undefined ? [] : [[id, signIn.nameOf(id)]]));
		const names: Record<string, string> = Object.fromEntries(named);
		const list: SignInProviderList = { google: "google" in names, github: "github" in names, oidc: "oidc" in names, names };
		return { ok: true, value: jsonReply(list) };
	},
	beginGoogleSignIn: begin("google"),
	finishGoogleSignIn: finish("google"),
	beginGitHubSignIn: begin("github"),
	finishGitHubSignIn: finish("github"),
	beginOidcSignIn: begin("oidc"),
	finishOidcSignIn: finish("oidc"),
};

function begin(id: SignInProviderId): Handler<undefined> {
	return async (call, services) => {
		const { signIn } = services;
		if (signIn?.nameOf(id) === undefined) return { ok: false, problem: notConfigured(id) };
		const returnTo = readReturnTo(call, signIn.ownOrigin, services.accounts.allowedOrigins);
		if (!returnTo.ok) return returnTo;
		const departure = await signIn.begin(id, returnTo.value);
		if (!departure.ok) return { ok: true, value: notSignedIn(departure.problem, { id, call, signIn, returnTo: returnTo.value }) };
		const { location, cookie } = departure.value;
		return { ok: true, value: redirect(location, { "set-cookie": [cookie] }) };
	};
}

function finish(id: SignInProviderId): Handler<undefined> {
	return async (call, services) => {
		const { signIn } = services;
		if (signIn?.nameOf(id) === undefined) return { ok: false, problem: notConfigured(id) };
		const query = new URLSearchParams(call.request.query);
		const flow = await signIn.open(id, query, call.request.header("cookie"));
		const arrival: Visit = { id, call, signIn, returnTo: flow?.returnTo };
		if (flow === undefined) return { ok: true, value: notSignedIn(gatewayError("SIGN_IN_EXPIRED"), arrival) };
		const userId = await recognise(flow, query, { call, services, signIn });
		if (!userId.ok) return { ok: true, value: notSignedIn(userId.problem, arrival) };
		// Browsers are told to reach us by this address, whatever the last proxy makes of it.
		const isSecure = call.request.isSecure === true || signIn.ownOrigin.startsWith("https:");
		const session = await startSession(userId.value, { ...call.request, isSecure }, services);
		return { ok: true, value: redirect(flow.returnTo, { ...session, "set-cookie": [...cookiesOf(session), signIn.forget(id)] }) };
	};
}

interface Recognition {
	readonly call: Call<undefined>;
	readonly services: Services;
	readonly signIn: SignIn;
}

/** @returns the id of the person who came back. */
async function recognise(flow: Flow, query: URLSearchParams, { call, services, signIn }: Recognition): Promise<Decoded<string, GatewayError>> {
	const attempt = await startAttempt(addressKeys(networkOf(call.request.remoteAddress)), services.store.accounts, services.runtime.now);
	if (!attempt.ok) return attempt;
	const person = await signIn.finish(flow, query);
	if (!person.ok) return person;
	const session = await findSession(call.request, undefined, services.accounts);
	const signedIn = session.ok ? session.value?.userId : undefined;
	const user = await openAccount({ person: person.value, method: flow.provider, signedIn, domains: signIn.domains }, call, services);
	if (!user.ok) {
		await audit(call, services, { action: "user.sign-in-failed", details: { method: flow.provider, reason: "identity-provider" } });
		return user;
	}
	await attempt.value.succeed();
	await audit(call, services, ownEntry(user.value.id, { action: "user.signed-in", details: { method: flow.provider } }));
	return { ok: true, value: user.value.id };
}

function readReturnTo({ request }: Call<undefined>, ownOrigin: string, allowedOrigins: readonly string[]): Decoded<string, GatewayError> {
	const [text = "/", ...others] = new URLSearchParams(request.query).getAll("returnTo");
	const address = others.length > 0 ? ({ ok: false, problem: "is given more than once" } as const) : readReturnAddress(text, ownOrigin, allowedOrigins);
	return address.ok ? address : { ok: false, problem: validationError([{ path: "returnTo", message: address.problem }], "Invalid query") };
}

/** Where a sign-in ended. */
interface Visit {
	readonly id: SignInProviderId;
	readonly call: Call<undefined>;
	readonly signIn: SignIn;
	readonly returnTo: string | undefined;
}

/** A page for people, JSON for everybody else; the flow is over either way. */
function notSignedIn(error: GatewayError, { id, call, signIn, returnTo }: Visit): Reply {
	const { requestId, request } = call;
	const backUrl = returnTo ?? `${signIn.ownOrigin}/`;
	const againUrl = `${signIn.urlOf(`/auth/${id}`)}${returnTo === undefined ? "" : `?returnTo=${encodeURIComponent(returnTo)}`}`;
	const isPage = request.header("accept")?.includes("text/html") === true;
	const reply = isPage ? signInPage({ error, requestId, againUrl, backUrl }) : errorReply(error, posternErrorBody(error, requestId));
	return { ...reply, headers: { ...reply.headers, ...privately, "x-postern-error": error.code, "set-cookie": [signIn.forget(id)] } };
}

function redirect(location: string, headers: ReplyHeaders): Reply {
	return { status: 302, headers: { ...headers, ...privately, location }, body: undefined };
}

/** The address of a callback carries a code: no cache keeps it, and no other site learns it. */
const privately = { "cache-control": "no-store", "referrer-policy": "no-referrer" } as const;

function cookiesOf({ "set-cookie": cookies = [] }: ReplyHeaders): readonly string[] {
	return typeof cookies === "string" ? [cookies] : cookies;
}
