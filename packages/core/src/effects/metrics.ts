import type { UsageRecord } from "../contract/session.ts";
import type { Histogram, Metric, Sample } from "../rules/metrics/exposition.ts";
import type { ObservedEvent, Runtime } from "./runtime.ts";
import type { Store } from "./store/store.ts";

/** What this process has seen since it began, for `GET /metrics`. */
export interface Metrics {
	observe(event: ObservedEvent): void;
	/** For every usage record, once. */
	settled(record: UsageRecord): void;
	list(): readonly Metric[];
}

export function createMetrics(): Metrics {
	const requests = createCounter();
	const requestSeconds = createHistogram(requestBounds);
	const internalErrors = createCounter();
	const exchanges = createCounter();
	const unpriced = createCounter();
	const attempts = createCounter();
	const tokens = createCounter();
	const cost = createCounter();
	const firstEventSeconds = createHistogram(requestBounds);
	const limitModels = createLimit();
	const limitTargets = createLimit();

	return {
		observe(event) {
			if (event.type === "internal-error") internalErrors.add({}, 1);
			if (event.type !== "request-end") return;
			const operation = event.operation ?? "none";
			requests.add({ operation, status: String(event.status) }, 1);
			requestSeconds.add({ operation }, event.durationMs / 1000);
		},
		settled({ provider, model, outcome, streamed, usage, costMicroUsd, firstEventMs, trace }) {
			const asked = limitModels({ provider, model });
			exchanges.add({ ...asked, outcome, streamed: String(streamed) }, 1);
			if (costMicroUsd === undefined) unpriced.add(asked, 1);
			else cost.add(asked, costMicroUsd / 1e6);
			for (const [field, kind] of tokenKinds) {
				const count = usage[field];
				if (count !== undefined && count > 0) tokens.add({ ...asked, kind }, count);
			}
			if (firstEventMs !== undefined) firstEventSeconds.add(asked, firstEventMs / 1000);
			for (const { target, failure } of trace?.attempts ?? []) attempts.add({ ...limitTargets({ target }), result: failure ?? "ok" }, 1);
		},
		list: () => [
			counter("postern_requests_total", "HTTP requests by operation and status.", requests),
			{ name: "postern_request_duration_seconds", help: "Time until the end of the answer.", type: "histogram", bounds: requestBounds, series: requestSeconds.list() },
			counter("postern_internal_errors_total", "Errors of the gateway's own.", internalErrors),
			counter("postern_exchanges_total", "Usage records by outcome.", exchanges),
			counter("postern_attempts_total", "Attempts by target and result: ok, or the kind of failure.", attempts),
			counter("postern_tokens_total", "Tokens by kind; input holds cached and written ones, output holds reasoning.", tokens),
			counter("postern_cost_usd_total", "Cost of the exchanges whose price is known, in US dollars.", cost),
			counter("postern_unpriced_exchanges_total", "Exchanges of which nobody knows what they cost.", unpriced),
			{ name: "postern_first_event_seconds", help: "Time to the first content of a stream.", type: "histogram", bounds: requestBounds, series: firstEventSeconds.list() },
		],
	};
}

/** The runtime, with everything that is observed counted too. */
export function countingRuntime(runtime: Runtime, metrics: Metrics): Runtime {
	return {
		...runtime,
		observe(event) {
			metrics.observe(event);
			runtime.observe(event);
		},
	};
}

/** The store, with every record counted that it takes. */
export function countingStore(store: Store, metrics: Metrics): Store {
	return {
		...store,
		async recordUsage(record) {
			await store.recordUsage(record);
			metrics.settled(record);
		},
	};
}

const requestBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const tokenKinds = [
	["inputTokens", "input"],
	["outputTokens", "output"],
	["cachedInputTokens", "cached_input"],
	["cacheWriteTokens", "cache_write"],
	["reasoningTokens", "reasoning"],
] as const;

type Labels = Readonly<Record<string, string>>;

function counter(name: string, help: string, { list }: { list(): readonly Sample[] }): Metric {
	return { name, help, type: "counter", samples: list() };
}

function createCounter() {
	const samples = new Map<string, { readonly labels: Labels; value: number }>();
	return {
		add(labels: Labels, value: number): void {
			const name = Object.values(labels).join("\0");
			const known = samples.get(name);
			if (known === undefined) samples.set(name, { labels, value });
			else known.value += value;
		},
		list: (): readonly Sample[] => [...samples.values()],
	};
}

function createHistogram(bounds: readonly number[]) {
	const series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();
	return {
		add(labels: Labels, value: number): void {
			const name = Object.values(labels).join("\0");
			const known = series.get(name) ?? { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
			const found = bounds.findIndex((bound) => value <= bound);
			const slot = found === -1 ? bounds.length : found;
			known.counts[slot] = (known.counts[slot] ?? 0) + 1;
			known.sum += value;
			series.set(name, known);
		},
		list: (): readonly Histogram[] => [...series.values()],
	};
}

/** Callers name models: after so many different ones the rest are one. */
function createLimit(most = 200): <Given extends Labels>(labels: Given) => Labels {
	const known = new Set<string>();
	return (labels) => {
		const name = Object.values(labels).join("\0");
		if (known.size >= most && !known.has(name)) return Object.fromEntries(Object.keys(labels).map((label) => [label, "other"]));
		known.add(name);
		return labels;
	};
}
