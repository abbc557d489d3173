import { gatewayError, type GatewayError } from "../contract/errors.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import type { Services } from "./services.ts";

/**
 * A request that carries a key is done once: the first one is, its repetitions are given the first one's answer.
 *
 * - While it runs, it holds the key under a lease that is extended again and again: what dies in its midst gives it back.
 * - An answer that shows a secret once is kept sealed. Without encryption keys it is not kept at all: its repetition is refused, and
 *   nothing is made twice.
 */
export interface IdempotentRequest {
	/** Of the key, its principal and its operation. */
	readonly key: string;
	/** Of all that the request says. */
	readonly fingerprint: string;
	readonly requestId: string;
	/** The answer shows a secret once. */
	readonly isSecret: boolean;
}

/** What was answered, as it is kept. */
export interface KeptAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[]>>;
	readonly body: string;
}

/** The right to do what a key stands for. Used up by `finish` or `release`. */
export interface Permit {
	/** When the answer is forgotten, in milliseconds since 1970. */
	readonly expiresAt: number;
	/** Never rejects: the answer is there, kept or not. */
	finish(answer: KeptAnswer): Promise<void>;
	/** Nothing was done that must not be done again. Never rejects. */
	release(): Promise<void>;
}

export type Admission = { readonly state: "first"; readonly permit: Permit } | { readonly state: "repeated"; readonly answer: KeptAnswer; readonly expiresAt: number };

export async function admitOnce(request: IdempotentRequest, services: Services): Promise<Decoded<Admission, GatewayError>> {
	const { store, runtime, secrets } = services;
	const { key, fingerprint, requestId } = request;
	const now = runtime.now();
	const begun = await store.idempotency.begin({ key, fingerprint, owner: requestId, now, leaseUntil: now + leaseMs });
	if (begun.state === "begun") return { ok: true, value: { state: "first", permit: createPermit(request, services) } };
	if (begun.fingerprint !== fingerprint) return { ok: false, problem: gatewayError("IDEMPOTENCY_MISMATCH") };
	if (begun.state === "running") return { ok: false, problem: gatewayError("IDEMPOTENCY_RUNNING", { retryAfterMs: 1000 }) };
	const text = request.isSecret && begun.answer !== undefined ? await secrets?.open(begun.answer, key) : begun.answer;
	if (text === undefined) return { ok: false, problem: gatewayError("IDEMPOTENCY_SPENT") };
	return { ok: true, value: { state: "repeated", answer: JSON.parse(text), expiresAt: begun.expiresAt } };
}

function createPermit({ key, requestId, isSecret }: IdempotentRequest, { store, runtime, secrets }: Services): Permit {
	const expiresAt = runtime.now() + keptMs;
	let cancel = runtime.schedule(leaseMs / 3, extend);
	let isOver = false;

	function extend(): void {
		store.idempotency.extend(key, requestId, runtime.now() + leaseMs).catch(observe);
		if (!isOver) cancel = runtime.schedule(leaseMs / 3, extend);
	}
	const observe = (error: unknown) => runtime.observe({ type: "internal-error", requestId, error });
	async function end(last: () => Promise<unknown>): Promise<void> {
		if (isOver) return;
		isOver = true;
		cancel();
		await last().catch(observe);
	}

	return {
		expiresAt,
		finish: (answer) =>
			end(async () => {
				const text = JSON.stringify(answer);
				const kept = isSecret ? await secrets?.seal(text, key) : text;
				await store.idempotency.finish(key, requestId, { answer: kept, expiresAt });
			}),
		release: () => end(() => store.idempotency.release(key, requestId)),
	};
}

/** How long an answer is kept. */
const keptMs = 24 * 60 * 60_000;
/** How long a key stays taken after the process that held it has died. */
const leaseMs = 30_000;
