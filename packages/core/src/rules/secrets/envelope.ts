import { decodeBase64, encodeBase64 } from "../embeddings/base64.ts";

/** A sealed secret: AES-256-GCM, with the id of the key that opens it. */
export interface Envelope {
	readonly keyId: string;
	readonly iv: Uint8Array<ArrayBuffer>;
	/** Ciphertext and tag. */
	readonly data: Uint8Array<ArrayBuffer>;
}

export function formatEnvelope({ keyId, iv, data }: { readonly keyId: string; readonly iv: Uint8Array; readonly data: Uint8Array }): string {
	return JSON.stringify({ v: 1, kid: keyId, iv: encodeBase64(iv), data: encodeBase64(data) });
}

/** @returns `undefined` for what is no envelope of a version known here. */
export function parseEnvelope(text: string): Envelope | undefined {
	let envelope: unknown;
	try {
		envelope = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (typeof envelope !== "object" || envelope === null) return undefined;
	const { v, kid, iv, data } = envelope as Readonly<Record<string, unknown>>;
	if (v !== 1 || typeof kid !== "string" || !isBase64(iv) || !isBase64(data)) return undefined;
	return { keyId: kid, iv: decodeBase64(iv), data: decodeBase64(data) };
}

export function isBase64(text: unknown): text is string {
	return typeof text === "string" && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}
