import type { Access, Principal, Role } from "../../src/index.ts";
import { roles } from "../../src/index.ts";
import { decideAccess } from "../../src/rules/auth/access.ts";
import { mayInvite, mayRemove } from "../../src/rules/auth/membership.ts";
import { allOperations } from "./tenant.ts";

/** Who asks, seen from the organisation that the path names. */
const user = (role?: Role): Principal => ({ kind: "user", id: "usr_1", memberships: role === undefined ? [] : [{ organisationId: "org_1", userId: "usr_1", role }] });
export const callers = {
	nobody: undefined,
	key: { kind: "key", id: "key_1", projectId: "prj_1", organisationId: "org_1" },
	stranger: user(),
	member: user("member"),
	admin: user("admin"),
	owner: user("owner"),
	"host admin": { kind: "host", id: "1", organisationId: "org_1", projectId: "prj_1", role: "admin" },
	operator: { kind: "operator", id: "operator" },
} as const satisfies Readonly<Record<string, Principal | undefined>>;
export type CallerId = keyof typeof callers;
export const callerIds = Object.keys(callers) as readonly CallerId[];

/** What the rules answer: ✓, or the status of the refusal. */
export function cellOf(access: Access, caller: CallerId): "✓" | 401 | 403 | 404 {
	const principal: Principal | undefined = callers[caller];
	if (principal === undefined) return access === "public" ? "✓" : 401;
	return ({ allow: "✓", "sign-in": 401, forbidden: 403, hidden: 404 } as const)[decideAccess(access, principal, "org_1")];
}

function accessText(access: Access): string {
	return typeof access === "string" ? access : `${access.role} of the ${access.in}`;
}

const rows = allOperations.map(([id, { method, path, whenSuffix = "", access }]) => ({
	id,
	endpoint: `${method} ${path.replace("**:", ":")}${whenSuffix}`,
	needs: accessText(access),
	cells: callerIds.map((caller) => String(cellOf(access, caller))),
}));

/** For a terminal. */
export function accessLines(): readonly string[] {
	const width = Math.max(...rows.map(({ id }) => id.length));
	return [
		`${"".padEnd(width)} ${callerIds.map((caller) => caller.padStart(10)).join(" ")}`,
		...rows.map(({ id, cells }) => `${id.padEnd(width)} ${cells.map((cell) => cell.padStart(10)).join(" ")}`),
	];
}

/** `docs/access.md`. */
export function accessDocument(): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
	const yes = (may: boolean): string => (may ? "✓" : "403");
	return [
		"# Who may call what",
		"",
		"One pure function decides (`packages/core/src/rules/auth/access.ts`) for every operation and everybody, before the body is read; each",
		"cell is tried over HTTP with every change. ✓: may call. 401: has to sign in. 403: needs another role. 404: is told that there is no",
		"such thing, which is what everybody hears of other people's organisations and projects.",
		"",
		"`public`: everybody. `principal`: everybody who is known, for what is its own. `person`: all but keys, with the rights that each has.",
		"`user`: people with an account. `operator`: the gateway's token. A *stranger* has an account and no part in the organisation that the",
		"path names; a *host admin* is somebody whom the embedding app calls an admin.",
		"",
		line(["operation", "endpoint", "needs", ...callerIds]),
		line(["operation", "endpoint", "needs", ...callerIds].map(() => "---")),
		...rows.map(({ id, endpoint, needs, cells }) => line([`\`${id}\``, `\`${endpoint}\``, needs, ...cells])),
		"",
		"## Beyond the path",
		"",
		"Some operations ask once more, when it is known whom or what they are about (`rules/auth/membership.ts`).",
		"",
		line(["who", ...roles.map((role) => `removes ${role}`), "leaves", ...(["member", "admin"] as const).map((role) => `invites ${role}`)]),
		line(Array.from({ length: 7 }, () => "---")),
		...roles.map((actor) => line([actor, ...roles.map((removed) => yes(mayRemove(actor, removed, false))), yes(mayRemove(actor, actor, true)), ...(["member", "admin"] as const).map((invited) => yes(mayInvite(actor, invited)))])),
		"",
		"The last owner of an organisation can neither go nor become less (409). A project is created by admins of the organisation that the body",
		"names, 404 for everybody else's; an embedding app names organisations itself and creates none (403).",
		"",
		"A project's scores of models (`PUT /v1/weights`) are put by its admins: 403 for its other members and for keys, 404 for everybody else; those of",
		"requests that belong to no project by the operator.",
		"",
		"A key's scopes narrow it further, on whatever it may call: surfaces and models that are not among them answer 403, and are not listed.",
		"",
		"Written by the suite: `POSTERN_WRITE_ACCESS=1 npx vitest run packages/core/test/access`.",
		"",
	].join("\n");
}
