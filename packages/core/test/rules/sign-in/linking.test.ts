import { expect, test } from "vitest";
import type { User } from "../../../src/contract/account.ts";
import { decideLink, type KnownPerson } from "../../../src/rules/sign-in/linking.ts";

const proved: User = { id: "usr_proved", email: "ada@example.com", shownEmail: "ada@example.com", name: "Ada", createdAt: 1, emailVerifiedAt: 2 };
const { emailVerifiedAt: _, ...rest } = proved;
/** Whoever made it knows a password; whose the address is nobody has asked. */
const unproved: User = { ...rest, id: "usr_unproved" };

const table: readonly (readonly [what: string, known: KnownPerson, decision: string, user: User | undefined])[] = [
	["nobody is known", { byIdentity: undefined, byEmail: undefined, signedIn: undefined }, "create", undefined],
	["somebody else is signed in", { byIdentity: undefined, byEmail: undefined, signedIn: "usr_other" }, "create", undefined],
	["the identity was here before", { byIdentity: proved, byEmail: proved, signedIn: undefined }, "sign-in", proved],
	["the identity's address is another's by now", { byIdentity: proved, byEmail: unproved, signedIn: "usr_unproved" }, "sign-in", proved],
	["the address was vouched for before", { byIdentity: undefined, byEmail: proved, signedIn: undefined }, "link", proved],
	["the address was never vouched for", { byIdentity: undefined, byEmail: unproved, signedIn: undefined }, "refuse", undefined],
	["the same, while somebody else is signed in", { byIdentity: undefined, byEmail: unproved, signedIn: "usr_other" }, "refuse", undefined],
	["the same, signed in with the password", { byIdentity: undefined, byEmail: unproved, signedIn: "usr_unproved" }, "link", unproved],
	["it was taken away from this account", { byIdentity: undefined, byEmail: proved, formerOwner: "usr_proved", signedIn: undefined }, "refuse", undefined],
	["the same, signed in to it", { byIdentity: undefined, byEmail: proved, formerOwner: "usr_proved", signedIn: "usr_proved" }, "link", proved],
	["it was taken away from another account", { byIdentity: undefined, byEmail: proved, formerOwner: "usr_other", signedIn: undefined }, "link", proved],
	["it was taken away, and its address is nobody's now", { byIdentity: undefined, byEmail: undefined, formerOwner: "usr_proved", signedIn: undefined }, "create", undefined],
];

test.each(table)("%s", (_what, known, kind, user) => {
	expect(decideLink(known)).toEqual(user === undefined ? { kind } : { kind, user });
});
