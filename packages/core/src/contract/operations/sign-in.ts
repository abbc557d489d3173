import { z } from "zod";
import type { ErrorCode } from "../errors.ts";
import type { Operation } from "../operation.ts";

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
