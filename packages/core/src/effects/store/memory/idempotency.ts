import type { Begun, IdempotencyStore } from "../idempotency-store.ts";

interface Entry {
	readonly fingerprint: string;
	readonly owner: string;
	readonly isDone: boolean;
	readonly answer?: string | undefined;
	/** While it runs: when its lease is over. */
	readonly expiresAt: number;
}

/** Answers that are kept at most, as characters; the oldest go first. */
const maxCharacters = 64 * 1024 * 1024;

export function memoryIdempotency(assertOpen: () => void): IdempotencyStore {
	// Who began or ended first comes first.
	const entries = new Map<string, Entry>();
	let characters = 0;

	function remove(key: string): void {
		characters -= sizeOf(key, entries.get(key));
		entries.delete(key);
	}

	function put(key: string, entry: Entry): void {
		remove(key);
		entries.set(key, entry);
		characters += sizeOf(key, entry);
		for (const [oldest, { isDone }] of entries) {
			if (characters <= maxCharacters) return;
			if (isDone) remove(oldest);
		}
	}

	function owned(key: string, owner: string): Entry | undefined {
		const entry = entries.get(key);
		return entry?.owner === owner && !entry.isDone ? entry : undefined;
	}

	return {
		async begin({ key, fingerprint, owner, now, leaseUntil }): Promise<Begun> {
			assertOpen();
			for (const [other, { expiresAt }] of entries) if (expiresAt <= now) remove(other);
			const known = entries.get(key);
			if (known === undefined) {
				put(key, { fingerprint, owner, isDone: false, expiresAt: leaseUntil });
				return { state: "begun" };
			}
			if (!known.isDone) return { state: "running", fingerprint: known.fingerprint };
			const { answer, expiresAt } = known;
			return { state: "done", fingerprint: known.fingerprint, expiresAt, ...(answer === undefined ? {} : { answer }) };
		},
		async extend(key, owner, leaseUntil) {
			assertOpen();
			const entry = owned(key, owner);
			if (entry !== undefined) put(key, { ...entry, expiresAt: leaseUntil });
			return entry !== undefined;
		},
		async finish(key, owner, { answer, expiresAt }) {
			assertOpen();
			const entry = owned(key, owner);
			if (entry !== undefined) put(key, { ...entry, isDone: true, answer, expiresAt });
			return entry !== undefined;
		},
		async release(key, owner) {
			assertOpen();
			if (owned(key, owner) !== undefined) remove(key);
		},
	};
}

function sizeOf(key: string, entry: Entry | undefined): number {
	return entry === undefined ? 0 : key.length + entry.fingerprint.length + (entry.answer?.length ?? 0);
}
