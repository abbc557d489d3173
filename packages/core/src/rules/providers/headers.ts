import { ConfigurationError } from "./configuration-error.ts";

/**
 * Headers of a configuration in lower case, checked so that no request fails by them.
 * @throws {ConfigurationError} naming the header; its value is not told.
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
	const checked: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new ConfigurationError(`headers: ${JSON.stringify(name)} is not a header name`);
		if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new ConfigurationError(`headers.${name} has characters that no header can carry`);
		checked[name.toLowerCase()] = value;
	}
	return checked;
}

const secretName = /auth|key|token|secret|cookie|password/;

/** The values among headers that must not be seen, also without their scheme (`Bearer`). */
export function secretsOf(headers: Readonly<Record<string, string>>): readonly string[] {
	return Object.entries(headers)
		.filter(([name, value]) => secretName.test(name) && value !== "")
		.map(([, value]) => value.replace(/^[A-Za-z]+ +/, ""));
}
