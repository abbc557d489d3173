import { usageOutcomes, type UsageRecord } from "../../contract/session.ts";

const texts = ["id", "surface", "operation", "principalId", "provider", "model"] as const;
const optionalTexts = ["keyId", "projectId", "organisationId", "sessionId", "route", "credential", "errorCode", "priceVersion"] as const;
const numbers = ["startedAt", "attempts", "status", "durationMs"] as const;
const tokens = ["inputTokens", "outputTokens", "cachedInputTokens", "cacheWriteTokens", "reasoningTokens", "audioInputTokens", "audioOutputTokens"] as const;

/**
 * Records are committed in groups, so one that no table takes would take the others of its group with it: it is turned away
 * before it joins.
 * @throws TypeError naming the field.
 */
export function assertUsageRecord(record: UsageRecord): void {
	for (const field of texts) if (typeof record[field] !== "string") throw wrong(field, "text");
	for (const field of optionalTexts) {
		const text = record[field];
		if (text !== undefined && typeof text !== "string") throw wrong(field, "text or absent");
	}
	for (const field of numbers) if (!Number.isFinite(record[field])) throw wrong(field, "a finite number");
	if (typeof record.streamed !== "boolean") throw wrong("streamed", "a boolean");
	if (!usageOutcomes.includes(record.outcome)) throw wrong("outcome", usageOutcomes.join(", "));
	if (record.costMicroUsd !== undefined && !(Number.isSafeInteger(record.costMicroUsd) && record.costMicroUsd >= 0)) throw wrong("costMicroUsd", "a whole number or absent");
	if (record.cached !== undefined && !["exact", "semantic"].includes(record.cached)) throw wrong("cached", "exact, semantic or absent");
	if (!isCount(record.firstEventMs)) throw wrong("firstEventMs", "a finite number or absent");
	for (const field of tokens) if (!isCount(record.usage[field])) throw wrong(`usage.${field}`, "a finite number or absent");
}

function isCount(value: unknown): boolean {
	return value === undefined || Number.isFinite(value);
}

function wrong(field: string, expected: string): TypeError {
	return new TypeError(`The usage record's ${field} must be ${expected}`);
}
