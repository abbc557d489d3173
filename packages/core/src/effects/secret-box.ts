import { decodeEncryptionKey } from "../rules/secrets/encryption-key.ts";
import { formatEnvelope, parseEnvelope } from "../rules/secrets/envelope.ts";
import type { Runtime } from "./runtime.ts";

/**
 * 32 bytes as base64 each: the first seals, all open. As a function it is asked again before something is sealed, and where a
 * key is met that it did not name before.
 */
export type EncryptionKeys = readonly string[] | (() => readonly string[] | Promise<readonly string[]>);

/** Seals secrets that have to be read again (AES-256-GCM). What only has to be recognised is hashed instead. */
export interface SecretBox {
	/** @param place where the secret is kept, such as its row's id: sealed text that was moved to another place does not open. */
	seal(secret: string, place: string): Promise<string>;
	/** @returns `undefined` where no key of the ring opens it in this place. */
	open(sealed: string, place: string): Promise<string | undefined>;
	/** Whether the ring's first key sealed it. */
	isCurrent(sealed: string): Promise<boolean>;
}

interface Key {
	readonly id: string;
	readonly key: CryptoKey;
}

export function createSecretBox(keys: EncryptionKeys, { randomBytes }: Pick<Runtime, "randomBytes">): SecretBox {
	const imported = new Map<string, Promise<Key>>();
	let ring: Promise<readonly Key[]> | undefined;

	/** The texts are asked for again, the keys that are known already are not made again. */
	function readRing(): Promise<readonly Key[]> {
		ring = Promise.resolve(typeof keys === "function" ? keys() : keys).then((texts) =>
			Promise.all(
				texts.map((text, index) => {
					const known = imported.get(text) ?? importKey(text, index);
					imported.set(text, known);
					return known;
				}),
			),
		);
		// One that cannot be read now may be readable at the next try.
		ring.catch(() => (ring = undefined));
		return ring;
	}

	async function firstKey(): Promise<Key> {
		const [first] = await readRing();
		if (first === undefined) throw new Error("There is no encryption key");
		return first;
	}

	async function findKey(id: string): Promise<Key | undefined> {
		const known = (await (ring ?? readRing())).find((key) => key.id === id);
		return known ?? (typeof keys === "function" ? (await readRing()).find((key) => key.id === id) : undefined);
	}

	return {
		async seal(secret, place) {
			const { id, key } = await firstKey();
			const iv = Uint8Array.from(randomBytes(ivBytes));
			const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoder.encode(place) }, key, encoder.encode(secret));
			return formatEnvelope({ keyId: id, iv, data: new Uint8Array(data) });
		},
		async open(sealed, place) {
			const envelope = parseEnvelope(sealed);
			const found = envelope === undefined ? undefined : await findKey(envelope.keyId);
			if (envelope === undefined || found === undefined) return undefined;
			try {
				const algorithm = { name: "AES-GCM", iv: envelope.iv, additionalData: encoder.encode(place) };
				return decoder.decode(await crypto.subtle.decrypt(algorithm, found.key, envelope.data));
			} catch {
				return undefined;
			}
		},
		isCurrent: async (sealed) => parseEnvelope(sealed)?.keyId === (await firstKey()).id,
	};
}

const ivBytes = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

async function importKey(text: string, index: number): Promise<Key> {
	const bytes = decodeEncryptionKey(text, `encryptionKeys[${index}]`);
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
	const id = Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
	return { id, key: await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]) };
}
