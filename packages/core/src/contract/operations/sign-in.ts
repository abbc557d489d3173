import { z } from "zod";
import type { ErrorCode } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { deleted } from "./tenancy-fields.ts";

export const signInProviderList = z
	.object({
		google: z.boolean(),
		github: z.boolean(),
		oidc: z.boolean(),
		names: z.record(z.string(), z.string()).meta({ description: "What people call those that are set up", example: { google: "Google", oidc: "Example Inc." } }),
	})
	.meta({ id: "SignInProviders" });
export type SignInProviderList = z.output<typeof signInProviderList>;

const returnTo = {
	returnTo: "Where the browser goes once somebody is signed in: a path of the gateway's own origin (`/projects`), or an address of an origin that may call it. Default `/`.",
} as const;
const beginErrors = ["VALIDATION_ERROR", "CAPABILITY_ABSENT", "SIGN_IN_FAILED", "INTERNAL_ERROR"] as const satisfies readonly ErrorCode[];

/** What the provider gives the browser to bring back (RFC 6749 4.1.2, RFC 9207). */
const broughtBack = {
	code: "What the gateway gets to know from the provider who somebody is with",
	state: "Shows that the browser is the one that was sent",
	iss: "The provider's own name",
	error: "Why the provider let nobody in",
} as const;
const finishErrors = [
	"SIGN_IN_EXPIRED",
	"SIGN_IN_CANCELLED",
	"EMAIL_NOT_VERIFIED",
	"ACCOUNT_NOT_LINKED",
	"REGISTRATION_CLOSED",
	"TOO_MANY_ATTEMPTS",
	"CAPABILITY_ABSENT",
	"SIGN_IN_FAILED",
	"INTERNAL_ERROR",
] as const satisfies readonly ErrorCode[];
const finishDescription = "Sets the session cookie and sends the browser on. What went wrong is told in a page where the browser takes HTML, in JSON otherwise.";

const linkedIdentity = z
	.object({
		id: z.string().meta({ example: "idn_5f0c7d1e2a3b4c5d6e7f8091" }),
		provider: z.string().meta({ description: "`google`, `github`, or the address of another provider" }),
		name: z.string().optional().meta({ description: "What people call the provider; absent where nobody can sign in with it any more", example: "Google" }),
		subject: z.string().meta({ description: "The provider's own id of the person" }),
		addedAt: z.iso.datetime().optional().meta({ description: "Absent of those that are older than this field" }),
	})
	.meta({ id: "LinkedIdentity" });

export const linkedIdentities = z
	.object({ identities: z.array(linkedIdentity), hasPassword: z.boolean().meta({ description: "Whether a password opens the account too" }) })
	.meta({ id: "LinkedIdentities" });
export type LinkedIdentities = z.output<typeof linkedIdentities>;

export const identityOperations = {
	listIdentities: {
		surface: "accounts",
		method: "GET",
		path: "/auth/identities",
		summary: "With which accounts of elsewhere the person signs in",
		access: "user",
		output: { kind: "json", schema: linkedIdentities },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN"],
	},
	removeIdentity: {
		surface: "accounts",
		method: "DELETE",
		path: "/auth/identities/:identityId",
		summary: "Take such a way into the account away",
		description: "Not the last one: set a password first. Whoever is signed in stays so. It is connected again by signing in with it in a browser that is signed in here, and not by its address alone.",
		access: "user",
		parameters: { identityId: "The identity's id (`idn_...`)" },
		output: { kind: "json", schema: deleted },
		errors: ["UNAUTHORIZED", "INVALID_TOKEN", "NOT_FOUND", "CONFLICT", "CSRF_REFUSED"],
	},
} as const satisfies Record<string, Operation>;

export const signInOperations = {
	listSignInProviders: {
		surface: "accounts",
		method: "GET",
		path: "/auth/providers",
		summary: "With which accounts of elsewhere people can sign in",
		access: "public",
		output: { kind: "json", schema: signInProviderList },
		errors: [],
	},
	beginGoogleSignIn: {
		surface: "accounts",
		method: "GET",
		path: "/auth/google",
		summary: "Sends the browser to Google to sign in",
		access: "public",
		query: returnTo,
		status: 302,
		output: { kind: "empty" },
		errors: beginErrors,
	},
	finishGoogleSignIn: {
		surface: "accounts",
		method: "GET",
		path: "/auth/google/callback",
		summary: "Where Google sends the browser back to",
		description: finishDescription,
		access: "public",
		query: broughtBack,
		status: 302,
		output: { kind: "empty" },
		errors: finishErrors,
	},
	beginGitHubSignIn: {
		surface: "accounts",
		method: "GET",
		path: "/auth/github",
		summary: "Sends the browser to GitHub to sign in",
		access: "public",
		query: returnTo,
		status: 302,
		output: { kind: "empty" },
		errors: beginErrors,
	},
	finishGitHubSignIn: {
		surface: "accounts",
		method: "GET",
		path: "/auth/github/callback",
		summary: "Where GitHub sends the browser back to",
		description: finishDescription,
		access: "public",
		query: broughtBack,
		status: 302,
		output: { kind: "empty" },
		errors: finishErrors,
	},
	beginOidcSignIn: {
		surface: "accounts",
		method: "GET",
		path: "/auth/oidc",
		summary: "Sends the browser to the configured OpenID Connect provider to sign in",
		access: "public",
		query: returnTo,
		status: 302,
		output: { kind: "empty" },
		errors: beginErrors,
	},
	finishOidcSignIn: {
		surface: "accounts",
		method: "GET",
		path: "/auth/oidc/callback",
		summary: "Where the configured OpenID Connect provider sends the browser back to",
		description: finishDescription,
		access: "public",
		query: broughtBack,
		status: 302,
		output: { kind: "empty" },
		errors: finishErrors,
	},
} as const satisfies Record<string, Operation>;
