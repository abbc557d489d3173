import type { OAuthClientOptions, SignInOptions } from "@postern/core";
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";
import { placeOf, readSignInEntry, type SignInEntry, type SignInVariable } from "./sign-in-entry.ts";

type Name = SignInVariable;

export interface SignInEnvironment {
	/** `undefined` where no provider is set up. */
	readonly signIn: SignInOptions | undefined;
	/** Never to be seen in a log. */
	readonly secrets: readonly string[];
	readonly problems: readonly Problem[];
}

/**
 * Sign-in by environment and configuration file. Each value is the environment's where it has one.
 * @param entry the file's section.
 */
export function readSignInEnvironment(env: Environment, entry: SignInEntry = {}): SignInEnvironment {
	const { values, problems: entryProblems } = readSignInEntry(entry, env);
	const problems: Problem[] = [...entryProblems];
	const filled = (value: string | undefined): string | undefined => (value?.trim() === "" ? undefined : value?.trim());
	const text = (name: Name): string | undefined => filled(env[name]) ?? filled(values[name]);
	/** Where somebody says something, or would look for what is missing: in the file where that speaks of it at all. */
	const where = (name: Name): string => {
		if (filled(env[name]) !== undefined) return name;
		const [, section = ""] = placeOf[name].split(".");
		return values[name] !== undefined || section in entry || (section === "publicUrl" && Object.keys(entry).length > 0) ? placeOf[name] : name;
	};
	const needed = (name: Name, other: Name): string => {
		const value = text(name);
		if (value !== undefined) return value;
		const what = text(other) === undefined ? "is not set" : `is not set, but ${where(other)} is`;
		// A variable that is named and not set is told of already.
		if (!problems.some((problem) => problem.where === `${where(name)}Env`)) problems.push({ where: where(name), what, remedy: `set both, or take ${where(other)} out` });
		return "";
	};
	const address = (name: Name): string | undefined => {
		const value = text(name);
		if (value !== undefined && !/^https?:$/.test(URL.parse(value)?.protocol ?? "")) {
			problems.push({ where: where(name), what: "is no address", remedy: "write it like https://example.com" });
		}
		return value;
	};
	const client = (section: "google" | "github", id: Name, secret: Name): OAuthClientOptions | undefined => {
		if (text(id) === undefined && text(secret) === undefined && entry[section] === undefined) return undefined;
		return { clientId: needed(id, secret), clientSecret: needed(secret, id) };
	};

	const google = client("google", "POSTERN_GOOGLE_CLIENT_ID", "POSTERN_GOOGLE_CLIENT_SECRET");
	const github = client("github", "POSTERN_GITHUB_CLIENT_ID", "POSTERN_GITHUB_CLIENT_SECRET");
	const url = address("POSTERN_GITHUB_URL");
	const issuer = address("POSTERN_OIDC_ISSUER");
	const clientSecret = text("POSTERN_OIDC_CLIENT_SECRET");
	const name = text("POSTERN_OIDC_NAME");
	const scopes = words(text("POSTERN_OIDC_SCOPES"), /\s+/);
	const trust = text("POSTERN_OIDC_TRUST_EMAIL")?.toLowerCase();
	if (trust !== undefined && trust !== "true" && trust !== "false") {
		problems.push({ where: where("POSTERN_OIDC_TRUST_EMAIL"), what: "is neither true nor false", remedy: "write one of them" });
	}
	const domains = words(text("POSTERN_SIGN_IN_DOMAINS"), /[\s,]+/);
	const asksForOidc = text("POSTERN_OIDC_CLIENT_ID") !== undefined || entry.oidc !== undefined;
	if (issuer === undefined && asksForOidc) needed("POSTERN_OIDC_ISSUER", "POSTERN_OIDC_CLIENT_ID");
	const oidc = issuer === undefined ? undefined : { issuer, clientId: needed("POSTERN_OIDC_CLIENT_ID", "POSTERN_OIDC_ISSUER") };
	const secrets = [google?.clientSecret, github?.clientSecret, clientSecret].flatMap((secret) => secret ?? []).filter((secret) => secret !== "");
	const publicUrl = address("POSTERN_PUBLIC_URL");
	if (google === undefined && github === undefined && oidc === undefined) {
		const isIdle = Object.keys(entry).length > 0 && problems.length === 0;
		const idle: Problem = { where: "signIn", what: "sets up no provider", remedy: "add google, github or oidc, or take it out" };
		return { signIn: undefined, secrets, problems: isIdle ? [idle] : problems };
	}
	if (publicUrl === undefined) {
		problems.push({ where: where("POSTERN_PUBLIC_URL"), what: "is not set, but sign-in needs it", remedy: "set it to where browsers reach this server" });
	}
	const signIn: SignInOptions = {
		publicUrl: publicUrl ?? "",
		...(google === undefined ? {} : { google }),
		...(github === undefined ? {} : { github: { ...github, ...(url === undefined ? {} : { url }) } }),
		...(oidc === undefined
			? {}
			: {
					oidc: {
						...oidc,
						...(clientSecret === undefined ? {} : { clientSecret }),
						...(name === undefined ? {} : { name }),
						...(scopes === undefined ? {} : { scopes }),
						...(trust === "true" ? { trustEmail: true } : {}),
					},
				}),
		...(domains === undefined ? {} : { domains }),
	};
	return { signIn, secrets, problems };
}

function words(text: string | undefined, between: RegExp): readonly string[] | undefined {
	return text?.split(between).filter((word) => word !== "");
}
