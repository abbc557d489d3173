/**
 * Compares a presented secret with the expected one in time that depends on the presented one's length alone.
 */
export function isSameSecret(presented: string, expected: string): boolean {
	let difference = presented.length ^ expected.length;
	for (let index = 0; index < presented.length; index++) {
		difference |= presented.charCodeAt(index) ^ expected.charCodeAt(index % (expected.length || 1));
	}
	return difference === 0 && expected.length > 0;
}

/** The token of an `Authorization: Bearer` header (RFC 6750 2.1; the scheme's case does not matter). */
export function bearerToken(authorization: string | undefined): string | undefined {
	const match = authorization === undefined ? null : /^bearer +(\S+) *$/i.exec(authorization);
	return match?.[1];
}
