/**
 * What the gateway's own code costs: `npm run core -w @postern/bench`. Requests go in by `gateway.handle` and out by a `send` that
 * answers at once: no socket, no disk, one process. Time is told beside that of what nobody can do without (the request read and
 * written, the answer read), taken by turns with it; and what is allocated is told, which no neighbour on the machine disturbs.
 */
import { parseArgs } from "node:util";
import { createGateway, memoryStore, openaiCompatible } from "@postern/core";
import { allocations, topAllocations } from "./core/allocations.ts";
import { printProfile } from "./core/cpu-profile.ts";
import { coreScenarios } from "./core/scenarios.ts";
import { standInSend } from "./core/stand-in-send.ts";
import { timesByTurns } from "./core/times.ts";
import { table } from "./overhead/figures.ts";
import { standInTexts, wholeWorkload } from "./overhead/payloads.ts";

const { values: options } = parseArgs({
	options: {
		only: { type: "string", default: "" },
		profile: { type: "boolean", default: false },
		allocations: { type: "boolean", default: false },
		help: { type: "boolean", short: "h", default: false },
	},
});

if (options.help) {
	console.log(`npm run core -- [options]

  --only <text>    scenarios whose name holds this
  --profile        prints where the time goes; writes a .cpuprofile file for each scenario
  --allocations    prints which functions allocate most`);
	process.exit(0);
}

const memory = memoryStore();
const gateway = createGateway({
	providers: { upstream: openaiCompatible({ baseUrl: "http://upstream.local/v1", apiKey: "bench-upstream-key" }) },
	models: { upstream: { priced: { prices: { input: 1, output: 2 } } } },
	routes: { route: { targets: ["upstream/one", "upstream/two", "upstream/three"], strategy: "weighted" } },
	// A ledger that keeps nothing: what it costs to keep records is told by another benchmark.
	store: { ...memory, recordUsage: () => Promise.resolve() },
	token: "bench-token",
	runtime: { send: standInSend() },
});
const scenarios = coreScenarios(gateway).filter(({ name }) => name.includes(options.only));

const request = wholeWorkload().body;
let written = 0;
function reference(): Promise<void> {
	written += JSON.stringify(JSON.parse(request)).length + Number(JSON.parse(standInTexts.whole).created);
	return Promise.resolve();
}

for (const { call, warmUp } of scenarios) for (let left = warmUp; left > 0; left -= 1) await call();

if (options.profile || options.allocations) {
	for (const { name, call, warmUp } of scenarios) {
		console.log(`\n${name}`);
		const run = async () => {
			for (let left = warmUp; left > 0; left -= 1) await call();
		};
		if (options.profile) await printProfile(name, run);
		else console.log((await topAllocations(run, 40)).join("\n"));
	}
} else {
	const rows = [["a tenth of all slices took less than", "us", "x reference", "allocated KB"]];
	for (const { name, call, count, atOnce, warmUp } of scenarios) {
		const [own, other] = await timesByTurns({ call, times: atOnce }, { call: reference, times: 100 });
		const bytes = await allocations(async () => {
			for (let left = warmUp / 10; left > 0; left -= 1) await call();
		});
		rows.push([name, (own / count).toFixed(2), (own / count / other).toFixed(3), (bytes / (warmUp / 10) / count / 1024).toFixed(2)]);
	}
	console.log(table(rows));
	if (written === 0) throw new Error("Nothing was measured");
}
await gateway.close();
