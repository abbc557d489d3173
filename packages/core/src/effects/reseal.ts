import { defaultRuntime } from "./default-runtime.ts";
import { createIdentifiers } from "./identifiers.ts";
import { createSecretBox, type EncryptionKeys } from "./secret-box.ts";
import type { StoredCredential } from "./store/credential-store.ts";
import type { Store } from "./store/store.ts";

export interface ResealOptions {
	readonly store: Store;
	/** The first one seals from now on, the others open what was sealed before. */
	readonly encryptionKeys: EncryptionKeys;
}

export interface Resealed {
	/** Sealed anew with the first key. */
	readonly resealed: number;
	/** Sealed with it already. */
	readonly current: number;
	/** No key opens them: they have to be stored again. */
	readonly lost: number;
}

const atOnce = 100;

/**
 * Seals every stored credential with the first key. Gateways that have all of the keys go on meanwhile; where it is stopped in its midst,
 * it goes on at the next call.
 */
export async function resealCredentials({ store, encryptionKeys }: ResealOptions): Promise<Resealed> {
	const runtime = defaultRuntime();
	const box = createSecretBox(encryptionKeys, runtime);
	const createId = createIdentifiers(runtime);
	const count = { resealed: 0, current: 0, lost: 0 };

	async function reseal({ id, projectId, sealed }: StoredCredential): Promise<keyof Resealed> {
		if (await box.isCurrent(sealed)) return "current";
		const secret = await box.open(sealed, id);
		if (secret === undefined) return "lost";
		const next = await box.seal(secret, id);
		const organisationId = projectId === undefined ? undefined : (await store.tenancy.findProject(projectId))?.organisationId;
		// Where somebody stored another key meanwhile, that one is sealed with the first key already.
		const isChanged = await store.audit.change(
			({ credentials }) => credentials.reseal(id, sealed, next),
			(changed) =>
				changed
					? {
							id: createId("aud"),
							at: runtime.now(),
							action: "credential.rotated",
							actor: { kind: "operator", id: "operator" },
							...(organisationId === undefined ? {} : { organisationId }),
							...(projectId === undefined ? {} : { projectId }),
							target: id,
						}
					: undefined,
		);
		return isChanged ? "resealed" : "current";
	}

	for (let page = await store.credentials.listAll({ limit: atOnce }); ; ) {
		for (const credential of page) count[await reseal(credential)]++;
		const last = page.at(-1);
		if (last === undefined || page.length < atOnce) return count;
		page = await store.credentials.listAll({ limit: atOnce, after: last.id });
	}
}
