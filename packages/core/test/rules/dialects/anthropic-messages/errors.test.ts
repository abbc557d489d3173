import { describe, expect, it } from "vitest";
import { type ErrorCode, gatewayError } from "../../../../src/contract/errors.ts";
import { anthropicError } from "../../../../src/contract/wire/anthropic-messages.ts";
import { anthropicMessages } from "../../../../src/rules/dialects/anthropic-messages/index.ts";

const { decodeFailure } = anthropicMessages.provider;
const body = (type: string, message = "m") => JSON.stringify({ type: "error", error: { type, message }, request_id: "req_up" });

describe("failures of a provider", () => {
	it.each([
		[400, body("invalid_request_error", "max_tokens: too big"), "bad-request", "caller"],
		[400, body("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"), "context-length", "caller"],
		[400, body("invalid_request_error", "input length and `max_tokens` exceed context limit: 199211 + 20000 > 200000"), "context-length", "caller"],
		[400, body("invalid_request_error", "Your credit balance is too low to access the Anthropic API."), "quota", "gateway"],
		[400, body("invalid_request_error", "Output blocked by content filtering policy"), "content-filter", "caller"],
		[401, body("authentication_error", "invalid x-api-key"), "authentication", "gateway"],
		[402, body("billing_error"), "quota", "gateway"],
		[403, body("permission_error"), "permission", "gateway"],
		[404, body("not_found_error", "model: claude-9"), "model-not-found", "caller"],
		[404, body("not_found_error", "file_1 was not found"), "bad-request", "caller"],
		[413, body("request_too_large"), "bad-request", "caller"],
		[429, body("rate_limit_error"), "rate-limited", "upstream"],
		[500, body("api_error"), "upstream", "upstream"],
		[504, body("timeout_error"), "timeout", "upstream"],
		[529, body("overloaded_error"), "overloaded", "upstream"],
		[529, "<html>busy</html>", "overloaded", "upstream"],
		[502, "", "upstream", "upstream"],
		[400, "null", "bad-request", "caller"],
		[503, JSON.stringify({ error: "down" }), "overloaded", "upstream"],
		[418, body("teapot_error"), "bad-request", "caller"],
	])("%i %s is %s, blamed on %s", (status, text, kind, blame) => {
		expect(decodeFailure(status, {}, text)).toMatchObject({ kind, blame, status });
	});

	it("waits as long as the provider asks", () => {
		expect(decodeFailure(429, { "retry-after": "12" }, body("rate_limit_error")).retryAfterMs).toBe(12_000);
		const dates = { "retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" };
		expect(decodeFailure(529, dates, "")).toMatchObject({ retryAfterMs: 30_000 });
	});

	it("tells the caller's own mistake in the provider's words, without keys", () => {
		const { message, type } = decodeFailure(400, {}, body("invalid_request_error", "tools.0: bad, key sk-ant-api03-SECRETSECRET"));
		expect(message).toBe("tools.0: bad, key [redacted]");
		expect(type).toBe("invalid_request_error");
	});

	it.each([[401], [403], [429], [500], [529]])("tells nothing of the provider's words at %i", (status) => {
		expect(decodeFailure(status, {}, body("x_error", "host db01 sk-ant-api03-SECRETSECRET")).message).not.toMatch(/db01|SECRET/);
	});
});

describe("errors for a caller", () => {
	it.each<[ErrorCode, string]>([
		["VALIDATION_ERROR", "invalid_request_error"],
		["CONTEXT_OVERFLOW", "invalid_request_error"],
		["UNSUPPORTED_MEDIA_TYPE", "invalid_request_error"],
		["INVALID_TOKEN", "authentication_error"],
		["FORBIDDEN", "permission_error"],
		["MODEL_NOT_FOUND", "not_found_error"],
		["PAYLOAD_TOO_LARGE", "request_too_large"],
		["CONCURRENCY_LIMIT_ERROR", "rate_limit_error"],
		["RATE_LIMITED", "rate_limit_error"],
		["RATE_LIMIT_EXCEEDED", "rate_limit_error"],
		["BUDGET_EXCEEDED", "billing_error"],
		["PRICE_UNKNOWN", "billing_error"],
		["PROVIDER_OVERLOADED", "overloaded_error"],
		["SHUTTING_DOWN", "overloaded_error"],
		["TIMEOUT_ERROR", "timeout_error"],
		["PROVIDER_ERROR", "api_error"],
		["PROVIDER_NOT_CONFIGURED", "api_error"],
		["INTERNAL_ERROR", "api_error"],
	])("%s is %s", (code, type) => {
		const error = gatewayError(code);
		const encoded = anthropicMessages.caller.encodeError(error, "req_1");
		expect(encoded).toEqual({ type: "error", error: { type, message: error.message }, request_id: "req_1" });
		expect(anthropicError.safeParse(encoded).success).toBe(true);
	});
});
