import type { AuditAction } from "../../contract/audit.ts";
import { type Role, roles } from "../../contract/tenancy.ts";
import { isScoresText } from "./scores-text.ts";

/** How somebody proved who it is. Every other identity provider is `oidc`. */
export const signInMethods = ["password", "google", "github", "oidc"] as const;
export type SignInMethod = (typeof signInMethods)[number];
export const signInFailures = ["unknown-account", "wrong-password", "throttled", "identity-provider"] as const;
export type SignInFailure = (typeof signInFailures)[number];
const levels = ["organisation", "project", "key"] as const;
/** `inherited`: as routes and the gateway say. */
const cacheModes = ["on", "off", "inherited"] as const;

/** What a detail may be. No kind takes free text: a secret that somebody put into a name or an address cannot get into the log. */
interface DetailValues {
	readonly method: SignInMethod;
	readonly failure: SignInFailure;
	readonly role: Role;
	/** Whose limits. */
	readonly level: (typeof levels)[number];
	readonly cacheMode: (typeof cacheModes)[number];
	/** The name of a configured provider. */
	readonly provider: string;
	/** Configured models with what was said of them (`scoresText`). */
	readonly scores: string;
	/** Times and counts. */
	readonly number: number;
	readonly flag: boolean;
}
type DetailKind = keyof DetailValues;

/** The details that each action has, and nothing else. */
const detailsOf = {
	"user.registered": { method: "method" },
	"user.signed-in": { method: "method" },
	"user.sign-in-failed": { method: "method", reason: "failure" },
	"user.signed-out": {},
	"user.password-changed": {},
	"user.identity-added": { method: "method" },
	"user.identity-removed": { method: "method" },
	"session.revoked": { all: "flag" },
	"organisation.created": { personal: "flag" },
	"organisation.changed": {},
	"member.invited": { role: "role", expiresAt: "number" },
	"member.invitation-withdrawn": {},
	"member.added": { role: "role" },
	"member.role-changed": { role: "role" },
	"member.removed": {},
	"project.created": {},
	"project.changed": { renamed: "flag", cache: "cacheMode", ttlSeconds: "number", toolCalls: "flag" },
	"project.deleted": {},
	"key.created": { expiresAt: "number", scoped: "flag", limited: "flag" },
	"key.rotated": { previousUntil: "number" },
	"key.revoked": {},
	"limits.changed": {
		level: "level",
		requestsPerMinute: "number",
		tokensPerMinute: "number",
		concurrentRequests: "number",
		budgets: "number",
	},
	"credential.stored": { provider: "provider" },
	"credential.deleted": { provider: "provider" },
	"credential.rotated": { provider: "provider" },
	"weights.changed": { count: "number", scores: "scores" },
} as const satisfies Record<AuditAction, Readonly<Record<string, DetailKind>>>;

type DetailsTable = typeof detailsOf;
/** What is told of an action. */
export type AuditDetails<Action extends AuditAction> = {
	readonly [Field in keyof DetailsTable[Action]]?: DetailsTable[Action][Field] extends keyof DetailValues ? DetailValues[DetailsTable[Action][Field]] | undefined : never;
};
/** An action with its details, as whoever does it tells it. */
export type AuditedAct = { readonly [Action in AuditAction]: { readonly action: Action; readonly details?: AuditDetails<Action> } }[AuditAction];

/**
 * The details as they may be kept: of the fields that the action has, those whose values are of their kind. What is not is left out,
 * whatever the types were made to believe.
 * @param providers the names of the configured providers.
 * @param targets the configured models (`provider/model`).
 */
export function auditDetails(
	{ action, details = {} }: AuditedAct,
	providers: readonly string[],
	targets: readonly string[],
): Readonly<Record<string, string | number | boolean>> | undefined {
	const kept = Object.entries<DetailKind>(detailsOf[action]).flatMap(([field, kind]): [string, string | number | boolean][] => {
		const value: unknown = Object.hasOwn(details, field) ? (details as Readonly<Record<string, unknown>>)[field] : undefined;
		return isOf(kind, value, providers, targets) ? [[field, value]] : [];
	});
	return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function isOf(kind: DetailKind, value: unknown, providers: readonly string[], targets: readonly string[]): value is string | number | boolean {
	switch (kind) {
		case "number":
			return typeof value === "number" && Number.isFinite(value);
		case "flag":
			return typeof value === "boolean";
		case "scores":
			return typeof value === "string" && isScoresText(value, targets);
		default:
			return typeof value === "string" && wordsOf(kind, providers).includes(value);
	}
}

function wordsOf(kind: Exclude<DetailKind, "number" | "flag" | "scores">, providers: readonly string[]): readonly string[] {
	return { method: signInMethods, failure: signInFailures, role: roles, level: levels, cacheMode: cacheModes, provider: providers }[kind];
}
