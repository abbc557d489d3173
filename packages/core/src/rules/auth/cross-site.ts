/** What a browser says of where a request comes from. */
export interface RequestOrigin {
	/** The `origin` header. */
	readonly origin: string | undefined;
	/** The `sec-fetch-site` header. */
	readonly fetchSite: string | undefined;
	/** What the caller calls us: the `host` header, or what a trusted proxy was asked for. */
	readonly host: string | undefined;
}

/**
 * Whether a page that sent a request is ours, another's, or unknown because it was no page. Browsers put both headers beyond the reach of
 * scripts. `sec-fetch-site: none` is the person's own doing.
 * @param allowed origins of other pages that are welcome.
 */
export function siteOf({ origin, fetchSite, host }: RequestOrigin, allowed: readonly string[]): "own" | "foreign" | "unknown" {
	if (fetchSite === "same-origin" || fetchSite === "none") return "own";
	if (origin !== undefined && allowed.includes(origin)) return "own";
	if (fetchSite !== undefined) return "foreign";
	if (origin === undefined) return "unknown";
	return isOriginOf(origin, host) ? "own" : "foreign";
}

export function changesState(method: string): boolean {
	return method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
}

/** The scheme may differ: a proxy in front of us may have taken TLS off. */
function isOriginOf(origin: string, host: string | undefined): boolean {
	if (host === undefined || !URL.canParse(origin)) return false;
	const { protocol, host: asked } = new URL(origin);
	const own = `${protocol}//${host}`;
	return asked !== "" && URL.canParse(own) && new URL(own).host === asked;
}
