import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { call, type Caller, planCaller, type Seen } from "./caller.ts";
import { type Fate, judge } from "./verdict.ts";
import { openWorld, textSlots, type World, type WorldOptions } from "./world.ts";

export interface RunOptions extends Omit<WorldOptions, "callers"> {
	/** Callers who ask for a stream, all at once. */
	readonly streams: number;
	/** Callers beside them who want a whole answer. */
	readonly wholes: number;
}

export interface Report {
	/** What should not be so, with the caller's plan. */
	readonly faults: readonly string[];
	readonly tally: Readonly<Record<Fate, number>>;
	/** Requests of all callers, those that came again included. */
	readonly requests: number;
	readonly attempts: number;
	/** Attempts with the same target again, after one that failed. */
	readonly retries: number;
	/** The most attempts at once. */
	readonly peak: number;
	/** How often which of the bad deeds was done. */
	readonly badDeeds: Readonly<Record<string, number>>;
	readonly tookMs: number;
	/** What was made for the requests and attempts, as far as it is still there. */
	readonly traces: readonly WeakRef<object>[];
	/** Bugs that the gateway caught at its door. */
	readonly internalErrors: readonly unknown[];
}

/** One storm: every caller at once, until the last has its answer and nothing is left of it. */
export async function runChaos({ streams, wholes, ...options }: RunOptions): Promise<Report> {
	const { seed } = options;
	const world = await openWorld({ ...options, callers: streams + wholes });
	const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
	try {
		const startedAt = performance.now();
		const calls = await Promise.all(Array.from({ length: streams + wholes }, (_, index) => persist(seed, index, index < streams, world, agent)));
		const tookMs = performance.now() - startedAt;
		agent.destroy();
		await untilQuiet(world);
		await checkSlots(world);
		await untilQuiet(world);

		const ledger = await world.store.listUsage({ limit: 1_000_000 });
		const records = Map.groupBy(ledger, ({ principalId }) => principalId);
		const tally: Record<Fate, number> = { answered: 0, refused: 0, "broken off": 0, "turned away": 0, "hung up": 0 };
		const faults: string[] = [];
		if (world.overdue(ledger) > 0) faults.push(`${world.overdue(ledger)} deadlines outlived their exchanges`);
		const badDeeds: Record<string, number> = {};
		for (const { caller, seen } of calls.flat()) {
			const deeds = world.deedsOf(caller.id);
			const verdict = judge({ caller, seen, deeds, records: records.get(caller.id) ?? [], secret: world.secret });
			tally[verdict.fate]++;
			for (const { model, isWell } of deeds) if (!isWell) badDeeds[model] = (badDeeds[model] ?? 0) + 1;
			for (const fault of verdict.faults) faults.push(`${JSON.stringify(caller)} [${deeds.map(({ model }) => model).join(", ")}]: ${fault}`);
		}
		const internalErrors = world.observed.flatMap((event) => (event.type === "internal-error" ? [event.error] : []));
		const retries = world.observed.filter((event) => event.type === "attempt-failed" && event.next === "retry").length;
		return { faults, tally, retries, requests: calls.flat().length, attempts: world.attempts(), peak: world.peak(), badDeeds, tookMs, traces: world.traces, internalErrors };
	} finally {
		agent.destroy();
		await world.close();
	}
}

interface Call {
	readonly caller: Caller;
	readonly seen: Seen;
}

/** Comes again where it is turned away and told when, as SDKs do. Every time is a request of its own. */
async function persist(seed: string, index: number, isStreamed: boolean, world: World, agent: Agent): Promise<readonly Call[]> {
	const calls: Call[] = [];
	for (;;) {
		const caller = planCaller(seed, `${index}.${calls.length}`, isStreamed);
		const seen = await call(caller, world, agent);
		calls.push({ caller, seen });
		const retryAfterS = Number(seen.headers["retry-after"] ?? Number.NaN);
		if (calls.length === mostTries || !(retryAfterS <= longestWaitS)) return calls;
		await new Promise((resolve) => setTimeout(resolve, retryAfterS * 1000));
	}
}
const mostTries = 3;
const longestWaitS = 2;

/** What was begun has come to its end: no answer, no timer and no connection is left. */
function untilQuiet(world: World): Promise<void> {
	return until(() => Object.values(world.pending()).every((count) => count === 0), () => `still pending: ${JSON.stringify(world.pending())}`);
}

/** Every slot has come back: as many streams as there are slots find one, and the next one does not. */
async function checkSlots({ port }: World): Promise<void> {
	const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
	const ask = async (): Promise<IncomingMessage> => {
		const outgoing = request({ host: "127.0.0.1", port, path: "/stream", method: "POST", headers: { "content-type": "application/json" }, agent });
		outgoing.end(JSON.stringify({ model: "calm/stall", prompt: "Stay" }));
		const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
		return incoming.on("error", () => {}).resume();
	};
	const held = await Promise.all(Array.from({ length: textSlots }, ask));
	const refused = await ask();
	const statuses = [...new Set(held.map(({ statusCode }) => statusCode)), refused.statusCode];
	agent.destroy();
	if (statuses.join() !== "200,429") throw new Error(`${textSlots} slots answered ${statuses.slice(0, -1).join()}, the next one ${refused.statusCode}`);
}

/** Waits until it is so, as long as a slow machine may take. */
export async function until(condition: () => boolean, message: () => string): Promise<void> {
	const deadline = performance.now() + 60_000;
	while (!condition()) {
		if (performance.now() > deadline) throw new Error(message());
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
