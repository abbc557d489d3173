import type { Decoded } from "../dialects/dialect.ts";

export const leastPasswordLength = 8;
export const mostPasswordBytes = 1024;

/** The same password typed on another keyboard is the same one (NIST SP 800-63B: NFKC before hashing). */
export function normalisePassword(text: string): string {
	return text.normalize("NFKC");
}

/** A new password, as it is to be hashed. @returns what is wrong, where something is. */
export function readNewPassword(text: string): Decoded<string, string> {
	const password = normalisePassword(text);
	if (!password.isWellFormed()) return { ok: false, problem: "The password is no valid Unicode text" };
	if ([...password].length < leastPasswordLength) return { ok: false, problem: `The password needs at least ${leastPasswordLength} characters` };
	if (new TextEncoder().encode(password).length > mostPasswordBytes) return { ok: false, problem: `The password is longer than ${mostPasswordBytes} bytes` };
	return { ok: true, value: password };
}
