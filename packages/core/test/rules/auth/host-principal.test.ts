import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asOwnPrincipal } from "../../../src/rules/auth/host-principal.ts";

const idOf = (id: string) => asOwnPrincipal({ kind: "host", id }).id;

describe("the id of a host's principal", () => {
	it.each([
		["ada", "ada"],
		["operator", "host:operator"],
		["operators", "operators"],
		["anonymous", "host:anonymous"],
		["usr_1", "host:usr_1"],
		["key_1", "host:key_1"],
		["host:operator", "host:host:operator"],
		["", ""],
	])("%s becomes %s", (id, own) => expect(idOf(id)).toBe(own));

	it("is never the same for two, and never one of the gateway's own", () => {
		const ids = fc.oneof(fc.string(), fc.constantFrom("operator", "anonymous", "usr_1", "key_1", "host:usr_1", "host:operator", "host:host:operator"));
		fc.assert(
			fc.property(ids, ids, (one, other) => {
				expect(idOf(one) === idOf(other)).toBe(one === other);
				expect(idOf(one)).not.toMatch(/^(?:operator$|anonymous$|usr_|key_)/);
			}),
		);
	});

	it("stays with everybody else", () => {
		for (const kind of ["operator", "user", "key", "anonymous"] as const) expect(asOwnPrincipal({ kind, id: "operator" }).id).toBe("operator");
	});
});
