import { z } from "zod";
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";
import { names, text } from "./provider-entry.ts";
import type { signInVariables } from "./sign-in-variables.ts";

const variableName = text.describe("the name of an environment variable");
const secret = { clientSecret: text, clientSecretEnv: variableName } as const;
const client = { clientId: text, clientIdEnv: variableName, ...secret } as const;
const address = text.describe("an address such as https://example.com");

/** The section `signIn` of the configuration file. What belongs together is looked into with the environment. */
export const signInEntry = z
	.strictObject({
		publicUrl: address,
		google: z.strictObject(client).exactPartial().describe('an object, such as {"clientIdEnv": "GOOGLE_ID", "clientSecretEnv": "GOOGLE_SECRET"}'),
		github: z.strictObject({ ...client, url: address }).exactPartial().describe('an object, such as {"clientIdEnv": "GITHUB_ID", "clientSecretEnv": "GITHUB_SECRET"}'),
		oidc: z
			.strictObject({ issuer: address, ...client, name: text, scopes: names, trustEmail: z.boolean().describe("true or false") })
			.exactPartial()
			.describe('an object, such as {"issuer": "https://id.example.com", "clientId": "postern"}'),
		domains: names,
	})
	.exactPartial()
	.describe("an object with publicUrl and google, github or oidc");
export type SignInEntry = z.output<typeof signInEntry>;

export type SignInVariable = keyof typeof signInVariables;

/** Where the file says what a variable says. */
export const placeOf: Readonly<Record<SignInVariable, string>> = {
	POSTERN_PUBLIC_URL: "signIn.publicUrl",
	POSTERN_GOOGLE_CLIENT_ID: "signIn.google.clientId",
	POSTERN_GOOGLE_CLIENT_SECRET: "signIn.google.clientSecret",
	POSTERN_GITHUB_CLIENT_ID: "signIn.github.clientId",
	POSTERN_GITHUB_CLIENT_SECRET: "signIn.github.clientSecret",
	POSTERN_GITHUB_URL: "signIn.github.url",
	POSTERN_OIDC_ISSUER: "signIn.oidc.issuer",
	POSTERN_OIDC_CLIENT_ID: "signIn.oidc.clientId",
	POSTERN_OIDC_CLIENT_SECRET: "signIn.oidc.clientSecret",
	POSTERN_OIDC_NAME: "signIn.oidc.name",
	POSTERN_OIDC_SCOPES: "signIn.oidc.scopes",
	POSTERN_OIDC_TRUST_EMAIL: "signIn.oidc.trustEmail",
	POSTERN_SIGN_IN_DOMAINS: "signIn.domains",
};

export interface ReadSignInEntry {
	/** What the file says, in the words of the variables. */
	readonly values: Partial<Record<SignInVariable, string>>;
	readonly problems: readonly Problem[];
}

/** @param env what `clientIdEnv` and `clientSecretEnv` name. A variable that says the same thing as the file goes before it, and spares it this. */
export function readSignInEntry({ publicUrl, google = {}, github = {}, oidc = {}, domains }: SignInEntry, env: Environment): ReadSignInEntry {
	const values: Partial<Record<SignInVariable, string>> = {};
	const problems: Problem[] = [];
	const state = (name: SignInVariable, value: string | undefined): void => {
		if (value !== undefined) values[name] = value;
	};
	const stateNamed = (name: SignInVariable, value: string | undefined, variable: string | undefined): void => {
		const place = placeOf[name];
		if (value !== undefined && variable !== undefined) problems.push({ where: place, what: `stands beside ${place}Env`, remedy: "keep one of them" });
		state(name, value ?? env[variable ?? ""]);
		const isSet = [env[name], env[variable ?? ""]].some((each) => each !== undefined && each.trim() !== "");
		if (variable !== undefined && !isSet) problems.push({ where: `${place}Env`, what: `the variable ${variable} is not set`, remedy: "set it, or take the provider out" });
	};
	state("POSTERN_PUBLIC_URL", publicUrl);
	stateNamed("POSTERN_GOOGLE_CLIENT_ID", google.clientId, google.clientIdEnv);
	stateNamed("POSTERN_GOOGLE_CLIENT_SECRET", google.clientSecret, google.clientSecretEnv);
	stateNamed("POSTERN_GITHUB_CLIENT_ID", github.clientId, github.clientIdEnv);
	stateNamed("POSTERN_GITHUB_CLIENT_SECRET", github.clientSecret, github.clientSecretEnv);
	state("POSTERN_GITHUB_URL", github.url);
	state("POSTERN_OIDC_ISSUER", oidc.issuer);
	stateNamed("POSTERN_OIDC_CLIENT_ID", oidc.clientId, oidc.clientIdEnv);
	stateNamed("POSTERN_OIDC_CLIENT_SECRET", oidc.clientSecret, oidc.clientSecretEnv);
	state("POSTERN_OIDC_NAME", oidc.name);
	state("POSTERN_OIDC_SCOPES", oidc.scopes?.join(" "));
	state("POSTERN_OIDC_TRUST_EMAIL", oidc.trustEmail?.toString());
	state("POSTERN_SIGN_IN_DOMAINS", domains?.join(","));
	return { values, problems };
}
