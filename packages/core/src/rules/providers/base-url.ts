import { ConfigurationError } from "./configuration-error.ts";

/**
 * An address as people write it, as the one a path is put behind: no slash at the end, and the version in it.
 *
 * Customs differ. OpenAI's SDKs expect `/v1` in the base URL, Anthropic's add it themselves, and local servers are told as
 * `http://localhost:11434`. `when-bare` adds the version to an address without a path, `when-missing` to one that does not end in a version.
 *
 * @param field what to name in an error: `baseUrl`, `OPENAI_BASE_URL`.
 * @throws {ConfigurationError} unless it is an http(s) URL without credentials, query and fragment.
 */
export function normalizeBaseUrl(text: string, field: string, addVersion: "when-bare" | "when-missing", version = "/v1"): string {
	const trimmed = text.trim();
	if (!URL.canParse(trimmed)) throw new ConfigurationError(`${field} is not a URL: write it like https://api.example.com/v1`);
	const url = new URL(trimmed);
	if (url.protocol !== "http:" && url.protocol !== "https:") throw new ConfigurationError(`${field} must begin with http:// or https://`);
	if (url.username !== "" || url.password !== "") {
		throw new ConfigurationError(`${field} must not hold a user name or password: pass the credential as apiKey or in headers`);
	}
	if (url.search !== "" || url.hash !== "") throw new ConfigurationError(`${field} must not have a query or fragment`);
	const path = url.pathname.replace(/\/+$/, "");
	const lacksVersion = addVersion === "when-bare" ? path === "" : !/\/v\d+[a-z0-9]*$/.test(path);
	return `${url.origin}${path}${lacksVersion ? version : ""}`;
}
