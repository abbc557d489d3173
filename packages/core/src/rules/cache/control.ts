import { mostTtlSeconds } from "../../contract/cache.ts";
import type { Issue } from "../../contract/errors.ts";
import type { Decoded } from "../dialects/dialect.ts";

/** What one request asks of the cache. */
export interface CacheControl {
	/** `refresh`: answer anew, and keep that answer. */
	readonly mode: "on" | "off" | "refresh";
	/** How long the answer is kept, and how old one may be that is given. Absent: as long as the gateway or the route says. */
	readonly ttlSeconds?: number;
	/** Keeps an answer that calls tools too. */
	readonly toolCalls?: true;
	/** Only an answer to the very same request. */
	readonly exact?: true;
}

const modes = ["on", "off", "refresh"] as const;

/**
 * Reads `x-postern-cache`: directives with commas between them, each at most once, in any order and case. At most one of `on`, `off`,
 * `refresh`, where `on` may be left out if another directive is there; `ttl=600` in seconds, `tool-calls`, `exact`. `off` stands alone.
 */
export function readCacheControl(header: string, path = "x-postern-cache"): Decoded<CacheControl, Issue> {
	const refuse = (message: string) => ({ ok: false, problem: { path, message } }) as const;
	const directives = header.split(",").map((directive) => directive.trim().toLowerCase());
	const names = directives.map((directive) => directive.split("=", 1)[0] ?? "");
	const repeated = names.find((name, place) => names.indexOf(name) !== place);
	if (repeated !== undefined) return refuse(`names ${quoted(repeated)} twice`);

	let mode: CacheControl["mode"] | undefined;
	let rest: Omit<CacheControl, "mode"> = {};
	for (const directive of directives) {
		const named = modes.find((known) => known === directive);
		if (named !== undefined) {
			if (mode !== undefined) return refuse(`says both ${mode} and ${named}`);
			mode = named;
		} else if (directive === "tool-calls") rest = { ...rest, toolCalls: true };
		else if (directive === "exact") rest = { ...rest, exact: true };
		else if (directive.startsWith("ttl=")) {
			const seconds = /^ttl=\d{1,9}$/.test(directive) ? Number(directive.slice(4)) : 0;
			if (seconds < 1 || seconds > mostTtlSeconds) return refuse(`ttl must be a whole number of seconds from 1 to ${mostTtlSeconds}`);
			rest = { ...rest, ttlSeconds: seconds };
		} else return refuse(`${quoted(directive)} is not known: say on, off or refresh, with ttl=<seconds>, tool-calls or exact`);
	}
	if (mode === "off" && directives.length > 1) return refuse("off stands alone");
	return { ok: true, value: { mode: mode ?? "on", ...rest } };
}

function quoted(text: string): string {
	return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
