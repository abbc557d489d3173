import type { User } from "../../contract/account.ts";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { authOperations } from "../../contract/operations/auth.ts";
import type { OperationBody } from "../../contract/operations/index.ts";
import { startAttempt } from "../../effects/accounts/attempts.ts";
import { createAccount, createInvitedAccount, ensureOrganisation, type InvitedAccount } from "../../effects/accounts/create-account.ts";
import { findSession } from "../../effects/accounts/session-principal.ts";
import { isSessionToken } from "../../effects/accounts/user-sessions.ts";
import { audit, audited, type AuditEntry } from "../../effects/audit.ts";
import type { Services } from "../../effects/services.ts";
import { ownEntry } from "../../effects/sign-in/open-account.ts";
import { validationError } from "../../http/body.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { GatewayRequest, Reply, ReplyHeaders } from "../../http/reply.ts";
import type { Handler } from "../../http/surface.ts";
import { registrationKeys } from "../../rules/auth/attempts.ts";
import { readEmail } from "../../rules/auth/email.ts";
import { keyHash } from "../../rules/auth/key.ts";
import { networkOf } from "../../rules/auth/network.ts";
import { readNewPassword } from "../../rules/auth/password.ts";
import { readPersonName } from "../../rules/auth/person-name.ts";
import { bearerToken } from "../../rules/auth/token.ts";
import { provePassword } from "./password-proof.ts";
import { forgetSession, refuseForeignPage, startSession } from "./session-reply.ts";
import { userBody } from "./user-body.ts";

const notInvited = gatewayError("NOT_FOUND", { message: "Unknown invitation", param: "invitation" });

type AuthHandlers = { readonly [Id in keyof typeof authOperations]: Handler<OperationBody<Id>> };

export const authHandlers: AuthHandlers = {
	async register(call, services) {
		const { body, request } = call;
		const { accounts, store, runtime } = services;
		if (accounts.registration === "closed" && body.invitation === undefined) return refuse(gatewayError("REGISTRATION_CLOSED"));
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
		const invitation = body.invitation === undefined ? undefined : keyHash(body.invitation);
		// First of all: whoever was not invited is not told either whether the address is taken.
		if (invitation !== undefined && (await store.tenancy.findInvitation(invitation, address.value.email, runtime.now())) === undefined) return refuse(notInvited);
		// The contract tells whether an address is taken: what is left is to make asking slow, and not to hash for it.
		if ((await store.accounts.findUserByEmail(address.value.email)) !== undefined) return refuse(gatewayError("EMAIL_TAKEN"));
		const hash = await accounts.passwords.hash(password.value);
		if (!hash.ok) {
			await attempt.value.withdraw();
			return hash;
		}
		const account = { address: address.value, name: name.value, passwordHash: hash.value };
		const made = await audited(
			call,
			services,
			async (parts): Promise<InvitedAccount | "not-invited" | "taken"> => {
				const within = { ...services, store: parts };
				if (invitation !== undefined) return createInvitedAccount(account, invitation, within);
				const user = await createAccount(account, within);
				return user === undefined ? "taken" : { user };
			},
			(done) => (typeof done === "string" ? undefined : registrationEntries(done)),
		);
		if (made === "not-invited") return refuse(notInvited);
		if (made === "taken") return refuse(gatewayError("EMAIL_TAKEN"));
		return told(made.user, await startSession(made.user.id, request, services), 201);
	},

	async login(call, services) {
		const { body, request } = call;
		const foreign = refuseForeignPage(request, services);
		if (foreign !== undefined) return refuse(foreign);
		const address = readEmail(body.email);
		if (!address.ok) return invalid("email", address.problem);
		const user = await services.store.accounts.findUserByEmail(address.value.email);
		const proven = await provePassword({ email: address.value.email, user, password: body.password }, call, services);
		if (!proven.ok) return proven;
		const person = proven.value.user;
		await ensureOrganisation(person, services);
		const cookie = await startSession(person.id, request, services);
		await audit(call, services, ownEntry(person.id, { action: "user.signed-in", details: { method: "password" } }));
		return told(person, cookie);
	},

	async getProfile({ principal }, { store }) {
		const [user, organisations] = await Promise.all([store.accounts.findUser(principal.id), store.tenancy.listOrganisations(principal.id)]);
		if (user === undefined) return refuse(gatewayError("UNAUTHORIZED"));
		const body = { user: userBody(user), organisations: organisations.map(({ id, name, role }) => ({ id, name, role })) };
		return { ok: true, value: jsonReply(body, { "cache-control": "no-store" }) };
	},

	async logout(call, services) {
		const { request } = call;
		const { accounts, runtime } = services;
		// Also where no cookie came with it: the answer would make the browser forget the one that it kept from the other site's form.
		const foreign = refuseForeignPage(request, services);
		if (foreign !== undefined) return refuse(foreign);
		const bearer = bearerToken(request.header("authorization"));
		const session = await findSession(request, bearer !== undefined && isSessionToken(bearer) ? bearer : undefined, accounts);
		if (!session.ok) return session;
		if (session.value !== undefined) {
			const { id, userId } = session.value;
			await audited(
				call,
				services,
				(parts) => parts.accounts.revokeSession(id, runtime.now()),
				(isRevoked) => (isRevoked ? ownEntry(userId, { action: "user.signed-out" }) : undefined),
			);
		}
		return signedOut(request, services);
	},

	async logoutEverywhere(call, services) {
		const { id } = call.principal;
		await audited(
			call,
			services,
			(parts) => parts.accounts.revokeSessions(id, services.runtime.now()),
			() => ownEntry(id, { action: "session.revoked", details: { all: true } }),
		);
		return signedOut(call.request, services);
	},

	async changePassword(call, services) {
		const { body, principal, request } = call;
		const { accounts, store, runtime } = services;
		const password = readNewPassword(body.newPassword);
		if (!password.ok) return invalid("newPassword", password.problem);
		const user = await store.accounts.findUser(principal.id);
		if (user === undefined) return refuse(gatewayError("UNAUTHORIZED"));
		let from = await store.accounts.findPasswordHash(user.id);
		if (from !== undefined) {
			if (body.currentPassword === undefined) return invalid("currentPassword", "Say which password you have now");
			const proven = await provePassword({ email: user.email, user, password: body.currentPassword }, call, services);
			if (!proven.ok) return proven;
			from = proven.value.hash;
		}
		const to = await accounts.passwords.hash(password.value);
		if (!to.ok) return to;
		const change = { from, to: to.value, at: runtime.now() };
		const isChanged = await audited(
			call,
			services,
			(parts) => parts.accounts.changePassword(user.id, change),
			(changed) => (changed ? ownEntry(user.id, { action: "user.password-changed" }) : undefined),
		);
		if (!isChanged) return refuse(gatewayError("INVALID_CREDENTIALS", { message: "The password was changed meanwhile" }));
		return told(user, await startSession(user.id, request, services));
	},
};

/** Somebody's own entry, and one for the owners of the organisation that invited. */
function registrationEntries({ user, membership }: InvitedAccount): readonly AuditEntry[] {
	const own = ownEntry(user.id, { action: "user.registered", details: { method: "password" } });
	if (membership === undefined) return [own];
	const { organisationId, role } = membership;
	return [own, { action: "member.added", organisationId, target: user.id, actor: { kind: "user", id: user.id }, details: { role } }];
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
