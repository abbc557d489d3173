import type { Identity, User } from "../../contract/account.ts";
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
