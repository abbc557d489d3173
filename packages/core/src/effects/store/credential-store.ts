import type { NamedPage } from "./list-page.ts";

/** Sealed keys of providers: one for each provider, of the gateway and of each project. Each verb is atomic. */
export interface CredentialStore {
	/**
	 * Takes the place of an earlier one of the same owner for the same provider, whose creation it keeps.
	 * Rejects where there is no such project.
	 */
	put(credential: NewCredential): Promise<StoredCredential>;
	/** By provider; all, or a page. */
	list(owner: CredentialOwner, page?: NamedPage): Promise<readonly StoredCredential[]>;
	/** @returns the one that was deleted; `undefined` where there was none. */
	delete(owner: CredentialOwner, provider: string): Promise<StoredCredential | undefined>;
	/** Of all owners, in the order of their ids. */
	listAll(page: { readonly limit: number; readonly after?: string }): Promise<readonly StoredCredential[]>;
	/** Seals the same secret in another way. @returns `false` where it is not sealed as `from` any more: nothing is changed then. */
	reseal(id: string, from: string, to: string): Promise<boolean>;
}

/** Absent: the gateway itself. */
export type CredentialOwner = string | undefined;

export interface StoredCredential {
	/** Another one each time that the secret changes. */
	readonly id: string;
	readonly projectId?: string;
	/** A configured provider's name. */
	readonly provider: string;
	readonly sealed: string;
	/** As it may be shown. */
	readonly masked: string;
	/** The id of the principal who stored the first one. */
	readonly createdBy: string;
	readonly createdAt: number;
	readonly updatedAt: number;
}
export type NewCredential = Omit<StoredCredential, "updatedAt">;
