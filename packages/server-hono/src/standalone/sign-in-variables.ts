/** Sign-in with accounts elsewhere, as `postern --help` tells it. */
export const signInVariables = {
	POSTERN_PUBLIC_URL: "where browsers reach this server, such as https://ai.example.com; needed to sign in with the following",
	POSTERN_GOOGLE_CLIENT_ID: "sign-in with Google: the client that was registered there",
	POSTERN_GOOGLE_CLIENT_SECRET: "and its secret",
	POSTERN_GITHUB_CLIENT_ID: "sign-in with GitHub",
	POSTERN_GITHUB_CLIENT_SECRET: "and its secret",
	POSTERN_GITHUB_URL: "a GitHub Enterprise Server (https://github.com)",
	POSTERN_OIDC_ISSUER: "sign-in with any OpenID Connect provider: its issuer address",
	POSTERN_OIDC_CLIENT_ID: "the client that was registered there",
	POSTERN_OIDC_CLIENT_SECRET: "and its secret, where it has one",
	POSTERN_OIDC_NAME: "what people call the provider (the issuer's host)",
	POSTERN_OIDC_SCOPES: "what it is asked for beside openid, with spaces (email profile)",
	POSTERN_OIDC_TRUST_EMAIL: "true: its addresses count as verified where it does not say otherwise (false)",
	POSTERN_SIGN_IN_DOMAINS: "whose addresses get an account by signing in, with commas: example.com (as POSTERN_REGISTRATION says)",
} as const;
