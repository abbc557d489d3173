import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unfoldAnswer } from "../../src/rules/sessions/unfold.ts";
import { dialects, encodingContext, providers } from "./dialects.ts";
import { guardPrototypes, inTime } from "./expectations.ts";
import { hostileText, hostileValue, mutatedJson } from "./hostile.ts";

guardPrototypes();

describe.each(providers)("a broken whole answer of $id", ({ provider, answers }) => {
	const own = answers.chain((answer) => mutatedJson(answer));
	const body = fc.oneof({ weight: 5, arbitrary: own }, hostileValue()).map(hostileText);

	it("is an answer that every dialect can tell, or one failure", () => {
		fc.assert(
			fc.property(body, (text) => {
				const decoded = inTime(() => provider.decodeAnswer(JSON.parse(text)));
				if (!decoded.ok) {
					expect(decoded.problem.message).not.toBe("");
					return;
				}
				for (const target of dialects) {
					expect(JSON.stringify(target.caller.encodeAnswer(decoded.value, encodingContext))).toContain("{");
					const streamed = unfoldAnswer(decoded.value);
					expect(target.caller.createStreamEncoder(encodingContext).push(streamed)).not.toBe("");
				}
			}),
			{ numRuns: 300 },
		);
	});

	it("is a failure with a sentence of ours where the status says so", () => {
		const headers = fc.dictionary(fc.constantFrom("retry-after", "retry-after-ms", "date", "x-request-id"), fc.oneof(fc.string(), fc.constantFrom("-1", "1e99", "NaN", "Thu, 01 Jan 1970 00:00:00 GMT", "9".repeat(400))));
		const text = fc.oneof(
			fc.string(),
			body,
			hostileValue().map((value) => `{"error":${hostileText(value)}}`),
			hostileValue().map((value) => `{"type":"error","error":{"type":${hostileText(value)},"message":${hostileText(value)},"code":${hostileText(value)},"details":${hostileText(value)}}}`),
			hostileValue().map((value) => `[{"error":{"status":${hostileText(value)},"message":"no","details":[${hostileText(value)}]}}]`),
		);
		fc.assert(
			fc.property(fc.integer({ min: 400, max: 599 }), headers, text, (status, given, failed) => {
				const failure = inTime(() => provider.decodeFailure(status, given, failed));
				expect(failure.message).not.toBe("");
				expect(failure.message.length).toBeLessThanOrEqual(500);
				expect(failure.message.isWellFormed()).toBe(true);
				if (failure.retryAfterMs !== undefined) expect(failure.retryAfterMs).toBeGreaterThanOrEqual(0);
			}),
			{ numRuns: 300 },
		);
	});

	it("may be no count of tokens", () => {
		fc.assert(
			fc.property(hostileValue().map(hostileText), (text) => {
				const value = JSON.parse(text);
				for (const counted of [value, { input_tokens: value }, { totalTokens: value }]) {
					const decoded = provider.tokenCount?.decodeAnswer(counted);
					if (decoded?.ok) expect(Number.isSafeInteger(decoded.value) && decoded.value >= 0).toBe(true);
				}
			}),
		);
	});
});
