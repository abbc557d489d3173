import type { Decoded } from "../dialects/dialect.ts";

/** Waits in a cookie while the person is with the provider: browsers keep 4096 bytes of one. */
const mostLength = 2000;

/** A path of our own, or a whole address; nothing that browsers trim, skip or take for a slash. */
const plainAddress = /^(?:\/(?!\/)|https?:\/\/)[^\p{Cc}\p{White_Space}\\]*$/iu;

/**
 * Where the browser goes once somebody is signed in: a path of the gateway's own origin, or an address of another that was allowed by
 * name. Everything else could be a stranger's page that looks like ours.
 * @param ownOrigin such as `https://app.example.com`.
 * @returns a whole address in the form that every browser understands in the same way, or what is wrong.
 */
export function readReturnAddress(text: string, ownOrigin: string, allowedOrigins: readonly string[]): Decoded<string, string> {
	const problem = { ok: false, problem: "Give a path such as /projects, or an address whose origin is allowed here" } as const;
	if (!plainAddress.test(text) || !URL.canParse(text, ownOrigin)) return problem;
	const url = new URL(text, ownOrigin);
	const isWelcome = url.origin === ownOrigin || allowedOrigins.includes(url.origin);
	if (!isWelcome || url.username !== "" || url.password !== "") return problem;
	return url.href.length > mostLength ? problem : { ok: true, value: url.href };
}
