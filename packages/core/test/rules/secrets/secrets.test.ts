import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEncryptionKey } from "../../../src/rules/secrets/encryption-key.ts";
import { formatEnvelope, parseEnvelope } from "../../../src/rules/secrets/envelope.ts";
import { maskedSecret } from "../../../src/rules/secrets/mask.ts";

describe("masked secrets", () => {
	it.each([
		["", "***"],
		["a", "a***"],
		["12345678", "12***"],
		["123456789", "1234***6789"],
		["sk-proj-abcdefgh", "sk-p***efgh"],
	])("%j is shown as %j", (secret, shown) => expect(maskedSecret(secret)).toBe(shown));
});

describe("envelopes", () => {
	it("are read as they were written", () => {
		fc.assert(
			fc.property(fc.string(), fc.uint8Array(), fc.uint8Array(), (keyId, iv, data) => {
				const read = parseEnvelope(formatEnvelope({ keyId, iv, data }));
				expect(read?.keyId).toBe(keyId);
				expect([...(read?.iv ?? [])]).toEqual([...iv]);
				expect([...(read?.data ?? [])]).toEqual([...data]);
			}),
		);
	});

	it.each(["", "x", "null", "1", "[]", "{}", '{"v":2,"kid":"a","iv":"","data":""}', '{"v":1,"kid":1,"iv":"","data":""}', '{"v":1,"kid":"a","iv":"?","data":""}'])(
		"%s is none",
		(text) => expect(parseEnvelope(text)).toBe(undefined),
	);
});

describe("encryption keys", () => {
	it("are 32 bytes as base64", () => expect(decodeEncryptionKey(`${"A".repeat(43)}=`, "here")).toHaveLength(32));

	it.each(["", "secret", "A".repeat(44), `${"A".repeat(42)}==`, `${"A".repeat(43)}=\n`])("%j is none, and is not quoted", (text) => {
		expect(() => decodeEncryptionKey(text, "here")).toThrow(/^here must be 32 bytes as base64, as "openssl rand -base64 32" makes them$/);
	});
});
