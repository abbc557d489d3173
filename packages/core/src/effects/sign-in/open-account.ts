import type { User } from "../../contract/account.ts";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { AuditedAct, SignInMethod } from "../../rules/audit/details.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { mayJoin } from "../../rules/sign-in/joining.ts";
import { decideLink } from "../../rules/sign-in/linking.ts";
import type { VouchedPerson } from "../../rules/sign-in/vouched-person.ts";
import { createAccount, ensureOrganisation, personalOrganisationId } from "../accounts/create-account.ts";
import { type AuditedCall, audited, type AuditEntry } from "../audit.ts";
import type { Services } from "../services.ts";

export interface Newcomer {
	readonly person: VouchedPerson;
	readonly method: SignInMethod;
	/** The user who is signed in, in the browser that came back from the provider. */
	readonly signedIn: string | undefined;
	/** Whose addresses get an account; `undefined`: as registration is. */
	readonly domains: readonly string[] | undefined;
}

/**
 * The account of somebody for whom an identity provider has vouched: found, made, or connected.
 * @returns ACCOUNT_NOT_LINKED where the address has an account whose owner may be somebody else; REGISTRATION_CLOSED where none is made.
 */
export async function openAccount({ person, method, signedIn, domains }: Newcomer, call: AuditedCall, services: Services): Promise<Decoded<User, GatewayError>> {
	const { identity, address, name } = person;
	const { accounts } = services.store;
	// Where somebody was faster (two browsers at once, a registration in between), what is there now decides.
	for (let round = 0; round < mostRounds; round++) {
		const [byIdentity, byEmail, formerOwner] = await Promise.all([
			accounts.findUserByIdentity(identity),
			accounts.findUserByEmail(address.email),
			accounts.findFormerOwner(identity),
		]);
		const decision = decideLink({ byIdentity, byEmail, formerOwner, signedIn });
		switch (decision.kind) {
			case "refuse":
				return { ok: false, problem: gatewayError("ACCOUNT_NOT_LINKED") };
			case "sign-in":
				await ensureOrganisation(decision.user, services);
				return { ok: true, value: decision.user };
			case "link":
				if (await link(decision.user)) {
					await ensureOrganisation(decision.user, services);
					return { ok: true, value: decision.user };
				}
				break;
			case "create": {
				if (!mayJoin(address.email, services.accounts.registration, domains)) return { ok: false, problem: gatewayError("REGISTRATION_CLOSED") };
				const user = await create();
				if (user !== undefined) return { ok: true, value: user };
			}
		}
	}
	throw new Error("The account changes faster than it can be looked at");

	function create(): Promise<User | undefined> {
		const account = { address, name, identity, emailVerifiedAt: services.runtime.now() };
		return audited(
			call,
			services,
			(store) => createAccount(account, { ...services, store }),
			(user) => (user === undefined ? undefined : ownEntry(user.id, { action: "user.registered", details: { method } })),
		);
	}

	function link(user: User): Promise<boolean> {
		return audited(
			call,
			services,
			async (store) => {
				const now = services.runtime.now();
				if ((await store.accounts.addIdentity(user.id, identity, now)) === "taken") return false;
				await store.accounts.verifyEmail(user.id, now);
				return true;
			},
			(isLinked) => (isLinked ? ownEntry(user.id, { action: "user.identity-added", details: { method } }) : undefined),
		);
	}
}

const mostRounds = 5;

/** What a person did to its own account: for its own eyes. */
export function ownEntry(userId: string, act: AuditedAct): AuditEntry {
	return { ...act, organisationId: personalOrganisationId(userId), target: userId, actor: { kind: "user", id: userId } };
}
