import type { Identity, User } from "../../contract/account.ts";
import type { Membership } from "../../contract/tenancy.ts";
import type { EmailAddress } from "../../rules/auth/email.ts";
import type { Services } from "../services.ts";
import type { AuditedParts } from "../store/audit-store.ts";

export interface NewAccount {
	readonly address: EmailAddress;
	readonly name: string;
	readonly passwordHash?: string;
	/** How the person signs in without a password. */
	readonly identity?: Identity;
	readonly emailVerifiedAt?: number;
}

/** What accounts are made with: the store itself, or its parts within a change that is written down. */
type Makings = Pick<Services, "runtime" | "createId"> & { readonly store: AuditedParts };

/** A person with an organisation of its own. @returns `undefined` where the address or the identity is taken. */
export async function createAccount({ address, ...rest }: NewAccount, services: Makings): Promise<User | undefined> {
	const { store, runtime, createId } = services;
	const id = createId("usr");
	const createdAt = runtime.now();
	const user = { ...rest, id, email: address.email, shownEmail: address.shown, createdAt };
	if ((await store.accounts.createUser(user)) === "taken") return undefined;
	await ensureOrganisation(user, services);
	const { passwordHash: _hash, identity: _identity, ...created } = user;
	return created;
}

/** Somebody who was invited, with what came of it. */
export interface InvitedAccount {
	readonly user: User;
	/** Absent where the invitation was withdrawn at that very moment. */
	readonly membership?: Membership;
}

/**
 * The account of somebody who was invited, in the organisation that invited and in one of its own. The invitation is used up.
 * @returns why there is none: no invitation for this address is open under the token, or the address has an account already.
 */
export async function createInvitedAccount(account: NewAccount, tokenHash: string, services: Makings): Promise<InvitedAccount | "not-invited" | "taken"> {
	const { store: { tenancy }, runtime } = services;
	const { email } = account.address;
	if ((await tenancy.findInvitation(tokenHash, email, runtime.now())) === undefined) return "not-invited";
	const user = await createAccount(account, services);
	if (user === undefined) return "taken";
	const membership = await tenancy.acceptInvitation(tokenHash, email, user.id, runtime.now());
	return membership === undefined ? { user } : { user, membership };
}

/**
 * The organisation that is a person's own, where it belongs to none: asked for at each sign-in, since the process may have died
 * between the person and the organisation. Its id follows from the person's, so that it is made once.
 */
export async function ensureOrganisation({ id, name, createdAt }: Pick<User, "id" | "name" | "createdAt">, { store }: Pick<Makings, "store">): Promise<void> {
	if ((await store.tenancy.listMemberships(id)).length > 0) return;
	await store.tenancy.createOrganisation({ id: personalOrganisationId(id), name, isPersonal: true, createdAt }, id);
}

export function personalOrganisationId(userId: string): string {
	return userId.replace(/^usr_/, "org_");
}
