import type { Decoded } from "../dialects/dialect.ts";

/** An address as it is compared (`email`) and as its owner wrote it (`shown`). */
export interface EmailAddress {
	readonly email: string;
	readonly shown: string;
}

/**
 * Reads an address so that one mailbox is one account and no two mailboxes are: lower case, NFC, the domain in ASCII (IDNA). What looks
 * like another address without being it (full-width signs, invisible characters, letters that only compatibility makes equal) is refused,
 * never mapped: whoever owns the look-alike would own the account.
 * @returns what is wrong, where something is.
 */
export function readEmail(text: string): Decoded<EmailAddress, string> {
	const shown = text.trim().normalize("NFC");
	const parts = shown.split("@");
	const [local = "", domain = ""] = parts;
	if (parts.length !== 2 || local === "" || domain === "") return refuse("Write an email address like name@example.com");
	if (lookAlike.test(text) || !localPart.test(local) || local.normalize("NFKC") !== local) {
		return refuse("The part before the @ has characters that an email address cannot have");
	}
	const ascii = asciiDomain(domain);
	if (ascii === undefined) return refuse("The part behind the @ is no domain name");
	// RFC 5321 4.5.3.1: 64 octets before the @, 254 in all.
	const mailbox = local.toLowerCase().normalize("NFC");
	if (octets(mailbox) > 64 || octets(mailbox) + ascii.length + 1 > 254) return refuse("The address is too long");
	return { ok: true, value: { email: `${mailbox}@${ascii}`, shown } };
}

/** RFC 5322's dot-atom, with letters of every script (RFC 6531). */
const localPart = /^(?![.\p{M}])(?!.*\.\.)(?!.*\.$)(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{N}\p{M}.!#$%&'*+/=?^_`{|}~-])+$/u;

/** Ohm, Kelvin and Ångström: normalising would turn them into letters that other people have. */
const lookAlike = /[\u2126\u212a\u212b]/;

function asciiDomain(domain: string): string | undefined {
	// What would end the host of a URL, or be one in another form.
	if (/[\s/\\?#:%[\]]/.test(domain)) return undefined;
	const url = `http://${domain}/`;
	if (!URL.canParse(url)) return undefined;
	const { hostname } = new URL(url);
	const labels = hostname.split(".");
	const isName = labels.length > 1 && hostname.length <= 253 && labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label));
	return isName && !/^\d+$/.test(labels.at(-1) ?? "") ? hostname : undefined;
}

function octets(text: string): number {
	return new TextEncoder().encode(text).length;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
	return { ok: false, problem };
}
