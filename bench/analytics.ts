/**
 * What questions about millions of requests take: `node --conditions=postern-source bench/analytics.ts [records]` (5 000 000).
 * Fills a SQLite file through the ledger itself (60 days, 20 projects, 6 models on 3 routes, 5 outcomes), then asks what the
 * insights surface asks: of one project and of the whole gateway, in a time zone with summer time. The figures stand in docs/insights.md.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway, simulator, sqliteStore } from "@postern/core/node";

type Store = ReturnType<typeof sqliteStore>;
type UsageRecord = Parameters<Store["recordUsage"]>[0];

const wanted = Number(process.argv[2] ?? 5_000_000);
const days = 60;
const dayMs = 86_400_000;
const end = Date.now();
const projects = 20;
const models = [
	["openai", "gpt-4o-mini"],
	["openai", "gpt-4o"],
	["anthropic", "claude-haiku-4-5"],
	["anthropic", "claude-sonnet-4-5"],
	["gemini", "gemini-2.5-flash"],
	["groq", "llama-3.3-70b"],
] as const;
const outcomes = ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "cached", "failed", "cancelled", "refused"] as const;

function pick<Item>(items: readonly Item[]): Item {
	return items[Math.floor(Math.random() * items.length)] as Item;
}

/** Most requests are of few projects, and each quarter of an hour has some of all models. */
function makeRecord(at: number): UsageRecord {
	const project = Math.floor(Math.random() ** 2 * projects);
	const [provider, model] = pick(models);
	const outcome = pick(outcomes);
	const durationMs = 300 * Math.exp(Math.random() * 4);
	return {
		id: `req_${String(at).padStart(8, "0")}${randomBytes(6).toString("base64url")}`,
		startedAt: Math.floor(end - days * dayMs * (1 - at / wanted)),
		surface: "openai",
		operation: "createChatCompletion",
		principalId: `key_${project}_${Math.floor(Math.random() * 5)}`,
		projectId: `prj_${project}`,
		organisationId: `org_${project % 5}`,
		route: `route_${project % 3}`,
		provider,
		model,
		credential: provider,
		streamed: true,
		attempts: 1,
		outcome,
		...(outcome === "cached" ? { cached: "exact" } : {}),
		status: outcome === "ok" || outcome === "cached" ? 200 : 502,
		usage: { inputTokens: 1200, outputTokens: 350, cachedInputTokens: 1024 },
		...(model.startsWith("llama") ? {} : { costMicroUsd: 420, priceVersion: "2026-11-22" }),
		firstEventMs: durationMs / 5,
		durationMs,
		trace: { decision: { strategy: "priority", reason: "strategy" }, attempts: [{ target: `${provider}/${model}`, startedMs: 0, durationMs: Math.round(durationMs) }] },
	};
}

const folder = mkdtempSync(join(tmpdir(), "postern-bench-"));
const path = join(folder, "analytics.db");
const store = sqliteStore(path);
const gateway = createGateway({ providers: { sim: simulator() }, surfaces: ["insights", "accounts"], token: "bench", store });

async function fill(): Promise<void> {
	const group = 5000;
	for (let made = 0; made < wanted; made += group) {
		await Promise.all(Array.from({ length: Math.min(group, wanted - made) }, (_, at) => store.recordUsage(makeRecord(made + at))));
		// The ledger takes more than the worker files: in a real day there are pauses.
		await store.listUsage({ limit: 1 });
		if (made % 500_000 === 0) process.stderr.write(`${made} records, ${Math.round(performance.now() / 1000)} s\n`);
	}
	await store.listUsage({ limit: 1 });
}

async function ask(path: string): Promise<string> {
	const response = await gateway.fetch(new Request(`http://bench${path}`, { headers: { authorization: "Bearer bench" } }));
	if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
	return response.text();
}

async function measure(path: string): Promise<void> {
	const times: number[] = [];
	const spent: number[] = [];
	for (let round = 0; round < 5; round += 1) {
		const from = performance.now();
		const cpu = process.cpuUsage();
		await ask(path);
		times.push(performance.now() - from);
		const { user, system } = process.cpuUsage(cpu);
		spent.push((user + system) / 1000);
	}
	console.log(`${path.padEnd(64)}${Math.min(...times).toFixed(0).padStart(10)}${Math.min(...spent).toFixed(0).padStart(10)}`);
}

try {
	await store.tenancy.createOrganisation({ id: "org_0", name: "Bench", isPersonal: false, createdAt: 1 });
	await store.tenancy.createProject({ id: "prj_0", organisationId: "org_0", name: "Bench", createdAt: 1 });
	const from = performance.now();
	await fill();
	const seconds = (performance.now() - from) / 1000;
	console.log(`${wanted} records in ${seconds.toFixed(0)} s (${((seconds / wanted) * 1e6).toFixed(0)} µs each, made and filed); file ${(statSync(path).size / 2 ** 20).toFixed(0)} MiB`);
	console.log(`${"best of 5".padEnd(64)}${"ms".padStart(10)}${"CPU ms".padStart(10)}`);
	for (const scope of ["?projectId=prj_0&", "?"]) {
		for (const question of ["overview", "providers", "cache", "routes"]) await measure(`/v1/analytics/${question}${scope}tz=Europe/Berlin`);
	}
} finally {
	await gateway.close();
	rmSync(folder, { recursive: true, force: true });
}
