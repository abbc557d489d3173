import { pathOf, type RequestTarget, splitPath } from "@postern/core";
import type { Context } from "hono";
import { routePath } from "hono/route";

/** Path and mount point of a request, as they were written: Hono's own `path` is decoded in parts. */
export function targetOf(context: Context): RequestTarget {
	const url = pathOf(context.req.url);
	return splitPath(url, mountPathOf(url, routePath(context)));
}

/** As many segments of the path as the route has before its `*`, so that `/tenants/:tenant/ai/*` works too. */
function mountPathOf(url: string, route: string): string {
	if (!route.endsWith("/*")) return "";
	const mark = url.indexOf("?");
	const length = mark === -1 ? url.length : mark;
	let end = 0;
	for (let index = route.indexOf("/", 1); index !== -1; index = route.indexOf("/", index + 1)) {
		end = url.indexOf("/", end + 1);
		if (end === -1 || end > length) return url.slice(0, length);
	}
	return url.slice(0, end);
}
