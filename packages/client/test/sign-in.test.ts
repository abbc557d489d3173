import { createAccountsClient } from "@postern/client/accounts";
import { operations } from "@postern/core/contract";
import { expect, test } from "vitest";

test.each([
	["https://ai.example.com/", "google", undefined, "https://ai.example.com/auth/google"],
	["https://example.com/ai", "github", "/projects?tab=keys", "https://example.com/ai/auth/github?returnTo=%2Fprojects%3Ftab%3Dkeys"],
	["https://ai.example.com", "oidc", "https://app.example.com/#in", "https://ai.example.com/auth/oidc?returnTo=https%3A%2F%2Fapp.example.com%2F%23in"],
] as const)("%s: %s, back to %s", (baseUrl, provider, returnTo, url) => {
	expect(createAccountsClient({ baseUrl }).signInUrl(provider, returnTo)).toBe(url);
});

test("the addresses are those of the contract", () => {
	const { signInUrl } = createAccountsClient({ baseUrl: "https://ai.example.com" });
	const paths = [operations.beginGoogleSignIn.path, operations.beginGitHubSignIn.path, operations.beginOidcSignIn.path];
	expect((["google", "github", "oidc"] as const).map((provider) => new URL(signInUrl(provider)).pathname)).toEqual(paths);
});
