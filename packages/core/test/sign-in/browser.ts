/** An answer, with the address that it came from. */
export interface Page {
	readonly url: string;
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
}

export interface VisitOptions {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** Sent as a form. */
	readonly form?: Readonly<Record<string, string>>;
	/** Default: redirects are followed. */
	readonly follow?: boolean;
}

interface Cookie {
	readonly name: string;
	readonly value: string;
	readonly host: string;
	readonly path: string;
	readonly attributes: string;
}

/** As much of a browser as a sign-in needs: cookies by host and path (RFC 6265), redirects, forms. */
export interface Browser {
	visit(url: string, options?: VisitOptions): Promise<Page>;
	readonly cookies: Cookie[];
}

/**
 * @param addresses where the servers of other names really listen: `https://accounts.google.com` on `http://127.0.0.1:4711`.
 * @param stopBefore does not follow a redirect to an address with this in it, and gives it as the page's.
 */
export function createBrowser(addresses: Readonly<Record<string, string>> = {}, stopBefore?: string): Browser {
	let cookies: Cookie[] = [];

	function keep(url: URL, header: string): void {
		const [pair = "", ...attributes] = header.split(";").map((part) => part.trim());
		const mark = pair.indexOf("=");
		const of = (name: string) => attributes.find((attribute) => attribute.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
		const path = of("path") ?? (url.pathname.replace(/\/[^/]*$/, "") || "/");
		const name = pair.slice(0, mark);
		cookies = cookies.filter((cookie) => cookie.name !== name || cookie.host !== url.hostname || cookie.path !== path);
		const isOver = of("max-age") === "0" || (of("expires") !== undefined && Date.parse(of("expires") ?? "") < Date.now());
		if (!isOver) cookies.push({ name, value: pair.slice(mark + 1), host: url.hostname, path, attributes: attributes.join("; ") });
	}

	function cookieHeader(url: URL): string {
		const matching = cookies.filter(({ host, path }) => host === url.hostname && isBelow(url.pathname, path));
		return matching.map(({ name, value }) => `${name}=${value}`).join("; ");
	}

	async function request(url: URL, { method, headers = {}, form }: VisitOptions): Promise<Response> {
		const own = addresses[url.origin];
		const cookie = cookieHeader(url);
		const response = await fetch(own === undefined ? url : own + url.pathname + url.search, {
			method: method ?? (form === undefined ? "GET" : "POST"),
			redirect: "manual",
			headers: {
				accept: "text/html,application/xhtml+xml",
				...(own === undefined ? {} : { "x-forwarded-proto": "https", "x-forwarded-host": url.host }),
				...(cookie === "" ? {} : { cookie }),
				...headers,
			},
			...(form === undefined ? {} : { body: new URLSearchParams(form) }),
		});
		for (const header of response.headers.getSetCookie()) keep(url, header);
		return response;
	}

	return {
		get cookies() {
			return cookies;
		},
		async visit(address, options = {}) {
			let url = new URL(address);
			let response = await request(url, options);
			for (let hops = 0; hops < 20 && options.follow !== false && response.status >= 300 && response.status < 400; hops++) {
				await response.body?.cancel();
				url = new URL(response.headers.get("location") ?? "", url);
				if (stopBefore !== undefined && url.href.includes(stopBefore)) break;
				response = await request(url, options.headers === undefined ? {} : { headers: options.headers });
			}
			return { url: url.href, status: response.status, headers: response.headers, text: response.bodyUsed ? "" : await response.text() };
		},
	};
}

function isBelow(path: string, parent: string): boolean {
	return path === parent || path.startsWith(parent.endsWith("/") ? parent : `${parent}/`);
}

/** Signs in on the pages of `oidc-provider`, and agrees to what it asks. @returns the page that the provider led to. */
export async function passLoginPages(browser: Browser, first: Page, name: string): Promise<Page> {
	let page = first;
	for (let pages = 0; pages < 5 && page.url.includes("/interaction/"); pages++) {
		const action = /<form[^>]* action="([^"]+)"/.exec(page.text)?.[1];
		if (action === undefined) throw new Error(`No form on ${page.url}`);
		const form: Record<string, string> = page.text.includes('name="login"') ? { prompt: "login", login: name, password: "any" } : { prompt: "consent" };
		page = await browser.visit(new URL(action, page.url).href, { form });
	}
	return page;
}
