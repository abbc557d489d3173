import type { Principal } from "../contract/principal.ts";
import { isKeyText, keyBytes, keyHash, keyText, shownPrefix } from "../rules/auth/key.ts";
import { limitsOf } from "./authorize.ts";
import type { Runtime } from "./runtime.ts";
import type { FoundKey, TenancyStore } from "./store/tenancy-store.ts";

/** A secret that was just made: the text is shown once, the rest is stored. */
export interface NewSecret {
	readonly text: string;
	readonly hash: string;
	readonly prefix: string;
}

/** Virtual keys of one gateway: makes them, and knows them again. */
export interface KeyAuthentication {
	/** The key's principal; `undefined` where the text is no key that is valid now. */
	find(presented: string): Promise<Principal | undefined>;
	create(): NewSecret;
	/** After a change of keys: the next request of each is looked up. Other gateways on the store follow within `maxAgeMs`. */
	forget(): void;
	/** Writes down when keys were last used. */
	close(): Promise<void>;
}

export interface KeyAuthenticationOptions {
	readonly tenancy: TenancyStore;
	readonly runtime: Pick<Runtime, "now" | "schedule" | "observe" | "randomBytes">;
	readonly prefix: string;
}

/** How long an answer of the store is believed: a revoked key stops within a second on every gateway that shares the store. */
const maxAgeMs = 500;
const maxKnown = 10_000;
const touchEveryMs = 60_000;
const touchDelayMs = 1000;

interface Known {
	readonly found: Promise<FoundKey | undefined>;
	/** When the store was asked, not when it answered: what it says may be as old as the question. */
	readonly askedAt: number;
}

/**
 * A key is looked up by its SHA-256: how long that takes may tell an attacker how the hash of a guess compares with stored ones,
 * which helps nobody to find 176 random bits. Keys are never compared as text, and only their hashes are kept in memory.
 */
export function createKeyAuthentication({ tenancy, runtime, prefix }: KeyAuthenticationOptions): KeyAuthentication {
	const known = new Map<string, Known>();
	const uses = createUses(tenancy, runtime);

	function lookUp(hash: string, now: number): Promise<FoundKey | undefined> {
		const entry = known.get(hash);
		if (entry !== undefined && entry.askedAt <= now && now < entry.askedAt + maxAgeMs) return entry.found;
		const found = tenancy.findKey(hash, now);
		const asked = { found, askedAt: now };
		known.delete(hash);
		known.set(hash, asked);
		const [oldest] = known.keys();
		if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
		// Only keys are remembered: one that is made the moment after it was tried works at once, and no guess pushes a key out.
		const forget = () => {
			if (known.get(hash) === asked) known.delete(hash);
		};
		found.then((key) => key ?? forget(), forget);
		return found;
	}

	return {
		async find(presented) {
			if (!isKeyText(presented)) return undefined;
			const now = runtime.now();
			const found = await lookUp(keyHash(presented), now);
			if (found === undefined || (found.key.expiresAt !== undefined && found.key.expiresAt <= now)) return undefined;
			uses.note(found, now);
			return principalOf(found);
		},
		create() {
			const text = keyText(prefix, runtime.randomBytes(keyBytes));
			return { text, hash: keyHash(text), prefix: shownPrefix(text) };
		},
		forget: () => known.clear(),
		close: uses.flush,
	};
}

function principalOf({ key, project, organisation }: FoundKey): Principal {
	const { id, scopes, limits: own } = key;
	const limits = [...limitsOf(organisation, project), ...(own === undefined ? [] : [{ kind: "key", id, rules: own } as const])];
	return {
		kind: "key",
		id,
		projectId: project.id,
		organisationId: organisation.id,
		...(scopes === undefined ? {} : { scopes }),
		...(limits.length === 0 ? {} : { limits }),
		...(project.cache === undefined ? {} : { cache: project.cache }),
	};
}

/** When keys were last used: written in groups beside the requests, at most once a minute for each key. */
function createUses(tenancy: TenancyStore, runtime: KeyAuthenticationOptions["runtime"]) {
	const noted = new Map<string, number>();
	let waiting = new Map<string, number>();
	let cancel: (() => void) | undefined;
	let writing: Promise<void> = Promise.resolve();

	async function write(): Promise<void> {
		const uses = [...waiting].map(([keyId, at]) => ({ keyId, at }));
		waiting = new Map();
		const now = runtime.now();
		for (const [keyId, at] of noted) if (at + touchEveryMs <= now) noted.delete(keyId);
		try {
			await tenancy.touchKeys(uses);
		} catch (error) {
			runtime.observe({ type: "warning", message: `When keys were last used could not be written: ${error instanceof Error ? error.message : String(error)}` });
		}
	}

	function flush(): Promise<void> {
		cancel?.();
		cancel = undefined;
		if (waiting.size > 0) writing = writing.then(write);
		return writing;
	}

	return {
		note({ key: { id, lastUsedAt = 0 } }: FoundKey, now: number): void {
			if (now < Math.max(noted.get(id) ?? 0, lastUsedAt) + touchEveryMs) return;
			noted.set(id, now);
			waiting.set(id, now);
			cancel ??= runtime.schedule(touchDelayMs, () => void flush());
		},
		flush,
	};
}
