import { describe, expect, test } from "vitest";
import type { Environment } from "../../src/standalone/environment.ts";
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

describe("the section signIn of the configuration file", () => {
	const own = { MY_GOOGLE_ID: "google-id", MY_GOOGLE_SECRET: "google-secret" };
	const byVariables = { publicUrl: "https://ai.example.com", google: { clientIdEnv: "MY_GOOGLE_ID", clientSecretEnv: "MY_GOOGLE_SECRET" } };
	const signInOf = (signIn: object, env: Environment = {}) => configurationFromEnvironment(env, JSON.stringify({ signIn }), "postern.json");

	test("takes ids and secrets from variables that it names, and keeps the secrets out of the log", () => {
		const result = signInOf(byVariables, own);
		expect(result).toMatchObject({ ok: true, value: { secrets: ["google-secret"] } });
		expect(result.ok && result.value.gateway.signIn).toEqual({ publicUrl: "https://ai.example.com", google: { clientId: "google-id", clientSecret: "google-secret" } });
	});

	test("sets up all three, with everything that the gateway takes", () => {
		const signIn = {
			publicUrl: "https://ai.example.com/gate",
			google: { clientId: "google-id", clientSecret: "google-secret" },
			github: { clientId: "github-id", clientSecret: "github-secret", url: "https://github.example.com" },
			oidc: { issuer: "https://id.example.com", clientId: "oidc-id", clientSecret: "oidc-secret", name: "Example Inc.", scopes: ["email", "groups"], trustEmail: true },
			domains: ["example.com", "example.org"],
		};
		const result = signInOf(signIn);
		expect(result.ok && result.value.gateway.signIn).toEqual(signIn);
		expect(result.ok && result.value.secrets).toEqual(["google-secret", "github-secret", "oidc-secret"]);
	});

	test("gives way to the environment, value by value", () => {
		const env = { ...own, POSTERN_PUBLIC_URL: "https://other.example.com", POSTERN_GOOGLE_CLIENT_SECRET: "another-secret" };
		const result = signInOf(byVariables, env);
		expect(result.ok && result.value.gateway.signIn).toEqual({ publicUrl: "https://other.example.com", google: { clientId: "google-id", clientSecret: "another-secret" } });
		expect(signInOf(byVariables, { MY_GOOGLE_ID: "google-id", POSTERN_GOOGLE_CLIENT_SECRET: "another-secret" }).ok).toBe(true);
	});

	test("names a public client without a secret", () => {
		const result = signInOf({ publicUrl: "https://ai.example.com", oidc: { issuer: "https://id.example.com", clientId: "oidc-id" } });
		expect(result.ok && result.value.gateway.signIn?.oidc).toEqual({ issuer: "https://id.example.com", clientId: "oidc-id" });
	});

	test.each<[object, Environment, readonly string[]]>([
		[{}, {}, []],
		[{ publicUrl: "https://ai.example.com" }, {}, ["signIn"]],
		[{ publicUrl: "https://ai.example.com", google: {} }, {}, ["signIn.google.clientId", "signIn.google.clientSecret"]],
		[{ ...byVariables, publicUrl: undefined }, own, ["signIn.publicUrl"]],
		[{ google: { clientId: "google-id", clientSecret: "google-secret" } }, {}, ["signIn.publicUrl"]],
		[byVariables, {}, ["signIn.google.clientIdEnv", "signIn.google.clientSecretEnv"]],
		[byVariables, { ...own, MY_GOOGLE_SECRET: " " }, ["signIn.google.clientSecretEnv"]],
		[{ ...byVariables, google: { ...byVariables.google, clientSecret: "google-secret" } }, own, ["signIn.google.clientSecret"]],
		[{ ...byVariables, google: { clientId: "google-id" } }, {}, ["signIn.google.clientSecret"]],
		[{ ...byVariables, google: { clientID: "google-id" } }, {}, ["signIn.google.clientID"]],
		[{ ...byVariables, gitlab: { clientId: "id" } }, own, ["signIn.gitlab"]],
		[{ ...byVariables, publicUrl: "ai.example.com" }, own, ["signIn.publicUrl"]],
		[{ publicUrl: "https://ai.example.com", oidc: { clientId: "oidc-id" } }, {}, ["signIn.oidc.issuer"]],
		[{ publicUrl: "https://ai.example.com", oidc: {} }, {}, ["signIn.oidc.issuer"]],
		[{ publicUrl: "https://ai.example.com", oidc: { issuer: "https://id.example.com" } }, {}, ["signIn.oidc.clientId"]],
		[{ publicUrl: "https://ai.example.com", oidc: { issuer: "https://id.example.com", clientId: "oidc-id", trustEmail: "yes" } }, {}, ["signIn.oidc.trustEmail"]],
		[{ publicUrl: "https://ai.example.com", github: { clientId: 7, clientSecret: "github-secret" } }, {}, ["signIn.github.clientId"]],
	])("%j with %j: %j", (signIn, env, places) => {
		const result = signInOf(signIn, env);
		const problems = result.ok ? [] : result.problems;
		expect(problems.map(({ where }) => where)).toEqual(places);
		for (const secret of ["google-secret", "github-secret"]) expect(JSON.stringify(problems)).not.toContain(secret);
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
