/**
 * Reads an `Idempotency-Key`: a string of structured fields (`"..."`, RFC 9651 3.3.3), as the draft asks for it, or bare, as most
 * clients send it. `"a"` and `a` are the same key.
 * @returns `undefined` where it is not 1 to 255 visible characters of ASCII.
 */
export function readIdempotencyKey(header: string): string | undefined {
	const text = header.trim();
	const key = text.startsWith('"') ? unquoted(text) : text;
	return key !== undefined && /^[\x21-\x7e]{1,255}$/.test(key) ? key : undefined;
}

function unquoted(text: string): string | undefined {
	const [, inner] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text) ?? [];
	return inner?.replaceAll(/\\(["\\])/g, "$1");
}

/** Answers that another try may change: the first one did not do what was asked. */
const passing: ReadonlySet<number> = new Set([402, 408, 409, 425, 429, 499]);

/** Whether an answer is the last word on its request, so that a repetition of the request may be given it. */
export function isFinal(status: number): boolean {
	return status < 500 && !passing.has(status);
}
