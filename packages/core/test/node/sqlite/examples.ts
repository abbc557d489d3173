import type { CacheEntry } from "../../../src/effects/cache/cache-store.ts";
import type { NewTurn, UsageRecord } from "../../../src/contract/session.ts";

export function exampleRecord(id: string, startedAt = 1): UsageRecord {
	return {
		id,
		startedAt,
		surface: "openai",
		operation: "createChatCompletion",
		principalId: "operator",
		sessionId: "ses_1",
		provider: "sim",
		model: "echo",
		streamed: true,
		attempts: 1,
		outcome: "ok",
		status: 200,
		usage: { inputTokens: 10, outputTokens: 20 },
		firstEventMs: 12.5,
		durationMs: 80.25,
	};
}

export function exampleTurn(sessionId: string, requestId: string, text = "hello"): NewTurn {
	return {
		sessionId,
		ownerId: "owner",
		requestId,
		input: [{ role: "user", content: [{ type: "text", text }] }],
		answer: { role: "assistant", content: [{ type: "text", text }] },
		model: "sim/echo",
		usage: {},
		createdAt: 1,
	};
}

export function cacheKey(at: number): string {
	return at.toString(16).padStart(64, "0");
}

/** Long enough to lie on several pages. */
export function cacheEntry(at: number): CacheEntry {
	return { text: JSON.stringify({ version: 1, text: String.fromCodePoint(0x61 + (at % 26)).repeat(8000) }), storedAt: 1, expiresAt: 1e15 };
}
