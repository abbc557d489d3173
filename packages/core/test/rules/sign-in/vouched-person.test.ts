import { describe, expect, test } from "vitest";
import { personOfClaims, personOfGitHub } from "../../../src/rules/sign-in/vouched-person.ts";

const notVouched = { ok: false, problem: "not-vouched" };
const unreadable = { ok: false, problem: "unreadable" };

describe("claims", () => {
	const ada = { email: "Ada@Example.com", email_verified: true, name: "Ada Lovelace" };
	const person = (name: string) => ({
		ok: true,
		value: { identity: { provider: "google", subject: "1" }, address: { email: "ada@example.com", shown: "Ada@Example.com" }, name },
	});
	const table: readonly (readonly [what: string, claims: Readonly<Record<string, unknown>>, result: unknown])[] = [
		["all there", ada, person("Ada Lovelace")],
		["verified as a text", { ...ada, email_verified: "true" }, person("Ada Lovelace")],
		["no name", { ...ada, name: undefined }, person("Ada")],
		["a nickname only", { ...ada, name: undefined, nickname: "Countess" }, person("Countess")],
		["a name of blanks", { ...ada, name: "  ", preferred_username: "ada.l" }, person("ada.l")],
		["a name that turns the text around", { ...ada, name: "Ada\u202eecalevol" }, person("Ada")],
		["a name that is no text", { ...ada, name: { first: "Ada" } }, person("Ada")],
		["not verified", { ...ada, email_verified: false }, notVouched],
		["not verified, as a text", { ...ada, email_verified: "false" }, notVouched],
		["verified as a number", { ...ada, email_verified: 1 }, notVouched],
		["nothing said of it", { ...ada, email_verified: undefined }, notVouched],
		["no address", { ...ada, email: undefined }, notVouched],
		["a list of addresses", { ...ada, email: ["ada@example.com"] }, notVouched],
		["an address that is none", { ...ada, email: "ada" }, unreadable],
	];
	test.each(table)("%s", (_what, claims, result) => {
		expect(personOfClaims({ provider: "google", subject: "1" }, claims)).toEqual(result);
	});

	test("of a provider that is trusted silence is a yes, and a no is a no", () => {
		const identity = { provider: "google", subject: "1" };
		expect(personOfClaims(identity, { ...ada, email_verified: undefined }, true)).toEqual(person("Ada Lovelace"));
		for (const no of [false, "false", null, 0, ""]) expect(personOfClaims(identity, { ...ada, email_verified: no }, true)).toEqual(notVouched);
	});
});

describe("GitHub", () => {
	const user = { id: 583231, login: "octocat", name: "The Octocat", email: "public@example.com" };
	const primary = { email: "octocat@example.com", primary: true, verified: true, visibility: "private" };
	const other = { email: "other@example.com", primary: false, verified: true, visibility: null };
	const octocat = (name: string) => ({
		ok: true,
		value: { identity: { provider: "github", subject: "583231" }, address: { email: "octocat@example.com", shown: "octocat@example.com" }, name },
	});
	const table: readonly (readonly [what: string, user: unknown, emails: unknown, result: unknown])[] = [
		["all there", user, [other, primary], octocat("The Octocat")],
		["no name", { ...user, name: null }, [primary], octocat("octocat")],
		["the primary address is not verified, another is", user, [{ ...primary, verified: false }, other], notVouched],
		["verified as a text", user, [{ ...primary, verified: "true" }], notVouched],
		["no primary address", user, [other], notVouched],
		["no addresses: the shown one does not count", user, [], notVouched],
		["no list", user, { message: "Requires authentication" }, unreadable],
		["no user", { message: "Bad credentials" }, [primary], unreadable],
		["a user without a number", { ...user, id: "583231" }, [primary], unreadable],
		["a number that cannot be told from its neighbour", { ...user, id: 2 ** 53 }, [primary], unreadable],
		["nothing at all", null, null, unreadable],
	];
	test.each(table)("%s", (_what, told, emails, result) => {
		expect(personOfGitHub("github", told, emails)).toEqual(result);
	});
});
