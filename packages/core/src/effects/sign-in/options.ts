/** Sign-in with accounts that people have elsewhere. Needs the `accounts` surface. */
export interface SignInOptions {
	/**
	 * Where browsers reach the gateway, with the path that it is mounted at: `https://app.example.com/ai`. Providers send them back to
	 * `/auth/<provider>/callback` behind it. Said here, and never taken from a request: a `host` header is the caller's own word.
	 */
	readonly publicUrl: string;
	readonly google?: OAuthClientOptions;
	readonly github?: GitHubSignInOptions;
	/** Any other provider that speaks OpenID Connect. */
	readonly oidc?: OidcSignInOptions;
	/**
	 * Domains (`example.com`) whose addresses get an account by signing in, also where registration is closed, and no others do. Whoever
	 * has an account already comes in. Default: as `accounts.registration` says.
	 */
	readonly domains?: readonly string[];
}

/** As the provider gave it when the app was registered there. */
export interface OAuthClientOptions {
	readonly clientId: string;
	readonly clientSecret: string;
}

export interface GitHubSignInOptions extends OAuthClientOptions {
	/** A GitHub Enterprise Server of one's own. Default `https://github.com`. */
	readonly url?: string;
}

export interface OidcSignInOptions {
	/** Its discovery document stands below: `/.well-known/openid-configuration`. */
	readonly issuer: string;
	readonly clientId: string;
	/** Absent: a public client, by PKCE alone. */
	readonly clientSecret?: string;
	/** What people call it. Default: the issuer's host. */
	readonly name?: string;
	/** `openid` is among them always. Default `email` and `profile`. */
	readonly scopes?: readonly string[];
	/**
	 * The provider is one's own and gives nobody an address that is somebody else's: addresses count as verified where it does not say
	 * that they are not. Default: they count where it says that they are.
	 */
	readonly trustEmail?: boolean;
}
