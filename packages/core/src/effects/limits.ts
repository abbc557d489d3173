import type { GatewayError } from "../contract/errors.ts";
import type { LimitedParty } from "../contract/tenancy.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import type { ModelTable } from "../rules/models/table.ts";
import { findTargetFacts } from "../rules/models/target-facts.ts";
import { asksFor, type Ending, hasMoneyBudget, type PricedTarget, priceMissing, type RequestSize, type SizedAsk, usedBy } from "../rules/limits/asks.ts";
import { partyKey } from "../rules/limits/counters.ts";
import { limitHeaders, refusalHeaders } from "../rules/limits/header-fields.ts";
import { refusalOf } from "../rules/limits/refusal.ts";
import type { Plan } from "../rules/routing/order.ts";
import type { Target } from "../rules/routing/target.ts";
import type { Runtime } from "./runtime.ts";
import type { Store } from "./store/store.ts";

/** Requests of limited principals: what is held for them while they run. Requests of others never come here. */
export interface Limiter {
	/** Holds what a request may use, of all parties at once, before anything is sent. */
	admit(request: LimitedRequest): Promise<Decoded<Admission, GatewayError>>;
	/** What the answer to a request tells of its limits, granted or refused. Given out once; `undefined` where none apply. */
	takeHeaders(requestId: string): Readonly<Record<string, string>> | undefined;
}

export interface LimitedRequest {
	readonly requestId: string;
	readonly parties: readonly LimitedParty[];
	readonly plan: Plan;
	readonly size: RequestSize;
}

export interface Admission {
	/** Without targets whose price is not known, where money is counted. */
	readonly plan: Plan;
	/** The answer must be no longer: more is not left of a budget. */
	readonly maxOutputTokens?: number;
	readonly lease: LimitLease;
}

export interface LimitLease {
	/**
	 * What was used takes the place of what was held. Never rejects: where the store fails, the lease runs out and all that was held
	 * counts as spent, and the answer that is there already is not lost for that.
	 */
	settle(end: ExchangeEnd): Promise<void>;
	/** The exchange is over: where it was never settled, its lease may run out. */
	letGo(): void;
}

export type ExchangeEnd = Omit<Ending, "prices"> & { readonly target: Target };

/** How long a reservation outlives its process; and how often those of long requests are renewed. */
const leaseMs = 60_000;
const renewEveryMs = 20_000;

export function createLimiter({ runtime, store, models }: { readonly runtime: Runtime; readonly store: Store; readonly models: ModelTable }): Limiter {
	const headers = new Map<string, Readonly<Record<string, string>>>();
	/** When the leases of the requests that run here run out. */
	const leases = new Map<string, number>();
	let isRenewing = false;

	function hold(id: string, expiresAt: number): void {
		leases.set(id, expiresAt);
		if (isRenewing) return;
		isRenewing = true;
		runtime.schedule(renewEveryMs, renew);
	}

	/** One timer for all, which ends with the last of them. */
	async function renew(): Promise<void> {
		const now = runtime.now();
		const expiresAt = now + leaseMs;
		const old = [...leases].flatMap(([id, until]) => (until - now > leaseMs - renewEveryMs ? [] : [id]));
		try {
			if (old.length > 0) await store.limits.renew(old, { now, expiresAt });
			for (const id of old) if (leases.has(id)) leases.set(id, expiresAt);
		} catch (error) {
			runtime.observe({ type: "warning", message: `The leases of ${old.length} running requests were not renewed: ${messageOf(error)}` });
		}
		isRenewing = leases.size > 0;
		if (isRenewing) runtime.schedule(renewEveryMs, renew);
	}

	function pricesOf(target: Target): Ending["prices"] {
		return findTargetFacts(models, target)?.prices;
	}

	function createLease(id: string, size: RequestSize, ask: SizedAsk): LimitLease {
		return {
			letGo: () => leases.delete(id),
			async settle({ target, ...end }) {
				leases.delete(id);
				try {
					await store.limits.settle(id, usedBy({ ...end, prices: pricesOf(target) }, size, ask), runtime.now());
				} catch (error) {
					runtime.observe({ type: "internal-error", requestId: id, error });
				}
			},
		};
	}

	return {
		async admit({ requestId, parties, plan, size }) {
			const priced = pricedPlan(plan, hasMoneyBudget(parties), models);
			if (!priced.ok) return priced;
			const { targets } = priced.value;
			const asks = asksFor(size, targets, parties);
			const now = runtime.now();
			const expiresAt = now + leaseMs;
			const answer = await store.limits.reserve({ id: requestId, parties, asks, now, expiresAt });
			if (!answer.ok) {
				const { violation, standings } = answer.problem;
				headers.set(requestId, refusalHeaders(standings, violation.policy, violation.retryAfterMs));
				return { ok: false, problem: refusalOf(answer.problem) };
			}
			const { standings, warnings } = answer.value;
			headers.set(requestId, limitHeaders(standings));
			for (const { policy, spentShare = 0 } of warnings) {
				runtime.observe({ type: "budget-warning", requestId, party: partyKey(policy.party), policy: policy.name, spentShare });
			}
			hold(requestId, expiresAt);
			const ask = asks[answer.value.ask] ?? asks[0];
			const { maxOutputTokens } = ask;
			return {
				ok: true,
				value: { plan: priced.value.plan, lease: createLease(requestId, size, ask), ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) },
			};
		},

		takeHeaders(requestId) {
			if (headers.size === 0) return undefined;
			const told = headers.get(requestId);
			headers.delete(requestId);
			return told;
		},
	};
}

interface PricedPlan {
	readonly plan: Plan;
	readonly targets: readonly PricedTarget[];
}

/** Where money is counted, nobody is asked whose price is not known: that would not be free, only not seen. */
function pricedPlan(plan: Plan, isMoneyCounted: boolean, models: ModelTable): Decoded<PricedPlan, GatewayError> {
	const found = plan.targets.map((target) => ({ ...target, facts: findTargetFacts(models, target) }));
	if (!isMoneyCounted) return { ok: true, value: { plan, targets: found } };
	const targets = found.filter(({ facts }) => facts?.prices !== undefined);
	const [first, ...rest] = plan.targets.filter((target) => findTargetFacts(models, target)?.prices !== undefined);
	if (first === undefined) return { ok: false, problem: priceMissing(plan.targets[0]) };
	return { ok: true, value: { plan: { ...plan, targets: [first, ...rest] }, targets } };
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
