import { describe, expect, test } from "vitest";
import { configurationFromEnvironment } from "../../src/standalone/configuration.ts";
import { readSignInEnvironment } from "../../src/standalone/sign-in-environment.ts";

const publicUrl = { POSTERN_PUBLIC_URL: "https://ai.example.com" };
const google = { POSTERN_GOOGLE_CLIENT_ID: "google-id", POSTERN_GOOGLE_CLIENT_SECRET: "google-secret" };
const github = { POSTERN_GITHUB_CLIENT_ID: "github-id", POSTERN_GITHUB_CLIENT_SECRET: "github-secret" };
const oidc = { POSTERN_OIDC_ISSUER: "https://id.example.com", POSTERN_OIDC_CLIENT_ID: "oidc-id" };

describe("what is set up", () => {
	test.each([
		[{}, undefined, []],
		[{ ...publicUrl, POSTERN_GOOGLE_CLIENT_ID: "", POSTERN_GOOGLE_CLIENT_SECRET: " " }, undefined, []],
		[
			{ ...publicUrl, ...google },
			{ publicUrl: "https://ai.example.com", google: { clientId: "google-id", clientSecret: "google-secret" } },
			["google-secret"],
		],
		[
			{ ...publicUrl, ...github, POSTERN_GITHUB_URL: "https://github.example.com", POSTERN_SIGN_IN_DOMAINS: "example.com, example.org," },
			{
				publicUrl: "https://ai.example.com",
				github: { clientId: "github-id", clientSecret: "github-secret", url: "https://github.example.com" },
				domains: ["example.com", "example.org"],
			},
			["github-secret"],
		],
		[
			{ ...publicUrl, ...oidc },
			{ publicUrl: "https://ai.example.com", oidc: { issuer: "https://id.example.com", clientId: "oidc-id" } },
			[],
		],
		[
			{ ...publicUrl, ...oidc, POSTERN_OIDC_CLIENT_SECRET: "oidc-secret\n", POSTERN_OIDC_NAME: "Example Inc.", POSTERN_OIDC_SCOPES: "email  groups", POSTERN_OIDC_TRUST_EMAIL: "True" },
			{
				publicUrl: "https://ai.example.com",
				oidc: { issuer: "https://id.example.com", clientId: "oidc-id", clientSecret: "oidc-secret", name: "Example Inc.", scopes: ["email", "groups"], trustEmail: true },
			},
			["oidc-secret"],
		],
	])("%j", (env, signIn, secrets) => {
		expect(readSignInEnvironment(env)).toEqual({ signIn, secrets, problems: [] });
	});

	test("becomes the gateway's, and its secrets are kept out of the log", () => {
		const result = configurationFromEnvironment({ ...publicUrl, ...google });
		expect(result).toMatchObject({ ok: true, value: { gateway: { signIn: { google: { clientId: "google-id" } } }, secrets: ["google-secret"] } });
	});
});

describe("what is missing or no address is a problem that names the variable and quotes no value", () => {
	test.each([
		[{ ...google }, ["POSTERN_PUBLIC_URL"]],
		[{ ...publicUrl, POSTERN_GOOGLE_CLIENT_ID: "google-id" }, ["POSTERN_GOOGLE_CLIENT_SECRET"]],
		[{ ...publicUrl, POSTERN_GITHUB_CLIENT_SECRET: "github-secret" }, ["POSTERN_GITHUB_CLIENT_ID"]],
		[{ ...publicUrl, POSTERN_OIDC_ISSUER: "https://id.example.com" }, ["POSTERN_OIDC_CLIENT_ID"]],
		[{ ...publicUrl, POSTERN_OIDC_CLIENT_ID: "oidc-id" }, ["POSTERN_OIDC_ISSUER"]],
		[{ ...publicUrl, ...oidc, POSTERN_OIDC_ISSUER: "id.example.com" }, ["POSTERN_OIDC_ISSUER"]],
		[{ ...google, POSTERN_PUBLIC_URL: "javascript:alert(1)" }, ["POSTERN_PUBLIC_URL"]],
		[{ ...publicUrl, ...github, POSTERN_GITHUB_URL: "github.example.com" }, ["POSTERN_GITHUB_URL"]],
		[{ ...publicUrl, ...oidc, POSTERN_OIDC_TRUST_EMAIL: "maybe" }, ["POSTERN_OIDC_TRUST_EMAIL"]],
		[{ POSTERN_GOOGLE_CLIENT_ID: "google-id" }, ["POSTERN_GOOGLE_CLIENT_SECRET", "POSTERN_PUBLIC_URL"]],
	])("%j: %j", (env, names) => {
		const { problems } = readSignInEnvironment(env);
		expect(problems.map(({ where }) => where)).toEqual(names);
		for (const value of Object.values(env)) expect(JSON.stringify(problems)).not.toContain(value);
		expect(configurationFromEnvironment(env)).toMatchObject({ ok: false });
	});
});
