import type { ClientOptions } from "./options.ts";

/** Never resolved: it only makes the URLs whole that a gateway in the same process is given. */
const inProcessUrl = "http://postern";

/** The base URL without a slash at its end. */
export function checkBaseUrl({ baseUrl, fetch }: ClientOptions): string {
	const url = baseUrl ?? (fetch === undefined ? "/" : inProcessUrl);
	const { location } = globalThis as { readonly location?: { readonly href: string } };
	if (!URL.canParse(url, location?.href)) throw new TypeError("baseUrl: must be absolute outside a page");
	return url.replace(/\/+$/, "");
}

/** The client's headers, the token among them. */
export function checkHeaders({ token, headers }: ClientOptions): Headers {
	const checked = new Headers(headers);
	if (!token || checked.has("authorization")) return checked;
	// The platform's own error would show the token.
	if (/[^!-~]/.test(token)) throw new TypeError("token: must be visible ASCII");
	checked.set("authorization", `Bearer ${token}`);
	return checked;
}

export function checkTimeout(timeoutMs = Infinity): number {
	if (timeoutMs > 0) return timeoutMs;
	throw new TypeError("timeoutMs: must be more than 0");
}
