import type { AnalyticsCache, AnalyticsOverview, AnalyticsProviders, AnalyticsRoutes } from "../../contract/operations/insights.ts";
import { usageOutcomes } from "../../contract/session.ts";
import { addSums, latencyQuantile, noSums, type RollupKey, type RollupSums } from "./rollup.ts";

/** Sums of one span of time, told apart by some dimensions. */
export interface Group extends RollupSums {
	readonly span: number;
	readonly key: Partial<RollupKey>;
}

/** Of a limit of requests a day, where one is set: all three are that limit's. */
export interface DailyRequests {
	readonly used: number;
	readonly limit?: number;
	readonly remaining?: number;
}

type Overview = Omit<AnalyticsOverview, "from" | "to" | "timeZone">;

/** @param groups by outcome. @param today its requests. */
export function overviewOf(groups: readonly Group[], today: DailyRequests): Overview {
	const all = sumOf(groups);
	const cached = requestsOf(groups, "cached");
	return {
		totalRequests: all.requests,
		totalTokensIn: all.inputTokens,
		totalTokensOut: all.outputTokens,
		totalCost: dollars(all.costMicroUsd),
		totalCostMicroUsd: all.costMicroUsd,
		unpricedRequests: all.unpriced,
		cachedCount: cached,
		boostedCount: 0,
		cacheHitRate: percent(cached, all.requests),
		boostRate: percent(0, all.requests),
		...latencies(sumOf(groups.filter(isAnswer))),
		cachedTokensIn: all.cachedInputTokens,
		cacheWriteTokensIn: all.cacheWriteTokens,
		reasoningTokensOut: all.reasoningTokens,
		outcomes: Object.fromEntries(usageOutcomes.map((outcome) => [outcome, requestsOf(groups, outcome)])) as Overview["outcomes"],
		dailyUsed: today.used,
		dailyLimit: today.limit ?? null,
		dailyRemaining: today.remaining ?? null,
	};
}

/** @param groups by provider, model and outcome. */
export function providersOf(groups: readonly Group[]): AnalyticsProviders["providers"] {
	return [...grouped(groups.filter(wasAsked), ({ key }) => [key.provider, key.model]).values()]
		.map((own) => {
			const all = sumOf(own);
			return {
				provider: own[0].key.provider ?? "",
				model: own[0].key.model ?? "",
				requestCount: all.requests,
				failedCount: requestsOf(own, "failed"),
				totalCost: dollars(all.costMicroUsd),
				totalCostMicroUsd: all.costMicroUsd,
				unpricedRequests: all.unpriced,
				...latencies(sumOf(own.filter(isAnswer))),
				totalTokensIn: all.inputTokens,
				totalTokensOut: all.outputTokens,
			};
		})
		.sort((one, other) => other.requestCount - one.requestCount || compare(`${one.provider}/${one.model}`, `${other.provider}/${other.model}`));
}

/** @param groups by provider, model and outcome, each span a day. */
export function cacheOf(groups: readonly Group[], days: readonly string[]): AnalyticsCache["daily"] {
	const bySpan = grouped(groups, ({ span }) => [span]);
	const inAll = new Map([...grouped(groups, ({ key }) => [key.provider, key.model])].map(([model, own]) => [model, meanCost(own)]));
	return days
		.map((day, span) => {
			const own = bySpan.get(JSON.stringify([span])) ?? [];
			const total = sumOf(own).requests;
			const cached = requestsOf(own, "cached");
			const models = [...grouped(own, ({ key }) => [key.provider, key.model])];
			// Answers outlive the day that they were made on.
			const saved = models.reduce((sum, [model, each]) => sum + (meanCost(each) ?? inAll.get(model) ?? 0) * requestsOf(each, "cached"), 0);
			return { day, total, cached, boosted: 0, hitRate: total === 0 ? 0 : rounded(cached / total, 4), saved: dollars(saved) };
		})
		.reverse();
}

/** Of an answer of one model. @returns `undefined` where nobody knows. */
function meanCost(groups: readonly Group[]): number | undefined {
	const answered = sumOf(groups.filter(({ key }) => key.outcome === "ok"));
	const priced = answered.requests - answered.unpriced;
	return priced === 0 ? undefined : answered.costMicroUsd / priced;
}

/** @param groups by route, provider, model and outcome, each span a day. */
export function routesOf(groups: readonly Group[], days: readonly string[], limit: number): AnalyticsRoutes["routes"] {
	return [...grouped(groups.filter(wasAsked), ({ span, key }) => [span, key.route, key.provider, key.model]).values()]
		.sort(([one], [other]) => other.span - one.span)
		.map((own) => {
			const { span, key } = own[0];
			const route = key.route === undefined || key.route === "" ? null : key.route;
			const { avgLatencyMs } = latencies(sumOf(own.filter(isAnswer)));
			return { route, provider: key.provider ?? "", model: key.model ?? "", day: days[span] ?? "", requestCount: sumOf(own).requests, avgLatencyMs };
		})
		.sort((one, other) => compare(other.day, one.day) || other.requestCount - one.requestCount || compare(`${one.provider}/${one.model}`, `${other.provider}/${other.model}`))
		.slice(0, limit);
}

function isAnswer({ key: { outcome } }: Group): boolean {
	return outcome === "ok" || outcome === "cached";
}

/** Whether a provider was asked. */
function wasAsked({ key: { outcome } }: Group): boolean {
	return outcome !== "refused" && outcome !== "cached";
}

export function sumOf(groups: readonly RollupSums[]): RollupSums {
	return groups.reduce(addSums, noSums);
}

function requestsOf(groups: readonly Group[], outcome: string): number {
	return sumOf(groups.filter(({ key }) => key.outcome === outcome)).requests;
}

function latencies(sums: RollupSums): Pick<AnalyticsOverview, "avgLatencyMs" | "p50LatencyMs" | "p95LatencyMs" | "avgFirstEventMs"> {
	const { requests, durationMs, firstEvents, firstEventMs } = sums;
	return {
		avgLatencyMs: requests === 0 ? null : Math.round(durationMs / requests),
		p50LatencyMs: latencyQuantile(sums, 0.5) ?? null,
		p95LatencyMs: latencyQuantile(sums, 0.95) ?? null,
		avgFirstEventMs: firstEvents === 0 ? null : Math.round(firstEventMs / firstEvents),
	};
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => readonly unknown[]): Map<string, [Item, ...Item[]]> {
	const groups = new Map<string, [Item, ...Item[]]>();
	for (const item of items) {
		const name = JSON.stringify(keyOf(item));
		const known = groups.get(name);
		if (known === undefined) groups.set(name, [item]);
		else known.push(item);
	}
	return groups;
}

function percent(part: number, whole: number): string {
	return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)}%`;
}

function dollars(microUsd: number): number {
	return rounded(microUsd / 1e6, 4);
}

function rounded(value: number, decimals: number): number {
	return Number(value.toFixed(decimals));
}

function compare(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}
