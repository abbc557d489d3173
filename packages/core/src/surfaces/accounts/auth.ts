import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { authOperations } from "../../contract/operations/auth.ts";
import type { OperationBody } from "../../contract/operations/index.ts";
import type { User } from "../../contract/account.ts";
import { startAttempt } from "../../effects/accounts/attempts.ts";
import { createAccount, ensureOrganisation } from "../../effects/accounts/create-account.ts";
import { findSession } from "../../effects/accounts/session-principal.ts";
import { isSessionToken } from "../../effects/accounts/user-sessions.ts";
import type { Services } from "../../effects/services.ts";
import { validationError } from "../../http/body.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { GatewayRequest, Reply, ReplyHeaders } from "../../http/reply.ts";
import type { Handler } from "../../http/surface.ts";
import { registrationKeys, signInKeys } from "../../rules/auth/attempts.ts";
import { readEmail } from "../../rules/auth/email.ts";
import { networkOf } from "../../rules/auth/network.ts";
import { normalisePassword, readNewPassword } from "../../rules/auth/password.ts";
import { readPersonName } from "../../rules/auth/person-name.ts";
import { bearerToken } from "../../rules/auth/token.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { forgetSession, refuseForeignPage, startSession } from "./session-reply.ts";
import { userBody } from "./user-body.ts";

type AuthHandlers = { readonly [Id in keyof typeof authOperations]: Handler<OperationBody<Id>> };

export const authHandlers: AuthHandlers = {
	async register({ body, request }, services) {
		const { accounts, store, runtime } = services;
		if (accounts.registration === "closed") return refuse(gatewayError("REGISTRATION_CLOSED"));
		const foreign = refuseForeignPage(request, services);
		if (foreign !== undefined) return refuse(foreign);
		const address = readEmail(body.email);
		if (!address.ok) return invalid("email", address.problem);
		const password = readNewPassword(body.password);
		if (!password.ok) return invalid("password", password.problem);
		const name = readPersonName(body.name ?? (address.value.shown.split("@")[0] ?? ""));
		if (!name.ok) return invalid("name", name.problem);
		const attempt = await startAttempt(registrationKeys(networkOf(request.remoteAddress)), store.accounts, runtime.now);
		if (!attempt.ok) return attempt;
		// The contract tells whether an address is taken: what is left is to make asking slow, and not to hash for it.
		if ((await store.accounts.findUserByEmail(address.value.email)) !== undefined) return refuse(gatewayError("EMAIL_TAKEN"));
		const hash = await accounts.passwords.hash(password.value);
		if (!hash.ok) {
			await attempt.value.withdraw();
			return hash;
		}
		const user = await createAccount({ address: address.value, name: name.value, passwordHash: hash.value }, services);
		if (user === undefined) return refuse(gatewayError("EMAIL_TAKEN"));
		return told(user, await startSession(user.id, request, services), 201);
	},

	async login({ body, request }, services) {
		const foreign = refuseForeignPage(request, services);
		if (foreign !== undefined) return refuse(foreign);
		const address = readEmail(body.email);
		if (!address.ok) return invalid("email", address.problem);
		const user = await services.store.accounts.findUserByEmail(address.value.email);
		const proven = await provePassword({ email: address.value.email, user, password: body.password, request }, services);
		if (!proven.ok) return proven;
		await ensureOrganisation(proven.value.user, services);
		return told(proven.value.user, await startSession(proven.value.user.id, request, services));
	},

	async getProfile({ principal }, { store }) {
		const [user, organisations] = await Promise.all([store.accounts.findUser(principal.id), store.tenancy.listOrganisations(principal.id)]);
		if (user === undefined) return refuse(gatewayError("UNAUTHORIZED"));
		const body = { user: userBody(user), organisations: organisations.map(({ id, name, role }) => ({ id, name, role })) };
		return { ok: true, value: jsonReply(body, { "cache-control": "no-store" }) };
	},

	async logout({ request }, services) {
		const { accounts, store, runtime } = services;
		const bearer = bearerToken(request.header("authorization"));
		const session = await findSession(request, bearer !== undefined && isSessionToken(bearer) ? bearer : undefined, accounts);
		if (!session.ok) return session;
		if (session.value !== undefined) await store.accounts.revokeSession(session.value.id, runtime.now());
		return signedOut(request, services);
	},

	async logoutEverywhere({ principal, request }, services) {
		await services.store.accounts.revokeSessions(principal.id, services.runtime.now());
		return signedOut(request, services);
	},

	async changePassword({ body, principal, request }, services) {
		const { accounts, store, runtime } = services;
		const password = readNewPassword(body.newPassword);
		if (!password.ok) return invalid("newPassword", password.problem);
		const user = await store.accounts.findUser(principal.id);
		if (user === undefined) return refuse(gatewayError("UNAUTHORIZED"));
		let from = await store.accounts.findPasswordHash(user.id);
		if (from !== undefined) {
			if (body.currentPassword === undefined) return invalid("currentPassword", "Say which password you have now");
			const proven = await provePassword({ email: user.email, user, password: body.currentPassword, request }, services);
			if (!proven.ok) return proven;
			from = proven.value.hash;
		}
		const to = await accounts.passwords.hash(password.value);
		if (!to.ok) return to;
		const isChanged = await store.accounts.changePassword(user.id, { from, to: to.value, at: runtime.now() });
		if (!isChanged) return refuse(gatewayError("INVALID_CREDENTIALS", { message: "The password was changed meanwhile" }));
		return told(user, await startSession(user.id, request, services));
	},
};

interface Claim {
	readonly email: string;
	/** `undefined`: nobody has this address. The same is done, so that nobody can tell by the time it takes. */
	readonly user: User | undefined;
	readonly password: string;
	readonly request: GatewayRequest;
}

/** Whether somebody is who it claims to be, as often as may be tried. @returns the person, and the hash that stands for the password now. */
async function provePassword({ email, user, password, request }: Claim, services: Services): Promise<Decoded<{ readonly user: User; readonly hash: string }, GatewayError>> {
	const { store, runtime, accounts } = services;
	const attempt = await startAttempt(signInKeys(email, networkOf(request.remoteAddress)), store.accounts, runtime.now);
	if (!attempt.ok) return attempt;
	const hash = await store.accounts.findPasswordHash(user?.id ?? "");
	const normalised = normalisePassword(password);
	const verdict = await accounts.passwords.verify(normalised, hash);
	if (!verdict.ok) {
		await attempt.value.withdraw();
		return verdict;
	}
	if (verdict.value === "no" || user === undefined || hash === undefined) return refuse(gatewayError("INVALID_CREDENTIALS"));
	await attempt.value.succeed();
	if (verdict.value === "yes") return { ok: true, value: { user, hash } };
	// Hashed with parameters of the past, and this is the only moment at which the password is known.
	const next = await accounts.passwords.hash(normalised);
	if (!next.ok) return { ok: true, value: { user, hash } };
	await store.accounts.rehashPassword(user.id, hash, next.value);
	return { ok: true, value: { user, hash: next.value } };
}

function told(user: User, headers: ReplyHeaders, status = 200): { readonly ok: true; readonly value: Reply } {
	return { ok: true, value: withHeaders(jsonReply({ user: userBody(user) }, {}, status), headers) };
}

function signedOut(request: GatewayRequest, services: Services): { readonly ok: true; readonly value: Reply } {
	return { ok: true, value: withHeaders(jsonReply({ ok: true }), forgetSession(request, services)) };
}

function withHeaders(reply: Reply, headers: ReplyHeaders): Reply {
	return { ...reply, headers: { ...reply.headers, ...headers } };
}

function invalid(path: string, message: string): { readonly ok: false; readonly problem: GatewayError } {
	return refuse(validationError([{ path, message }]));
}

function refuse(problem: GatewayError): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem };
}
