/**
 * Whether somebody who is not known here may have an account by signing in with a provider.
 * @param domains whose addresses may, whatever registration with a password is; `undefined`: as that is.
 */
export function mayJoin(email: string, registration: "open" | "closed", domains: readonly string[] | undefined): boolean {
	if (domains === undefined) return registration === "open";
	const [, domain = ""] = email.split("@");
	return domains.some((each) => each.toLowerCase() === domain);
}
