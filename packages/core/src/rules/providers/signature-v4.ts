import { hex, hmacSha256, sha256 } from "./signature-v4-sha256.ts";

export interface AwsCredentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** Comes with the keys of a role that was taken on. */
	readonly sessionToken?: string | undefined;
}

export interface SignableRequest {
	readonly method: string;
	readonly url: string;
	/** Lower-case names. All are signed; `host` stands in the URL. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
}

/** Where a signature counts. */
export interface SignatureScope {
	readonly region: string;
	readonly service: string;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * AWS Signature Version 4 of a request whose path has no `.` or `..` in it.
 * @param now milliseconds since 1970. @returns the request's headers with those of the signature.
 */
export function signV4({ method, url, headers, body = "" }: SignableRequest, credentials: AwsCredentials, { region, service }: SignatureScope, now: number): Record<string, string> {
	const { host, pathname, searchParams } = new URL(url);
	const timestamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
	const date = timestamp.slice(0, 8);
	const { accessKeyId, secretAccessKey, sessionToken } = credentials;
	const sent = { ...headers, "x-amz-date": timestamp, ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }) };
	const signed = Object.entries({ ...sent, host }).sort(([one], [other]) => compare(one, other));
	const names = signed.map(([name]) => name).join(";");
	const canonicalRequest = [
		method,
		// Encoded twice: what stands in the URL is encoded once more.
		pathname.split("/").map(encode).join("/"),
		canonicalQuery(searchParams),
		...signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
		"",
		names,
		hex(sha256(utf8(body))),
	].join("\n");
	const scope = `${date}/${region}/${service}/aws4_request`;
	const stringToSign = [algorithm, timestamp, scope, hex(sha256(utf8(canonicalRequest)))].join("\n");
	const key = [date, region, service, "aws4_request"].reduce((key, text) => hmacSha256(key, utf8(text)), utf8(`AWS4${secretAccessKey}`));
	const signature = hex(hmacSha256(key, utf8(stringToSign)));
	return { ...sent, authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}

function canonicalQuery(parameters: URLSearchParams): string {
	return [...parameters]
		.map(([name, value]) => [encode(name), encode(value)] as const)
		.sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
		.map(([name, value]) => `${name}=${value}`)
		.join("&");
}

/** All but letters, digits, `-`, `.`, `_` and `~` (RFC 3986 2.3). */
function encode(text: string): string {
	return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** By code units: a locale's order would be another one. */
function compare(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}

function utf8(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}
