/**
 * How well the router learns: `npm run routing -w @postern/bench`. Worlds and chance come from seeds, so the figures are the same on
 * every machine. Writes the tables into docs/learned-routing.md and the plots beside it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chooseOrder, contextOf, defaultWeights, emptyState, learn, type LearnTarget } from "../packages/core/src/rules/routing/learn/index.ts";
import { seeded } from "./routing/random.ts";
import { baseline, curve, measure, ours, recoveryTable, regretTable, type ScenarioResult } from "./routing/report.ts";
import { chart } from "./routing/svg.ts";
import { requests, scenarios } from "./routing/world.ts";

const { values: options } = parseArgs({ options: { seeds: { type: "string", default: "40" }, write: { type: "boolean", default: false } } });
const seeds = Number(options.seeds);
const results = scenarios.map((scenario) => {
	const result = measure(scenario, seeds, defaultWeights);
	console.error(`${scenario} done`);
	return result;
});
const tables = { regret: regretTable(results), recovery: recoveryTable(results), cost: costTable() };
console.log(`${seeds} seeds, ${requests} requests each\n\n${Object.values(tables).join("\n\n")}`);

if (options.write) {
	const documentation = new URL("../docs/learned-routing.md", import.meta.url);
	let text = readFileSync(documentation, "utf8");
	for (const [name, table] of Object.entries(tables)) {
		text = text.replace(new RegExp(`(<!-- ${name} -->\\n)[^]*?(\\n<!-- end -->)`), (_, start: string, end: string) => `${start}${table}${end}`);
	}
	writeFileSync(documentation, text);
	mkdirSync(new URL("../docs/learned-routing/", import.meta.url), { recursive: true });
	const drawn = [ours, baseline, "weighted sum", "best fixed"];
	const regret = results.map((result) => panel(result, drawn, { from: 0, to: requests, step: 50 }, true));
	const moments = results.filter(({ scenario }) => scenario === "outage" || scenario === "price change");
	const recoveries = moments.map((result) => panel(result, drawn, { from: 1400, to: 2000, step: 10 }, false));
	writeFileSync(new URL("../docs/learned-routing/regret.svg", import.meta.url), chart("Regret against the oracle, summed up", `${seeds} seeds`, regret));
	writeFileSync(new URL("../docs/learned-routing/recovery.svg", import.meta.url), chart("Regret of each request", "mean of ten requests", recoveries));
}

function panel({ scenario, runs }: ScenarioResult, names: readonly string[], range: { from: number; to: number; step: number }, isSum: boolean) {
	const lines = names.map((name) => ({ name, values: curve(runs.get(name) ?? [], range, isSum) }));
	const marks = (runs.get(ours)?.[0]?.events ?? []).map(({ step }) => step).filter((step) => step >= range.from && step < range.to);
	return { title: scenario, lines, from: range.from, step: range.step, marks };
}

/** CPU time, of the fastest of several rounds: what a busy machine does to it is not its own. */
function costTable(): string {
	const random = seeded(1, 2, 3);
	const contexts = ["s-----", "mc----", "lct---", "s--j--", "m-t---", "s---k-"];
	const row = (count: number) => {
		const targets = Array.from({ length: count }, (_, index): LearnTarget => ({ label: `p${index}/m`, expected: { latencyMs: 900, costMicroUsd: 400 + 100 * index } }));
		const [first, ...rest] = targets;
		if (first === undefined) throw new Error("No targets");
		let state = emptyState;
		const add = (at: number) => {
			const label = `p${Math.floor(random() * count)}/m`;
			const context = contexts[Math.floor(random() * contexts.length)] ?? "s-----";
			state = learn(state, { kind: "choice", target: label, context, ok: true, latencyMs: 500 + 900 * random(), costMicroUsd: 500, tokensOut: 200, expected: { latencyMs: 900, costMicroUsd: 450 }, exploratory: false }, at);
			state = learn(state, { kind: "feedback", target: label, context, score: random() }, at);
		};
		for (let at = 1; at <= 2000; at++) add(at);
		const choice = fastest(() => chooseOrder({ state, context: "mc----", targets: [first, ...rest], now: 2000, random }));
		return [`${count} targets, ${contexts.length} contexts`, choice.toFixed(1), (fastest(() => add(2000)) / 2).toFixed(1)];
	};
	const prompt = { messages: [{ role: "user" as const, content: [{ type: "text" as const, text: "Tell me why this loop never ends.\n".repeat(60) }] }] };
	const context = fastest(() => contextOf(prompt, true)).toFixed(1);
	return [`| | choosing, us | learning, us |`, "| --- | --- | --- |", ...[2, 4, 16].map((count) => `| ${row(count).join(" | ")} |`), `| context of a prompt of 2 KB | ${context} | |`].join("\n");
}

/** Microseconds of one call. */
function fastest(work: () => unknown): number {
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < 15; round++) {
		const before = process.cpuUsage();
		for (let call = 0; call < 4000; call++) work();
		const { user, system } = process.cpuUsage(before);
		best = Math.min(best, (user + system) / 4000);
	}
	return best;
}
