import type { Preset } from "./preset.ts";

/** A key as it came out of a file or variable: without the line end that often sticks to it. Empty means none. */
export function cleanKey(apiKey: string | undefined): string | undefined {
	const key = apiKey?.trim();
	return key === "" ? undefined : key;
}

/** Headers by which vendors know a caller. */
const credentialHeaders = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/** What a provider with another key goes on sending. */
export function withoutCredentials(headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !credentialHeaders.includes(name.toLowerCase())));
}

/**
 * @param ownHeaders what is sent beside the key, with lower-case names: a credential among it serves as well.
 * @returns why a provider cannot be called with this key, and the remedy; `undefined` where it can. Never quotes the key.
 */
export function credentialProblem(
	name: string,
	preset: Pick<Preset, "needsKey" | "keyVariable">,
	key: string | undefined,
	ownHeaders: Readonly<Record<string, string>> = {},
): string | undefined {
	if (key === undefined) {
		const isKnown = !preset.needsKey || credentialHeaders.some((header) => header in ownHeaders);
		return isKnown ? undefined : `Provider ${name} has no key: set ${preset.keyVariable} or pass apiKey`;
	}
	// RFC 9110 5.5, and no vendor's keys go beyond ASCII.
	return /^[\x21-\x7e]+$/.test(key) ? undefined : `The key of provider ${name} has characters that no header can carry: copy it again`;
}
