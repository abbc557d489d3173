import { describe, expect, it } from "vitest";
import type { NewTurn, UsageRecord } from "../../../src/contract/session.ts";
import { memoryStore } from "../../../src/effects/store/memory-store.ts";
import { storeConformance } from "../../../src/testing/store-conformance.ts";

storeConformance("memory", { makeStore: () => memoryStore() }, { describe, it, expect });

describe("memory: bounds", () => {
	it("forgets the sessions that were not continued for longest", async () => {
		const store = memoryStore({ sessions: 2 });
		for (const sessionId of ["a", "b", "a", "c"]) await store.appendTurn(turn(sessionId));
		expect(await store.findSession("b")).toBeUndefined();
		expect((await store.findSession("a"))?.turnCount).toBe(2);
		expect((await store.findSession("c"))?.turnCount).toBe(1);
		expect((await store.appendTurn(turn("b")))?.sequence).toBe(1);
	});

	it("forgets sessions where all turns together grow too long, but never the one just continued", async () => {
		const store = memoryStore({ characters: 5000 });
		await store.appendTurn(turn("a", "x".repeat(2000)));
		await store.appendTurn(turn("b", "x".repeat(2000)));
		expect(await store.findSession("a")).toBeDefined();
		await store.appendTurn(turn("c", "x".repeat(2000)));
		expect(await store.findSession("a")).toBeUndefined();
		expect(await store.findSession("b")).toBeDefined();
		await store.appendTurn(turn("d", "x".repeat(9000)));
		expect(await Promise.all(["a", "b", "c"].map((id) => store.findSession(id)))).toEqual([undefined, undefined, undefined]);
		expect(await store.listTurns("d")).toHaveLength(1);
	});

	it("keeps the newest usage records", async () => {
		const store = memoryStore({ usageRecords: 3 });
		for (let at = 0; at < 5; at += 1) await store.recordUsage(record(`req_${at}`, at));
		expect((await store.listUsage()).map(({ id }) => id)).toEqual(["req_4", "req_3", "req_2"]);
	});
});

function turn(sessionId: string, text = "hello"): NewTurn {
	const answer = { role: "assistant", content: [{ type: "text", text }] } as const;
	return { sessionId, ownerId: "owner", requestId: "req", input: [], answer, model: "sim/echo", usage: {}, createdAt: 1 };
}

function record(id: string, startedAt: number): UsageRecord {
	return {
		id,
		startedAt,
		surface: "prompt",
		operation: "createPrompt",
		principalId: "operator",
		provider: "sim",
		model: "echo",
		streamed: false,
		attempts: 1,
		outcome: "ok",
		status: 200,
		usage: {},
		durationMs: 1,
	};
}
