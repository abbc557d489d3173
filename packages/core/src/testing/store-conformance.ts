import type { NewTurn, UsageRecord } from "../contract/session.ts";
import type { Store } from "../effects/store/store.ts";
import { accountConformance } from "./account-conformance.ts";
import { auditConformance } from "./audit-conformance.ts";
import { awkwardTexts } from "./awkward-texts.ts";
import { credentialConformance } from "./credential-conformance.ts";
import { idempotencyConformance } from "./idempotency-conformance.ts";
import { insightsConformance } from "./insights-conformance.ts";
import { learningConformance } from "./learning-conformance.ts";
import { limitConformance } from "./limit-conformance.ts";
import { tenancyConformance } from "./tenancy-conformance.ts";
import type { TestFunctions } from "./test-functions.ts";

export interface StoreConformanceOptions {
	/** A fresh, empty store. */
	readonly makeStore: () => Store | Promise<Store>;
	/** A second store on what the given one wrote, after it was closed. Absent where nothing outlives the store. */
	readonly reopen?: (closed: Store) => Store | Promise<Store>;
}

/** What every store must do, as tests. */
export function storeConformance(name: string, options: StoreConformanceOptions, test: TestFunctions): void {
	const { describe, it, expect } = test;

	async function withStore(body: (store: Store) => Promise<void>): Promise<void> {
		const store = await options.makeStore();
		try {
			await body(store);
		} finally {
			await store.close();
		}
	}
	function itOnStore(title: string, body: (store: Store) => Promise<void>): void {
		it(title, () => withStore(body));
	}

	describe(`${name}: sessions`, () => {
		itOnStore("knows nothing at first", async (store) => {
			expect(await store.findSession("ses_1")).toBe(undefined);
			expect(await store.listTurns("ses_1")).toEqual([]);
			expect(await store.listUsage()).toEqual([]);
			await store.check();
		});

		itOnStore("begins a session with its first turn and continues it", async (store) => {
			const { ownerId: _owner, ...rest } = exampleTurn({ createdAt: 100 });
			expect(await store.appendTurn(exampleTurn({ createdAt: 100 }))).toEqual({ ...rest, sequence: 1 });
			expect(await store.findSession("ses_1")).toEqual(exampleSession(100, 100, 1));
			const second = await store.appendTurn(exampleTurn({ requestId: "req_2", createdAt: 250 }));
			expect(second?.sequence).toBe(2);
			expect(await store.findSession("ses_1")).toEqual(exampleSession(100, 250, 2));
		});

		itOnStore("keeps every kind of message part as it was", async (store) => {
			const { ownerId: _owner, ...turn } = richTurn();
			await store.appendTurn(richTurn());
			expect(await store.listTurns("ses_1")).toEqual([{ ...turn, sequence: 1 }]);
		});

		itOnStore("is not changed through what was passed in or given out", async (store) => {
			const text = { type: "text" as const, text: "before" };
			await store.appendTurn(exampleTurn({ input: [{ role: "user", content: [text] }] }));
			text.text = "after";
			const [first] = await store.listTurns("ses_1");
			Object.assign(first?.answer ?? {}, { content: [] });
			const [again] = await store.listTurns("ses_1");
			expect(again?.input).toEqual([{ role: "user", content: [{ type: "text", text: "before" }] }]);
			expect(again?.answer).toEqual(exampleTurn().answer);
		});

		for (const [label, text] of awkwardTexts) {
			itOnStore(`gives back ${label} in messages and names`, async (store) => {
				const turn = exampleTurn({
					sessionId: text,
					ownerId: text,
					requestId: text,
					model: text,
					target: text,
					input: [{ role: "user", content: [{ type: "text", text }] }],
					answer: { role: "assistant", content: [{ type: "text", text }] },
				});
				const { ownerId: _owner, ...rest } = turn;
				await store.appendTurn(turn);
				expect(await store.listTurns(text)).toEqual([{ ...rest, sequence: 1 }]);
				expect((await store.findSession(text))?.ownerId).toBe(text);
			});
		}

		itOnStore("tells ids apart that differ in a lone surrogate only", async (store) => {
			await store.appendTurn(exampleTurn({ sessionId: "s\ud800", ownerId: "o\ud800" }));
			expect(await store.findSession("s\ud801")).toBe(undefined);
			expect(await store.appendTurn(exampleTurn({ sessionId: "s\ud800", ownerId: "o\ud801" }))).toBe(undefined);
			expect(await store.findSession("s\\ud800")).toBe(undefined);
		});

		itOnStore("writes nothing into another owner's session", async (store) => {
			await store.appendTurn(exampleTurn({ createdAt: 1 }));
			expect(await store.appendTurn(exampleTurn({ ownerId: "someone else", createdAt: 2 }))).toBe(undefined);
			expect(await store.findSession("ses_1")).toEqual(exampleSession(1, 1, 1));
			expect((await store.listTurns("ses_1")).length).toBe(1);
		});

		itOnStore("finds a turn by its request, for its owner alone", async (store) => {
			const { ownerId, ...turn } = richTurn();
			await store.appendTurn({ ...turn, ownerId });
			await store.appendTurn(exampleTurn({ requestId: "req_2" }));
			expect(await store.findTurn("req_rich", ownerId)).toEqual({ ...turn, sequence: 1 });
			expect((await store.findTurn("req_2", ownerId))?.sequence).toBe(2);
			expect(await store.findTurn("req_3", ownerId)).toBe(undefined);
			expect(await store.findTurn("req_rich", "someone else")).toBe(undefined);
		});

		itOnStore("adds a turn behind a certain one only while that is the newest", async (store) => {
			expect(await store.appendTurn(exampleTurn({ follows: 1 }))).toBe(undefined);
			expect(await store.findSession("ses_1")).toBe(undefined);
			await store.appendTurn(exampleTurn());
			expect(await store.appendTurn(exampleTurn({ requestId: "req_x", ownerId: "someone else", follows: 1 }))).toBe(undefined);
			const branches = ["req_a", "req_b", "req_c"].map((requestId) => store.appendTurn(exampleTurn({ requestId, follows: 1, createdAt: 7 })));
			const added = (await Promise.all(branches)).filter((turn) => turn !== undefined);
			expect(added.map((turn) => turn.sequence)).toEqual([2]);
			expect((await store.listTurns("ses_1")).map((turn) => turn.requestId)).toEqual(["req_1", added[0]?.requestId]);
			expect((await store.findSession("ses_1"))?.turnCount).toBe(2);
		});

		itOnStore("deletes a turn, and keeps its words as long as later turns stand on them", async (store) => {
			for (const at of [1, 2, 3, 4]) await store.appendTurn(exampleTurn({ requestId: `req_${at}` }));
			const kept = async () => (await store.listTurns("ses_1")).map((turn) => turn.requestId);
			expect(await store.deleteTurn("req_3", "someone else")).toBe(false);
			expect(await store.deleteTurn("req_9", "owner")).toBe(false);
			expect(await store.deleteTurn("req_3", "owner")).toBe(true);
			expect(await store.deleteTurn("req_3", "owner")).toBe(false);
			expect(await store.findTurn("req_3", "owner")).toBe(undefined);
			expect(await kept()).toEqual(["req_1", "req_2", "req_3", "req_4"]);
			expect(await store.deleteTurn("req_4", "owner")).toBe(true);
			expect(await kept()).toEqual(["req_1", "req_2"]);
			expect((await store.appendTurn(exampleTurn({ requestId: "req_5" })))?.sequence).toBe(5);
			expect(await kept()).toEqual(["req_1", "req_2", "req_5"]);
		});

		itOnStore("deletes the only turn of a session whole", async (store) => {
			await store.appendTurn(exampleTurn());
			expect(await store.deleteTurn("req_1", "owner")).toBe(true);
			expect(await store.listTurns("ses_1")).toEqual([]);
			expect((await store.appendTurn(exampleTurn({ requestId: "req_2" })))?.sequence).toBe(2);
		});

		itOnStore("lists the newest turns in order", async (store) => {
			for (let turn = 1; turn <= 5; turn += 1) await store.appendTurn(exampleTurn({ requestId: `req_${turn}`, createdAt: turn }));
			const sequences = async (limit?: number) => (await store.listTurns("ses_1", limit)).map((turn) => turn.sequence);
			expect(await sequences()).toEqual([1, 2, 3, 4, 5]);
			expect(await sequences(2)).toEqual([4, 5]);
			expect(await sequences(9)).toEqual([1, 2, 3, 4, 5]);
			expect(await sequences(0)).toEqual([]);
			await expect(store.listTurns("ses_1", -1)).rejects.toThrow(/limit/);
			await expect(store.listTurns("ses_1", 1.5)).rejects.toThrow(/limit/);
		});

		itOnStore("queues turns of one session that come at once, and mixes up no two sessions", async (store) => {
			const turns = Array.from({ length: 40 }, (_, at) => exampleTurn({ sessionId: `ses_${at % 2}`, requestId: `req_${at}` }));
			const stored = await Promise.all(turns.map((turn) => store.appendTurn(turn)));
			for (const session of ["ses_0", "ses_1"]) {
				const listed = await store.listTurns(session);
				expect(listed.map((turn) => turn.sequence)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
				const wanted = stored.filter((turn) => turn?.sessionId === session).map((turn) => turn?.requestId);
				expect(listed.map((turn) => turn.requestId).sort()).toEqual(wanted.sort());
				expect((await store.findSession(session))?.turnCount).toBe(20);
			}
		});
	});

	describe(`${name}: usage`, () => {
		itOnStore("gives back a record with every field and one with the fewest", async (store) => {
			await store.recordUsage(fullRecord);
			await store.recordUsage(exampleRecord({ id: "req_least", startedAt: 1 }));
			expect(await store.listUsage()).toEqual([fullRecord, exampleRecord({ id: "req_least", startedAt: 1 })]);
		});

		for (const [label, text] of awkwardTexts) {
			itOnStore(`gives back ${label} in a record`, async (store) => {
				const names = { principalId: text, keyId: text, projectId: text, organisationId: text, sessionId: text, route: text, provider: text, model: text, credential: text, errorCode: text };
				const record = exampleRecord({ id: text, ...names });
				await store.recordUsage(record);
				expect(await store.listUsage({ id: text, principalId: text, sessionId: text })).toEqual([record]);
			});
		}

		itOnStore("keeps numbers exactly", async (store) => {
			const numbers = [0, 0.1 + 0.2, 1.123456789012345, 5e-324, 1e21, Number.MAX_SAFE_INTEGER, 1_790_000_000_000.123];
			const records = numbers.map((durationMs, at) => exampleRecord({ id: `req_${at}`, startedAt: 10 - at, durationMs }));
			await Promise.all(records.map((record) => store.recordUsage(record)));
			expect(await store.listUsage()).toEqual(records);
		});

		itOnStore("lists the newest first, 100 unless told otherwise", async (store) => {
			const ids = Array.from({ length: 120 }, (_, at) => `req_${String(at).padStart(3, "0")}`);
			await Promise.all(ids.map((id, at) => store.recordUsage(exampleRecord({ id, startedAt: (at * 7) % 120 }))));
			const byStart = ids.toSorted((one, other) => startOf(ids, other) - startOf(ids, one));
			const listed = async (limit?: number) =>
				(await store.listUsage(limit === undefined ? {} : { limit })).map((record) => record.id);
			expect(await listed()).toEqual(byStart.slice(0, 100));
			expect(await listed(1000)).toEqual(byStart);
			expect(await listed(3)).toEqual(byStart.slice(0, 3));
			expect(await listed(0)).toEqual([]);
			await expect(store.listUsage({ limit: -1 })).rejects.toThrow(/limit/);
		});

		itOnStore("filters by id, principal and session, alone and together", async (store) => {
			await Promise.all([
				store.recordUsage(exampleRecord({ id: "a", startedAt: 4, principalId: "one", sessionId: "ses_1" })),
				store.recordUsage(exampleRecord({ id: "b", startedAt: 3, principalId: "one", sessionId: "ses_2" })),
				store.recordUsage(exampleRecord({ id: "c", startedAt: 2, principalId: "two", sessionId: "ses_1" })),
				store.recordUsage(exampleRecord({ id: "d", startedAt: 1, principalId: "one" })),
			]);
			const listed = async (filter: Parameters<Store["listUsage"]>[0]) => (await store.listUsage(filter)).map((record) => record.id);
			expect(await listed({ principalId: "one" })).toEqual(["a", "b", "d"]);
			expect(await listed({ sessionId: "ses_1" })).toEqual(["a", "c"]);
			expect(await listed({ principalId: "one", sessionId: "ses_1" })).toEqual(["a"]);
			expect(await listed({ principalId: "one", limit: 2 })).toEqual(["a", "b"]);
			expect(await listed({ id: "c" })).toEqual(["c"]);
			expect(await listed({ id: "e" })).toEqual([]);
		});

		itOnStore("writes each id once: the first record stays", async (store) => {
			const first = exampleRecord({ id: "req_1", model: "first" });
			await Promise.all([store.recordUsage(first), store.recordUsage({ ...first, model: "same turn" })]);
			await store.listUsage();
			await store.recordUsage({ ...first, model: "later" });
			expect(await store.listUsage()).toEqual([first]);
		});

		itOnStore("refuses a record that no table takes, and keeps those around it", async (store) => {
			const broken = { ...exampleRecord({ id: "req_2" }), durationMs: Number.NaN };
			const results = await Promise.allSettled([
				store.recordUsage(exampleRecord({ id: "req_1" })),
				store.recordUsage(broken),
				store.recordUsage(exampleRecord({ id: "req_3" })),
			]);
			expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
			await expect(store.recordUsage(broken)).rejects.toThrow(/durationMs/);
			expect((await store.listUsage()).map((record) => record.id).sort()).toEqual(["req_1", "req_3"]);
		});
	});

	tenancyConformance(name, itOnStore, test);
	accountConformance(name, itOnStore, test);
	auditConformance(name, itOnStore, test);
	credentialConformance(name, itOnStore, test);
	idempotencyConformance(name, itOnStore, test);
	limitConformance(name, itOnStore, test);
	insightsConformance(name, itOnStore, test);
	learningConformance(name, itOnStore, test);

	describe(`${name}: the end`, () => {
		it("refuses every verb after close, and closes twice", async () => {
			const store = await options.makeStore();
			await store.recordUsage(exampleRecord());
			await store.close();
			await store.close();
			const closed = /closed/;
			await expect(store.findSession("ses_1")).rejects.toThrow(closed);
			await expect(store.appendTurn(exampleTurn())).rejects.toThrow(closed);
			await expect(store.listTurns("ses_1")).rejects.toThrow(closed);
			await expect(store.findTurn("req_1", "owner")).rejects.toThrow(closed);
			await expect(store.deleteTurn("req_1", "owner")).rejects.toThrow(closed);
			await expect(store.recordUsage(exampleRecord())).rejects.toThrow(closed);
			await expect(store.listUsage()).rejects.toThrow(closed);
			await expect(store.insights.sum({ edges: [0, 1], by: [] })).rejects.toThrow(closed);
			await expect(store.insights.prune({ records: 1 })).rejects.toThrow(closed);
			await expect(store.learning.find({ projectId: undefined, route: "smart" })).rejects.toThrow(closed);
			await expect(store.learning.putFeedback({ requestId: "req_1", score: 1, at: 1 }, () => undefined)).rejects.toThrow(closed);
			await expect(store.accounts.findUser("usr_1")).rejects.toThrow(closed);
			await expect(store.accounts.revokeSessions("usr_1", 1)).rejects.toThrow(closed);
			await expect(store.tenancy.findKey("hash", 1)).rejects.toThrow(closed);
			await expect(store.tenancy.touchKeys([{ keyId: "key_1", at: 1 }])).rejects.toThrow(closed);
			await expect(store.check()).rejects.toThrow(closed);
		});

		it("closes without ever having been used", async () => {
			await (await options.makeStore()).close();
		});

		const { reopen } = options;
		if (reopen === undefined) return;
		it("waits at close for what is being written, and finds it again", async () => {
			const store = await options.makeStore();
			const records = Array.from({ length: 300 }, (_, at) => exampleRecord({ id: `req_${at}`, startedAt: 1000 - at }));
			const writing = [...records.map((record) => store.recordUsage(record)), store.appendTurn(richTurn())];
			await store.close();
			await Promise.all(writing);
			const again = await reopen(store);
			try {
				expect(await again.listUsage({ limit: 1000 })).toEqual(records);
				expect((await again.appendTurn(exampleTurn()))?.sequence).toBe(2);
				expect((await again.listTurns("ses_1")).map((turn) => turn.requestId)).toEqual(["req_rich", "req_1"]);
			} finally {
				await again.close();
			}
		});
	});
}

function startOf(ids: readonly string[], id: string): number {
	return (ids.indexOf(id) * 7) % 120;
}

function exampleSession(createdAt: number, updatedAt: number, turnCount: number) {
	return { id: "ses_1", ownerId: "owner", createdAt, updatedAt, turnCount };
}

function exampleTurn(fields: Partial<NewTurn> = {}): NewTurn {
	return {
		sessionId: "ses_1",
		ownerId: "owner",
		requestId: "req_1",
		input: [{ role: "user", content: [{ type: "text", text: "How many?" }] }],
		answer: { role: "assistant", content: [{ type: "text", text: "Three." }] },
		model: "sim/echo",
		usage: { inputTokens: 3, outputTokens: 2 },
		createdAt: 1_790_000_000_000,
		...fields,
	};
}

function richTurn(): NewTurn {
	const parts = { type: "parts", parts: [{ type: "text", text: "3" }] } as const;
	return exampleTurn({
		requestId: "req_rich",
		input: [
			{ role: "system", content: [{ type: "text", text: "Be brief." }], metadata: { openai: { role: "developer" } } },
			{ role: "user", content: [{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBORw0KGgo=" } }] },
			{ role: "assistant", content: [{ type: "tool-call", toolCallId: "call_1", toolName: "count", input: '{"n": 1.0e2, "n": 1e999}' }] },
			{ role: "tool", content: [{ type: "tool-result", toolCallId: "call_1", output: parts, isError: true }] },
		],
		answer: {
			role: "assistant",
			content: [
				{ type: "reasoning", text: "", metadata: { anthropic: { redactedData: "Zm9v", nested: [null, true, 0.1, { deep: "\ud800" }] } } },
				{ type: "text", text: "Three.", refusal: true, sources: [{ url: "https://example.org/", title: "Example" }] },
				{ type: "opaque", dialect: "anthropic-messages", value: { type: "server_tool_use", input: {} } },
			],
		},
		usage: { inputTokens: 3, outputTokens: 2, cachedInputTokens: 0, cacheWriteTokens: 1, reasoningTokens: 1 },
	});
}

function exampleRecord(fields: Partial<UsageRecord> = {}): UsageRecord {
	return {
		id: "req_1",
		startedAt: 1_790_000_000_000,
		surface: "openai",
		operation: "createChatCompletion",
		principalId: "operator",
		provider: "sim",
		model: "echo",
		streamed: false,
		attempts: 1,
		outcome: "ok",
		status: 200,
		usage: {},
		durationMs: 12,
		...fields,
	};
}

const fullRecord: UsageRecord = {
	...exampleRecord(),
	id: "req_full",
	sessionId: "ses_1",
	route: "fast",
	streamed: true,
	attempts: 3,
	outcome: "failed",
	status: 502,
	errorCode: "PROVIDER_ERROR",
	usage: { inputTokens: 100, outputTokens: 20, cachedInputTokens: 0, cacheWriteTokens: 7, reasoningTokens: 5, audioInputTokens: 60, audioOutputTokens: 9 },
	isEstimated: true,
	keyId: "key_1",
	projectId: "prj_1",
	organisationId: "org_1",
	credential: "sim#2",
	costMicroUsd: 1234,
	priceVersion: "2026-11-22",
	cached: "semantic",
	firstEventMs: 34.5,
	durationMs: 120.25,
	trace: {
		decision: { strategy: "cheapest", reason: "strategy", resting: ["sim/echo"] },
		attempts: [{ target: "sim/echo\u0000", startedMs: 0, durationMs: 12, failure: "overloaded", status: 529 }],
	},
};
