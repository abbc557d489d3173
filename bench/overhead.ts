import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Child, pinning, startChild } from "./overhead/control.ts";
import { median, table } from "./overhead/figures.ts";
import { measure, measureByTurns, type Measurement, type Scenario, type Target } from "./overhead/measure.ts";
import { burstWorkload, pacedWorkload, wholeWorkload } from "./overhead/payloads.ts";
import { printSelfTimes } from "./overhead/profile.ts";

/**
 * What the gateway costs, against the least that a reverse proxy in JavaScript does, in one run.
 * Gateway and bare proxy share one core by turns; the stand-in provider and the load generator have another one.
 */
const { values: options } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		profile: { type: "boolean", default: false },
		rounds: { type: "string" },
		"node-flag": { type: "string", multiple: true, default: [] },
		store: { type: "string", default: "sqlite" },
		help: { type: "boolean", short: "h", default: false },
	},
});

if (options.help) {
	console.log(`npm run bench -- [options]

  --quick              shorter rounds, for a first look
  --rounds <n>         rounds of each scenario (default 5, quick 2); medians are printed
  --profile            profiles the gateway under whole answers and under streams, prints where its time goes
  --node-flag <flag>   passed to gateway and bare proxy, such as --max-semi-space-size=64
  --store memory       a ledger in memory instead of SQLite, to see what the disk costs`);
	process.exit(0);
}

const rounds = Number(options.rounds ?? (options.quick ? 2 : 5));
const roundMs = options.quick ? 1_500 : 4_000;
const proxyCore = 0;
const otherCore = availableParallelism() > 1 ? 1 : 0;

const upstream = await startChild("./upstream.ts", { core: otherCore });
const upstreamPort = await upstream.call<number>("port");
const settings = {
	core: proxyCore,
	nodeFlags: options["node-flag"],
	environment: { UPSTREAM_PORT: String(upstreamPort), BENCH_STORE: options.store },
};
const load = await startChild("./load.ts", { core: otherCore });
const bareChild = await startChild("./bare.ts", settings);
const gatewayChild = await startChild("./gateway.ts", settings);
const direct: Target = { name: "direct", child: upstream, port: upstreamPort };
const bare: Target = { name: "bare", child: bareChild, port: await bareChild.call<number>("port") };
const gateway: Target = { name: "gateway", child: gatewayChild, port: await gatewayChild.call<number>("port") };

const scenarios = {
	whole: { workload: wholeWorkload(), pace: { kind: "closed", connections: 64 }, until: { ms: roundMs } },
	wholeAtRate: { workload: wholeWorkload(), pace: { kind: "rate", perSecond: 500 }, until: { ms: roundMs } },
	firstChunk: { workload: pacedWorkload(3, 100), pace: { kind: "rate", perSecond: 100 }, until: { ms: roundMs } },
	paced: { workload: pacedWorkload(roundMs / 10, 100), pace: { kind: "closed", connections: 64 }, until: { answers: 64 } },
	burst: { workload: burstWorkload(2000), pace: { kind: "closed", connections: 64 }, until: { ms: roundMs } },
	manyStreams: { workload: pacedWorkload(roundMs / 50, 20), pace: { kind: "closed", connections: 500 }, until: { answers: 500 } },
} satisfies Record<string, Scenario>;

try {
	console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"} x ${availableParallelism()}, pinned by ${pinning}.`);
	console.log(`${rounds} rounds of ${roundMs} ms by turns, medians. Ledger: ${options.store}. Flags: ${options["node-flag"].join(" ") || "none"}.\n`);
	for (const target of [bare, gateway]) {
		// By number, not by time: on a busy machine a second may be too short for the compiler to have seen enough.
		await measure(load, target, { ...scenarios.whole, until: { answers: options.quick ? 20_000 : 40_000 } });
		await measure(load, target, { ...scenarios.burst, until: { answers: 128 } });
	}
	if (options.profile) await profile();
	else await report();
	if ((await gatewayChild.call<number>("countRecords", 1000)) !== 1000) throw new Error("The ledger lacks records: the figures are not those of a gateway.");
} finally {
	await Promise.all([load, gatewayChild, bareChild].map((child: Child) => child.stop()));
	await upstream.stop();
}

async function report(): Promise<void> {
	const whole = await measureByTurns(load, [bare, gateway], scenarios.whole, rounds);
	const rate = await measureByTurns(load, [direct, bare, gateway], scenarios.wholeAtRate, rounds);
	console.log("Whole answers: request 735 B, answer 1 KB");
	print(
		[
			row("requests/s, 64 connections", whole, (one) => (one.answers / one.elapsedMs) * 1000, 0),
			row("CPU us per request", whole, (one) => one.cpuUsPerAnswer, 1),
			row("of it beside the main thread", whole, (one) => one.sideUsPerAnswer, 1),
			row("share of its core", whole, (one) => one.busy, 2),
			row("added p50 ms at 500 requests/s", rate, (one) => one.latencyMs.p50, 2, "added"),
			row("added p99 ms at 500 requests/s", rate, (one) => one.latencyMs.p99, 2, "added"),
		],
	);

	const afterWhole = new Map([bare, gateway].map((target) => [target.name, whole.get(target.name)?.slice(-1) ?? []]));
	const first = await measureByTurns(load, [direct, bare, gateway], scenarios.firstChunk, rounds);
	const paced = await measureByTurns(load, [bare, gateway], scenarios.paced, rounds);
	const burst = await measureByTurns(load, [bare, gateway], scenarios.burst, rounds);
	const many = await measureByTurns(load, [bare, gateway], scenarios.manyStreams, rounds);
	console.log("\nStreams: chunk 330 B");
	print(
		[
			row("added to the first chunk, p50 ms, at 100 streams/s", first, (one) => one.firstChunkMs.p50, 2, "added"),
			row("added to the first chunk, p99 ms", first, (one) => one.firstChunkMs.p99, 2, "added"),
			row("CPU us per chunk, 64 streams x 100/s", paced, (one) => one.cpuUsPerChunk, 1),
			row("CPU us per chunk, as fast as it goes", burst, (one) => one.cpuUsPerChunk, 2),
			row("chunks/s, as fast as it goes", burst, (one) => (one.chunks / one.elapsedMs) * 1000, 0),
			row("CPU us per chunk, 500 streams x 20/s", many, (one) => one.cpuUsPerChunk, 1),
			row("chunks/s of 10 000 (500 streams x 20/s)", many, (one) => (one.chunks / one.elapsedMs) * 1000, 0),
		],
	);

	console.log("\nMemory");
	const answers = (target: Target): number => (whole.get(target.name) ?? []).reduce((sum, one) => sum + one.answers, 0);
	print(
		[
			row("RSS MiB after the whole answers", afterWhole, (one) => one.residentMib, 0),
			row("RSS MiB after 500 streams at once", many, (one) => one.residentMib, 0),
		],
	);
	console.log(`(whole answers measured: bare ${answers(bare)}, gateway ${answers(gateway)}; every one checked)`);
}

type Results = ReadonlyMap<Target["name"], readonly Measurement[]>;

/** `added`: over the same request sent to the stand-in directly. */
function row(label: string, results: Results, figure: (one: Measurement) => number, digits: number, kind: "plain" | "added" = "plain"): string[] {
	const of = (name: Target["name"]): number => median((results.get(name) ?? []).map(figure));
	const base = kind === "added" ? of("direct") : 0;
	const [bareFigure, gatewayFigure] = [of("bare") - base, of("gateway") - base];
	return [label, bareFigure.toFixed(digits), gatewayFigure.toFixed(digits), (gatewayFigure / bareFigure).toFixed(2)];
}

function print(rows: readonly string[][]): void {
	console.log(table([["figure", "bare", "gateway", "x bare"], ...rows]));
}

async function profile(): Promise<void> {
	for (const name of ["whole", "paced", "burst"] as const) {
		const file = join(tmpdir(), `postern-${name}.cpuprofile`);
		await gatewayChild.call("startProfile");
		const measured = await measure(load, gateway, name === "whole" ? { ...scenarios.whole, until: { answers: 20_000 } } : scenarios[name]);
		await gatewayChild.call("stopProfile", file);
		console.log(`\n${name}: ${measured.cpuUsPerAnswer.toFixed(1)} us an answer, ${measured.cpuUsPerChunk.toFixed(2)} us a chunk (profiler included). ${file}`);
		printSelfTimes(file);
	}
}
