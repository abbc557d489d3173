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

	// The series of a name are found once: adding to them then costs no texts.
	const internalError = internalErrors.of({});
	const ofOperation = createRegister((operation: string) => ({
		requests: createRegister((status: number) => requests.of({ operation, status: String(status) })),
		seconds: requestSeconds.of({ operation }),
	}));
	const ofModel = createRegister((name: string) => {
		const labels = modelLabels(name);
		return {
			whole: createRegister((outcome: Outcome) => exchanges.of({ ...labels, outcome, streamed: "false" })),
			streamed: createRegister((outcome: Outcome) => exchanges.of({ ...labels, outcome, streamed: "true" })),
			unpriced: unpriced.of(labels),
			cost: cost.of(labels),
			tokens: createRegister((kind: string) => tokens.of({ ...labels, kind })),
			firstEventSeconds: firstEventSeconds.of(labels),
		};
	}, { most: mostNames, key: "other/other" });
	const ofTarget = createRegister((target: string) => createRegister((result: string) => attempts.of({ target, result })), { most: mostNames, key: "other" });

	return {
		observe(event) {
			if (event.type === "internal-error") internalError(1);
			if (event.type !== "request-end") return;
			const series = ofOperation(event.operation ?? "none");
			series.requests(event.status)(1);
			series.seconds(event.durationMs / 1000);
		},
		settled({ provider, model, outcome, streamed, usage, costMicroUsd, firstEventMs, trace }) {
			const series = ofModel(`${provider}/${model}`);
			(streamed ? series.streamed : series.whole)(outcome)(1);
			if (costMicroUsd === undefined) series.unpriced(1);
			else series.cost(costMicroUsd / 1e6);
			for (const [field, kind] of tokenKinds) {
				const count = usage[field];
				if (count !== undefined && count > 0) series.tokens(kind)(count);
			}
			if (firstEventMs !== undefined) series.firstEventSeconds(firstEventMs / 1000);
			for (const { target, failure } of trace?.attempts ?? []) ofTarget(target)(failure ?? "ok")(1);
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
const mostNames = 200;
const tokenKinds = [
	["inputTokens", "input"],
	["outputTokens", "output"],
	["cachedInputTokens", "cached_input"],
	["cacheWriteTokens", "cache_write"],
	["reasoningTokens", "reasoning"],
] as const;

type Labels = Readonly<Record<string, string>>;
type Outcome = UsageRecord["outcome"];
/** Adds to one series, which is listed from then on. */
type Add = (value: number) => void;

function counter(name: string, help: string, { list }: { list(): readonly Sample[] }): Metric {
	return { name, help, type: "counter", samples: list() };
}

function createCounter() {
	const samples: { readonly labels: Labels; value: number }[] = [];
	return {
		of(labels: Labels): Add {
			const sample = { labels, value: 0 };
			let isListed = false;
			return (value) => {
				if (!isListed) samples.push(sample);
				isListed = true;
				sample.value += value;
			};
		},
		list: (): readonly Sample[] => samples,
	};
}

function createHistogram(bounds: readonly number[]) {
	const series: { readonly labels: Labels; readonly counts: number[]; sum: number }[] = [];
	return {
		of(labels: Labels): Add {
			const own = { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
			let isListed = false;
			return (value) => {
				if (!isListed) series.push(own);
				isListed = true;
				const found = bounds.findIndex((bound) => value <= bound);
				const slot = found === -1 ? bounds.length : found;
				own.counts[slot] = (own.counts[slot] ?? 0) + 1;
				own.sum += value;
			};
		},
		list: (): readonly Histogram[] => series,
	};
}

interface Overflow<Key> {
	/** After so many different keys */
	readonly most: number;
	/** all others are this one: callers name models. */
	readonly key: Key;
}

/** What was made for a key when it was first asked for. */
function createRegister<Key, Value>(make: (key: Key) => Value, overflow?: Overflow<Key>): (key: Key) => Value {
	const known = new Map<Key, Value>();
	return (given) => {
		const found = known.get(given);
		if (found !== undefined) return found;
		const key = overflow === undefined || known.size < overflow.most ? given : overflow.key;
		const value = known.get(key) ?? make(key);
		known.set(key, value);
		return value;
	};
}

/** A provider's name holds no slash. */
function modelLabels(name: string): Labels {
	const slash = name.indexOf("/");
	return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
}
