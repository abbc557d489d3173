import { describe, expect, test } from "vitest";
import { createGateway, type ErrorCode, memoryStore, simulator, type UsageRecord } from "@postern/core";
import type { DialectId } from "../../src/contract/prompt.ts";
import { patient } from "./door.ts";
import { parseSse, type SurfaceCase, surfaceCases } from "./surfaces.ts";

/** The clock that ends a provider who falls silent is short; every other one gives all the time that a slow machine needs. */
const shortClocks: Readonly<Record<string, Clocks>> = {
	stall: { idleMs: 300 },
	"never-starts": { firstEventMs: 300 },
	"slow-headers-60000": { firstEventMs: 300 },
};
/** A whole answer has no other clock. */
const shortWhole = (model: string): Clocks | undefined => (model in shortClocks ? { totalMs: 600 } : undefined);
type Clocks = Readonly<Partial<Record<"firstEventMs" | "idleMs" | "totalMs", number>>>;

/** What a caller meets. `stream` says the same as `whole` where it has no word of its own. */
interface Fault {
	readonly model: string;
	readonly whole: Met;
	readonly stream?: Met;
	readonly retryAfterS?: number;
}
interface Met {
	/** `200` with a code: the error came after the commit, as the stream's last event. */
	readonly status: number;
	readonly code?: ErrorCode;
	/** What the ledger says where it is not `status`. */
	readonly ledgerStatus?: number;
	/** Two attempts are allowed. */
	readonly attempts: 1 | 2;
}

const faults = (dialect: DialectId): readonly Fault[] => {
	// OpenAI's servers have no error type for it inside a stream.
	const inStream = dialect === "openai-chat" ? { status: 502, code: "PROVIDER_ERROR" } : { status: 503, code: "PROVIDER_OVERLOADED" };
	const late = (code: ErrorCode, ledgerStatus: number): Met => ({ status: 200, code, ledgerStatus, attempts: 1 });
	return [
		{ model: "flaky", whole: { status: 200, attempts: 2 } },
		{ model: "rate-limited-0", whole: { status: 429, code: "RATE_LIMITED", attempts: 2 }, retryAfterS: 0 },
		{ model: "rate-limited-60", whole: { status: 429, code: "RATE_LIMITED", attempts: 1 }, retryAfterS: 60 },
		{ model: "overloaded", whole: { status: 503, code: "PROVIDER_OVERLOADED", attempts: 2 } },
		{ model: "error-500", whole: { status: 502, code: "PROVIDER_ERROR", attempts: 2 } },
		{ model: "unauthorized", whole: { status: 502, code: "PROVIDER_ERROR", attempts: 1 } },
		{ model: "bad-request", whole: { status: 400, code: "INVALID_REQUEST", attempts: 1 } },
		{ model: "context-length", whole: { status: 400, code: "CONTEXT_OVERFLOW", attempts: 1 } },
		{ model: "no-such-model", whole: { status: 404, code: "MODEL_NOT_FOUND", attempts: 1 } },
		{ model: "garbage", whole: { status: 502, code: "PROVIDER_ERROR", attempts: 2 } },
		{ model: "empty", whole: { status: 502, code: "PROVIDER_ERROR", attempts: 2 } },
		{ model: "error-in-stream", whole: { ...inStream, attempts: 2 } as Met },
		{ model: "error-after-start", whole: { ...inStream, attempts: 2 } as Met, stream: late(inStream.code as ErrorCode, inStream.status) },
		{ model: "cut", whole: { status: 502, code: "PROVIDER_ERROR", attempts: 2 }, stream: late("PROVIDER_ERROR", 502) },
		{ model: "early-end", whole: { status: 502, code: "PROVIDER_ERROR", attempts: 2 }, stream: late("PROVIDER_ERROR", 502) },
		{ model: "stall", whole: { status: 504, code: "TIMEOUT_ERROR", attempts: 1 }, stream: late("TIMEOUT_ERROR", 504) },
		{ model: "never-starts", whole: { status: 504, code: "TIMEOUT_ERROR", attempts: 1 } },
		{ model: "slow-headers-60000", whole: { status: 504, code: "TIMEOUT_ERROR", attempts: 1 } },
	];
};

function house(dialect: DialectId, clocks: Clocks = {}) {
	let cancelled = 0;
	const sim = simulator({ dialect, onCancel: () => cancelled++ });
	const store = memoryStore();
	const gateway = createGateway({
		providers: { sim },
		auth: false,
		store,
		retry: { attemptsPerTarget: 2, attemptsInAll: 2, baseDelayMs: 1, maxDelayMs: 10 },
		clocks: { firstEventMs: 30_000, idleMs: 30_000, totalMs: 60_000, ...clocks },
	});
	const ask = (surface: SurfaceCase, model: string, stream: boolean, signal?: AbortSignal): Promise<Response> => {
		const { path, body } = surface.ask(`sim/${model}`, stream);
		return gateway.fetch(
			new Request(`http://gateway${path}`, {
				method: "POST",
				headers: { "content-type": "application/json", "anthropic-version": "2023-06-01" },
				body: JSON.stringify(body),
				...(signal === undefined ? {} : { signal }),
			}),
		);
	};
	return { sim, store, gateway, ask, cancelled: () => cancelled };
}

async function onlyRecord(store: ReturnType<typeof memoryStore>): Promise<UsageRecord> {
	const records = await store.listUsage();
	expect(records).toHaveLength(1);
	return records[0] as UsageRecord;
}

/** What a surface says for an error code: its own, or its dialect's word. */
function expectCode({ name }: SurfaceCase, told: unknown, code: ErrorCode): void {
	expect(told).toBe(name === "openai" || name === "anthropic" ? dialectWords[name][code] : code);
}

const dialectWords: Readonly<Record<"openai" | "anthropic", Partial<Record<ErrorCode, string>>>> = {
	openai: {
		INVALID_REQUEST: "invalid_request",
		CONTEXT_OVERFLOW: "context_length_exceeded",
		MODEL_NOT_FOUND: "model_not_found",
		RATE_LIMITED: "rate_limit_exceeded",
		PROVIDER_ERROR: "provider_error",
		PROVIDER_OVERLOADED: "provider_overloaded",
		TIMEOUT_ERROR: "timeout_error",
	},
	anthropic: {
		INVALID_REQUEST: "invalid_request_error",
		CONTEXT_OVERFLOW: "invalid_request_error",
		MODEL_NOT_FOUND: "not_found_error",
		RATE_LIMITED: "rate_limit_error",
		PROVIDER_ERROR: "api_error",
		PROVIDER_OVERLOADED: "overloaded_error",
		TIMEOUT_ERROR: "timeout_error",
	},
};

describe.each<DialectId>(["openai-chat", "anthropic-messages"])("a provider that speaks %s", (dialect) => {
	describe.each(surfaceCases)("behind the $name surface", (surface) => {
		test.concurrent.each(faults(dialect))("$model, whole", async ({ model, whole: met, retryAfterS }) => {
			const { ask, store, sim } = house(dialect, shortWhole(model));
			const response = await ask(surface, model, false);
			const body: unknown = await response.json();
			expect({ status: response.status, body }).toMatchObject({ status: met.status });
			if (met.code !== undefined) expectCode(surface, surface.errorCode(body), met.code);
			if (retryAfterS !== undefined && retryAfterS > 0) expect(response.headers.get("retry-after")).toBe(String(retryAfterS));
			expectLedger(await onlyRecord(store), met, false);
			expect(sim.active()).toBe(0);
		});

		test.concurrent.each(faults(dialect))("$model, streamed", async ({ model, whole, stream: met = whole }) => {
			const { ask, store, sim } = house(dialect, shortClocks[model]);
			const response = await ask(surface, model, true);
			expect(response.status).toBe(met.status);
			if (response.status !== 200) {
				expect(response.headers.get("content-type")).toContain("application/json");
				expectCode(surface, surface.errorCode(await response.json()), met.code ?? "INTERNAL_ERROR");
			} else {
				const events = parseSse(await response.text());
				expect(surface.isComplete(events)).toBe(met.code === undefined);
				const terminal = surface.terminalCode(events);
				if (met.code === undefined) expect(terminal).toBeUndefined();
				else expectCode(surface, terminal, met.code);
			}
			expectLedger(await onlyRecord(store), met, true);
			expect(sim.active()).toBe(0);
		});

		test.for(["stall", "slow-60000", "never-starts", "slow-headers-60000"])("a hang-up on %s reaches the provider at once", async (model, { annotate }) => {
			for (const stream of [true, false]) {
				const { ask, store, sim, cancelled } = house(dialect);
				const controller = new AbortController();
				const answered = ask(surface, model, stream, controller.signal).then((response) => response.text());
				answered.catch(() => undefined);
				await expect.poll(sim.active, { ...patient, interval: 2 }).toBe(1);
				// As much as comes has come.
				await new Promise((resolve) => setTimeout(resolve, 20));
				const hungUpAt = performance.now();
				controller.abort();
				await expect.poll(cancelled, { ...patient, interval: 1 }).toBe(1);
				const tookMs = performance.now() - hungUpAt;
				// The promise is 100 ms; a slow machine is not to blame for more. Without a hang-up it were half a minute.
				expect(tookMs).toBeLessThan(5000);
				await annotate(`the provider knew after ${tookMs.toFixed(1)} ms`);
				expect(sim.active()).toBe(0);
				await expect.poll(async () => (await store.listUsage()).length, patient).toBe(1);
				expect(await onlyRecord(store)).toMatchObject({ outcome: "cancelled", status: 499, errorCode: "CANCELLED", streamed: stream, attempts: 1 });
			}
		});
	});
});

function expectLedger(record: UsageRecord, met: Met, streamed: boolean): void {
	expect(record).toMatchObject({
		provider: "sim",
		streamed,
		attempts: met.attempts,
		outcome: met.code === undefined ? "ok" : "failed",
		status: met.ledgerStatus ?? met.status,
	});
	expect(record.errorCode).toBe(met.code);
	// What was said before a fault was used: it is counted, and said to be a count of ours.
	if (met.status === 200 && met.code !== undefined) expect(record).toMatchObject({ isEstimated: true, usage: { outputTokens: expect.any(Number) } });
}
