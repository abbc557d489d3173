import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import { gemini } from "../../../../src/rules/dialects/gemini/index.ts";

const body = (status: string, message = "No", details: JsonObject[] = []) => JSON.stringify({ error: { code: 0, status, message, details } });
const decode = (status: number, text: string, headers = {}) => gemini.provider.decodeFailure(status, headers, text);

describe("failures by Google's own word", () => {
	it.each([
		[400, body("INVALID_ARGUMENT", "Request contains an invalid argument."), "bad-request", "caller"],
		[400, body("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [{ reason: "API_KEY_INVALID" }]), "authentication", "gateway"],
		[400, body("INVALID_ARGUMENT", "API key expired. Please renew the API key."), "authentication", "gateway"],
		[400, body("INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."), "context-length", "caller"],
		[400, body("FAILED_PRECONDITION", "User location is not supported for the API use."), "permission", "gateway"],
		[400, body("FAILED_PRECONDITION", "Please enable billing on project"), "quota", "gateway"],
		[401, body("UNAUTHENTICATED"), "authentication", "gateway"],
		[403, body("PERMISSION_DENIED"), "permission", "gateway"],
		[403, body("PERMISSION_DENIED", "Your API key was reported as leaked."), "authentication", "gateway"],
		[404, body("NOT_FOUND", "models/x is not found"), "model-not-found", "caller"],
		[429, body("RESOURCE_EXHAUSTED"), "rate-limited", "upstream"],
		[429, body("RESOURCE_EXHAUSTED", "Quota", [{ violations: [{ quotaId: "GenerateRequestsPerMinutePerProjectPerModel" }] }]), "rate-limited", "upstream"],
		[429, body("RESOURCE_EXHAUSTED", "Quota", [{ violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] }]), "quota", "gateway"],
		[500, body("INTERNAL"), "upstream", "upstream"],
		[503, body("UNAVAILABLE"), "overloaded", "upstream"],
		[504, body("DEADLINE_EXCEEDED"), "timeout", "upstream"],
		[502, "<html>Bad gateway</html>", "upstream", "upstream"],
		[429, `[${body("RESOURCE_EXHAUSTED")}]`, "rate-limited", "upstream"],
	] as const)("%s %s is %s", (status, text, kind, blame) => {
		expect(decode(status, text)).toMatchObject({ kind, blame, status });
	});

	it("wait as long as RetryInfo says, or the header, which is exact", () => {
		const text = body("RESOURCE_EXHAUSTED", "Slow down", [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "22.5s" }]);
		expect(decode(429, text).retryAfterMs).toBe(22_500);
		expect(decode(429, text, { "retry-after": "3" }).retryAfterMs).toBe(3000);
		expect(decode(429, body("RESOURCE_EXHAUSTED")).retryAfterMs).toBeUndefined();
	});

	it("name the reason and the field, and never a key", () => {
		const details = [{ reason: "SOME_REASON" }, { fieldViolations: [{ field: "contents[0].parts" }] }];
		expect(decode(400, body("INVALID_ARGUMENT", "Bad AIzaSyA1234567890abcdefghijklmnopqrstuv", details))).toMatchObject({ type: "INVALID_ARGUMENT", code: "SOME_REASON", param: "contents[0].parts" });
		expect(decode(400, body("INVALID_ARGUMENT", "Bad AIzaSyA1234567890abcdefghijklmnopqrstuv")).message).not.toContain("AIza");
	});
});
