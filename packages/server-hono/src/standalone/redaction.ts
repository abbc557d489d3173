const placeholder = "[redacted]";

/** Credentials by the place where they stand, also ones we do not know: a caller's wrong token, a key in a quoted header. */
const credential = /\b(bearer |"?(?:x-api-key|(?:proxy-)?authorization|cookie)\\?"?: ?\\?"?)(?!bearer )[^\s"'\\,;]+/gi;

/** @returns what takes every one of the secrets out of a text, as it stands or as JSON writes it, and other credentials too. */
export function createRedaction(secrets: readonly string[]): (text: string) => string {
	const forms = secrets
		// Shorter ones are found everywhere: nothing would be left to read.
		.filter((secret) => secret.length >= 4)
		.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
		// The longer first: a secret may begin with another one.
		.sort((first, second) => second.length - first.length);
	return (text) => forms.reduce((cleaned, form) => cleaned.replaceAll(form, placeholder), text).replace(credential, `$1${placeholder}`);
}
