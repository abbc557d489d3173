/** Every value that a `cookie` header has for a name (RFC 6265 5.4): a page of a sibling domain can add a second one. */
export function cookieValues(header: string | undefined, name: string): readonly string[] {
	if (header === undefined) return [];
	return header.split(";").flatMap((pair) => {
		const mark = pair.indexOf("=");
		if (mark === -1 || pair.slice(0, mark).trim() !== name) return [];
		return [pair.slice(mark + 1).trim().replace(/^"(.*)"$/, "$1")];
	});
}

export interface CookieAttributes {
	readonly maxAgeMs: number;
	readonly isSecure: boolean;
	readonly sameSite: "lax" | "strict" | "none";
	/** Default `/`. */
	readonly path?: string;
}

/** A `set-cookie` value that no script in a page can read. Browsers take `SameSite=None` from secure cookies only. */
export function formatCookie(name: string, value: string, { maxAgeMs, isSecure, sameSite, path = "/" }: CookieAttributes): string {
	const site = { lax: "Lax", strict: "Strict", none: "None" }[sameSite];
	const secure = isSecure || sameSite === "none" || /^__(?:Host|Secure)-/.test(name) ? "; Secure" : "";
	return `${name}=${value}; Path=${path}; Max-Age=${Math.floor(maxAgeMs / 1000)}; HttpOnly${secure}; SameSite=${site}`;
}

/** RFC 6265's token. */
export function isCookieName(name: string): boolean {
	return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}
