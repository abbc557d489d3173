import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedaction } from "../../src/standalone/redaction.ts";

test("property: no secret is left, however JSON wrote it", () => {
	const secret = fc.string({ minLength: 8, maxLength: 40, unit: fc.constantFrom(..."abcXYZ019-_./+=\"\\") });
	fc.assert(
		fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.string(), (secrets, around) => {
			const line = JSON.stringify({ message: `${around}${secrets.join(around)}${around}`, list: secrets });
			const cleaned = createRedaction(secrets)(line);
			for (const one of secrets) expect(cleaned).not.toContain(JSON.stringify(one).slice(1, -1));
		}),
	);
});

describe("credentials that nobody told us of", () => {
	const redact = createRedaction([]);
	test.each([
		["Authorization: Bearer sk-unknown-1", "sk-unknown-1"],
		["authorization: sk-unknown-2", "sk-unknown-2"],
		['{"authorization":"Bearer sk-unknown-3"}', "sk-unknown-3"],
		['{"x-api-key":"sk-unknown-4","model":"m"}', "sk-unknown-4"],
		['{"message":"{\\"x-api-key\\":\\"sk-unknown-5\\"}"}', "sk-unknown-5"],
		["x-api-key: sk-unknown-6", "sk-unknown-6"],
		["BEARER sk-unknown-7", "sk-unknown-7"],
	])("%s", (line, secret) => {
		expect(redact(line)).not.toContain(secret);
		expect(redact(line)).toContain("[redacted]");
	});

	test("what only sounds like one stays", () => {
		expect(redact('{"msg":"Missing authorization header","path":"/v1/x"}')).toBe('{"msg":"Missing authorization header","path":"/v1/x"}');
	});
});

test("a secret that begins with another one goes whole", () => {
	expect(createRedaction(["token", "token-and-more"])("token-and-more token")).toBe("[redacted] [redacted]");
});
