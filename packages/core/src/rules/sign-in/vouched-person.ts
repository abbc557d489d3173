import type { Identity } from "../../contract/account.ts";
import { type EmailAddress, readEmail } from "../auth/email.ts";
import { readPersonName } from "../auth/person-name.ts";
import type { Decoded } from "../dialects/dialect.ts";

/** Somebody whom an identity provider knows, with an address that it has made sure of. */
export interface VouchedPerson {
	readonly identity: Identity;
	readonly address: EmailAddress;
	readonly name: string;
}

/** `not-vouched`: the provider knows the person, but does not say that the address is that person's. */
export type VouchingProblem = "not-vouched" | "unreadable";

/** What a provider said of the person, in its own words. */
interface Told {
	readonly email: unknown;
	readonly isVerified: boolean;
	/** The first that can be shown is taken; the address's part before the @ where none can. */
	readonly names: readonly unknown[];
}

/**
 * Claims of an ID token or of the user info (OpenID Connect Core 5.1).
 * @param isTrusted whether silence on an address's being verified is taken for a yes; a no is a no.
 */
export function personOfClaims(identity: Identity, claims: Readonly<Record<string, unknown>>, isTrusted = false): Decoded<VouchedPerson, VouchingProblem> {
	const { email, email_verified: verified } = claims;
	return personOf(
		identity,
		{
			email,
			// Some providers write the boolean as a text.
			isVerified: verified === true || verified === "true" || (isTrusted && verified === undefined),
			names: [claims["name"], claims["nickname"], claims["preferred_username"]],
		},
	);
}

/**
 * GitHub's `GET /user` and `GET /user/emails`. The address in `/user` is the one shown to everybody, of which nobody says that it was
 * verified: only the primary one of the list counts. The number in `id` stays when the login changes, and a login can be another's later.
 */
export function personOfGitHub(provider: string, user: unknown, emails: unknown): Decoded<VouchedPerson, VouchingProblem> {
	if (!isRecord(user) || !Number.isSafeInteger(user["id"]) || !Array.isArray(emails)) return { ok: false, problem: "unreadable" };
	const primary: unknown = emails.find((entry) => isRecord(entry) && entry["primary"] === true);
	const { email, verified } = isRecord(primary) ? primary : {};
	return personOf({ provider, subject: String(user["id"]) }, { email, isVerified: verified === true, names: [user["name"], user["login"]] });
}

function personOf(identity: Identity, { email, isVerified, names }: Told): Decoded<VouchedPerson, VouchingProblem> {
	if (typeof email !== "string" || !isVerified) return { ok: false, problem: "not-vouched" };
	const address = readEmail(email);
	if (!address.ok) return { ok: false, problem: "unreadable" };
	const [mailbox = ""] = address.value.shown.split("@");
	const readable = [...names, mailbox].flatMap((name) => (typeof name === "string" ? [readPersonName(name)] : [])).find(({ ok }) => ok);
	return { ok: true, value: { identity, address: address.value, name: readable?.ok === true ? readable.value : mailbox.slice(0, 100) } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
