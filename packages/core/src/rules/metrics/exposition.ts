/** One time series: its labels and its value. */
export interface Sample {
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

export interface Histogram {
	readonly labels: Readonly<Record<string, string>>;
	/** How many fell below each bound and not below the one before; the last count is of the rest. */
	readonly counts: readonly number[];
	readonly sum: number;
}

export type Metric = { readonly name: string; readonly help: string } & (
	| { readonly type: "counter" | "gauge"; readonly samples: readonly Sample[] }
	| { readonly type: "histogram"; readonly bounds: readonly number[]; readonly series: readonly Histogram[] }
);

/** Prometheus's text format, version 0.0.4. */
export function expositionText(metrics: readonly Metric[]): string {
	return metrics.map((metric) => `# HELP ${metric.name} ${metric.help}\n# TYPE ${metric.name} ${metric.type}\n${lines(metric)}`).join("");
}

function lines(metric: Metric): string {
	if (metric.type !== "histogram") return metric.samples.map(({ labels, value }) => line(metric.name, labels, value)).join("");
	return metric.series.map((series) => histogramLines(metric.name, metric.bounds, series)).join("");
}

function histogramLines(name: string, bounds: readonly number[], { labels, counts, sum }: Histogram): string {
	let below = 0;
	const buckets = counts.map((count, at) => {
		below += count;
		const bound = bounds[at];
		return line(`${name}_bucket`, { ...labels, le: bound === undefined ? "+Inf" : String(bound) }, below);
	});
	return buckets.join("") + line(`${name}_sum`, labels, sum) + line(`${name}_count`, labels, below);
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
	const told = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
	return `${name}${told.length === 0 ? "" : `{${told.join(",")}}`} ${value}\n`;
}

function escaped(text: string): string {
	return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
