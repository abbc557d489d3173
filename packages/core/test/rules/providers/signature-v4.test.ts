import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signV4 } from "../../../src/rules/providers/signature-v4.ts";
import { hex, hmacSha256, sha256 } from "../../../src/rules/providers/signature-v4-sha256.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const now = Date.UTC(2015, 7, 30, 12, 36, 0);
const scope = { region: "us-east-1", service: "service" };
const form = { "content-type": "application/x-www-form-urlencoded" };

/** The names are those of AWS's own test suite (aws-sig-v4-test-suite). */
describe("signatures of AWS's test suite", () => {
	test.each([
		["get-vanilla", { method: "GET", url: "https://example.amazonaws.com/" }, "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
		["post-vanilla", { method: "POST", url: "https://example.amazonaws.com/" }, "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
		["get-vanilla-query-order-key-case", { method: "GET", url: "https://example.amazonaws.com/?Param2=value2&Param1=value1" }, "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"],
		["post-x-www-form-urlencoded", { method: "POST", url: "https://example.amazonaws.com/", headers: form, body: "Param1=value1" }, "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"],
	] as const)("%s", (_, request, names, signature) => {
		const headers = signV4({ headers: {}, ...request }, credentials, scope, now);
		expect(headers["x-amz-date"]).toBe("20150830T123600Z");
		expect(headers["authorization"]).toBe(
			`AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
		);
	});

	test("a session token is sent and signed", () => {
		const headers = signV4({ method: "GET", url: "https://example.amazonaws.com/", headers: {} }, { ...credentials, sessionToken: "token" }, scope, now);
		expect(headers["x-amz-security-token"]).toBe("token");
		expect(headers["authorization"]).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token,");
	});

	test("an encoded path is encoded once more, and a port is part of the host", () => {
		const url = "http://localhost:4000/model/anthropic.claude-3%3A0/converse";
		const { authorization } = signV4({ method: "POST", url, headers: {}, body: "{}" }, credentials, scope, now);
		const canonical = ["POST", "/model/anthropic.claude-3%253A0/converse", "", "host:localhost:4000", "x-amz-date:20150830T123600Z", "", "host;x-amz-date", createHash("sha256").update("{}").digest("hex")].join("\n");
		const text = ["AWS4-HMAC-SHA256", "20150830T123600Z", "20150830/us-east-1/service/aws4_request", createHash("sha256").update(canonical).digest("hex")].join("\n");
		const key = ["20150830", "us-east-1", "service", "aws4_request"].reduce((last: string | Buffer, part) => createHmac("sha256", last).update(part).digest(), `AWS4${credentials.secretAccessKey}`);
		expect(authorization).toContain(`Signature=${createHmac("sha256", key).update(text).digest("hex")}`);
	});
});

describe("SHA-256 and HMAC agree with the platform's", () => {
	test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])("at %i bytes", (length) => {
		const bytes = new Uint8Array(length).fill(0xa5);
		expect(hex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
	});

	test("for any bytes", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (key, message) => {
				expect(hex(sha256(message))).toBe(createHash("sha256").update(message).digest("hex"));
				expect(hex(hmacSha256(key, message))).toBe(createHmac("sha256", key).update(message).digest("hex"));
			}),
		);
	});
});
