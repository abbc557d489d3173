/**
 * What limits cost: `npm run limits -w @postern/bench`. A gateway in this process, the simulator behind it, the ledger on disk; CPU of
 * this thread for a request without limits, with one party and with three, one after the other and 32 at once. Then the store's
 * two verbs alone. The decision that rests on it is docs/limits.md.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway, sqliteStore, simulator } from "@postern/core/node";

const folder = mkdtempSync(join(tmpdir(), "postern-bench-"));
const rules = { requestsPerMinute: 1e9, tokensPerMinute: 1e12, concurrentRequests: 1e6, budgets: [{ period: "day", microUsd: 1e12 }, { period: "month", tokens: 1e12 }] } as const;
const parties = (["organisation", "project", "key"] as const).map((kind) => ({ kind, id: `${kind}_1`, rules }));
const rounds = 3;
const requests = 1500;
const body = JSON.stringify({ prompt: "Explain recursion", maxTokens: 100 });
let files = 0;

function threadCpu(): number {
	const { user, system } = process.threadCpuUsage();
	return user + system;
}

/** In microseconds of this thread's CPU for each. */
async function measure(each: (at: number) => Promise<unknown>, atOnce: number): Promise<number> {
	let next = 0;
	const lane = async (until: number) => {
		while (next < until) await each(next++);
	};
	const run = (count: number) => Promise.all(Array.from({ length: atOnce }, () => lane(next + count)));
	await run(300);
	const before = threadCpu();
	const from = next;
	await run(requests);
	return (threadCpu() - before) / (next - from);
}

async function measureGateway(limited: number, atOnce: number): Promise<number> {
	const limits = parties.slice(3 - limited);
	const gateway = createGateway({
		providers: { sim: simulator() },
		models: { sim: { echo: { prices: { input: 1, output: 2 }, maxOutputTokens: 4096 } } },
		identify: () => ({ kind: "host", id: "someone", ...(limited === 0 ? {} : { limits }) }),
		store: sqliteStore(join(folder, `${files++}.db`)),
		runtime: { observe: () => {} },
	});
	const spent = await measure(async () => {
		const response = await gateway.fetch(new Request("http://bench.local/v1/prompt", { method: "POST", headers: { "content-type": "application/json" }, body }));
		await response.text();
		if (!response.ok) throw new Error(`Status ${response.status}`);
	}, atOnce);
	await gateway.close();
	return spent;
}

async function measureStore(atOnce: number): Promise<number> {
	const store = sqliteStore(join(folder, `${files++}.db`));
	const spent = await measure(async (at) => {
		const now = Date.now();
		const id = `req_${at}`;
		await store.limits.reserve({ id, parties, asks: [{ expectedTokens: 10, tokens: 10, microUsd: 10 }], now, expiresAt: now + 60_000 });
		await store.limits.settle(id, { tokens: 5, microUsd: 5 }, now);
	}, atOnce);
	await store.close();
	return spent;
}

async function least(measured: () => Promise<number>): Promise<number> {
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < rounds; round += 1) best = Math.min(best, await measured());
	return best;
}

try {
	console.log(`CPU of the main thread in µs for a request, best of ${rounds}:`);
	console.log("                              one by one   32 at once");
	for (const [name, measured] of [
		["without limits", (atOnce: number) => measureGateway(0, atOnce)],
		["a key's limits", (atOnce: number) => measureGateway(1, atOnce)],
		["organisation, project, key", (atOnce: number) => measureGateway(3, atOnce)],
		["reserve and settle for three", measureStore],
	] as const) {
		const alone = await least(() => measured(1));
		const together = await least(() => measured(32));
		console.log(`${name.padEnd(30)}${alone.toFixed(0).padStart(10)}${together.toFixed(0).padStart(13)}`);
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}
