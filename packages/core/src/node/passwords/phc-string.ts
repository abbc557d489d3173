/** A hash with all that it takes to make it again: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>` (PHC string format). */
export interface PasswordHash {
	readonly algorithm: string;
	readonly version?: number;
	readonly parameters: Readonly<Record<string, number>>;
	readonly salt: Uint8Array;
	readonly hash: Uint8Array;
}

export function formatPhc({ algorithm, version, parameters, salt, hash }: PasswordHash): string {
	const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`).join(",");
	return ["", algorithm, ...(version === undefined ? [] : [`v=${version}`]), pairs, base64(salt), base64(hash)].join("$");
}

/** `undefined` for a text that is none. */
export function parsePhc(text: string): PasswordHash | undefined {
	const match = /^\$([a-z0-9-]{1,32})(?:\$v=(\d{1,5}))?\$((?:[a-z]{1,8}=\d{1,10},?)+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text);
	if (match === null) return undefined;
	const [, algorithm = "", version, pairs = "", salt = "", hash = ""] = match;
	const parameters = pairs.split(",").map((pair) => pair.split("=")).map(([name = "", value]) => [name, Number(value)] as const);
	return {
		algorithm,
		...(version === undefined ? {} : { version: Number(version) }),
		parameters: Object.fromEntries(parameters),
		salt: Buffer.from(salt, "base64"),
		hash: Buffer.from(hash, "base64"),
	};
}

/** The format wants no padding. */
function base64(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
