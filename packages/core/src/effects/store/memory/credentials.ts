import type { CredentialOwner, CredentialStore, StoredCredential } from "../credential-store.ts";
import { assertListLimit } from "../list-limit.ts";
import { byName } from "./list-pages.ts";

export interface MemoryCredentials extends CredentialStore {
	/** The project is gone. */
	forget(projectId: string): void;
}

export function memoryCredentials(assertOpen: () => void, findProject: (id: string) => Promise<unknown>): MemoryCredentials {
	const credentials = new Map<string, StoredCredential>();
	const placeOf = (owner: CredentialOwner, provider: string) => JSON.stringify([owner ?? null, provider]);
	const all = () => [...credentials.values()];

	return {
		async put(credential) {
			assertOpen();
			if (credential.projectId !== undefined && (await findProject(credential.projectId)) === undefined) throw new Error("There is no such project");
			const place = placeOf(credential.projectId, credential.provider);
			const { createdAt, createdBy } = credentials.get(place) ?? credential;
			const stored = Object.freeze({ ...credential, createdAt, createdBy, updatedAt: credential.createdAt });
			credentials.set(place, stored);
			return stored;
		},
		async list(owner, page) {
			assertOpen();
			const own = all().filter(({ projectId }) => projectId === owner);
			return byName(own, ({ provider }) => provider, page);
		},
		async delete(owner, provider) {
			assertOpen();
			const place = placeOf(owner, provider);
			const stored = credentials.get(place);
			credentials.delete(place);
			return stored;
		},
		async listAll({ limit, after }) {
			assertOpen();
			return all()
				.filter(({ id }) => after === undefined || id > after)
				.sort((one, other) => (one.id < other.id ? -1 : 1))
				.slice(0, assertListLimit(limit));
		},
		async reseal(id, from, to) {
			assertOpen();
			const [place, stored] = [...credentials].find(([, each]) => each.id === id) ?? [];
			if (place === undefined || stored?.sealed !== from) return false;
			credentials.set(place, Object.freeze({ ...stored, sealed: to }));
			return true;
		},
		forget(projectId) {
			for (const [place, stored] of credentials) if (stored.projectId === projectId) credentials.delete(place);
		},
	};
}
