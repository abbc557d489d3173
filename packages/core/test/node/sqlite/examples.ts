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
