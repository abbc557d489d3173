/**
 * What a usage record costs: `node --conditions=postern-source bench/ledger.ts`.
 * First the ways to commit a group, each on a table that holds 30 000 records already, checkpoints aside; then the store as
 * it is, with its worker, against the same inserts with SQLite's own checkpoints on the main thread. What waking up once a
 * millisecond costs by itself is measured in the same round and subtracted.
 * The decision that rests on it is docs/decisions/0003.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { setTimeout as pause, setImmediate as turnEnd } from "node:timers/promises";
import { sqliteStore } from "@postern/core/node";

type Row = readonly SQLInputValue[];
type Commit = (rows: readonly Row[]) => void;
type UsageRecord = Parameters<ReturnType<typeof sqliteStore>["recordUsage"]>[0];

const groupSizes = [1, 4, 16, 64];
const heldRecords = 30_000;
const recordsPerRun = 12_000;
const turns = 3000;
const rounds = 3;
const folder = mkdtempSync(join(tmpdir(), "postern-bench-"));
let made = 0;

function makeRecord(): UsageRecord {
	made += 1;
	const startedAt = 1_790_000_000_000 + made;
	return {
		// As the gateway makes them: in the order of time.
		id: `req_${startedAt.toString(16).padStart(12, "0")}${randomBytes(8).toString("hex")}`,
		startedAt,
		surface: "openai",
		operation: "createChatCompletion",
		principalId: `key_${made % 50}`,
		keyId: `key_${made % 50}`,
		projectId: `prj_${made % 20}`,
		organisationId: `org_${made % 5}`,
		...(made % 10 === 0 ? { sessionId: `ses_${randomBytes(16).toString("base64url")}` } : {}),
		provider: "openai",
		model: "gpt-4o-mini",
		credential: "openai",
		streamed: true,
		attempts: 1,
		outcome: "ok",
		status: 200,
		usage: { inputTokens: 1200, outputTokens: 350, cachedInputTokens: 1024 },
		costMicroUsd: 420,
		priceVersion: "2026-11-22",
		firstEventMs: 312.4,
		durationMs: 2210.7,
		trace: { decision: { strategy: "priority", reason: "strategy" }, attempts: [{ target: "openai/gpt-4o-mini", startedMs: 0, durationMs: 2211 }] },
	};
}

const columns = (
	"id started_at surface operation principal_id session_id route provider model streamed attempts outcome status error_code " +
	"input_tokens output_tokens cached_input_tokens cache_write_tokens reasoning_tokens first_event_ms duration_ms"
).split(" ");

function makeRow(): Row {
	return rowOf(makeRecord());
}

function rowOf({ id, startedAt, surface, operation, principalId, sessionId, provider, model, outcome, firstEventMs, durationMs }: UsageRecord): Row {
	const tokens = [1200, 350, 1024, null, null];
	const named = [id, startedAt, surface, operation, principalId, sessionId ?? null, null, provider, model];
	return [...named, 1, 1, outcome, 200, null, ...tokens, firstEventMs ?? null, durationMs];
}

const into = `insert into usage_records (${columns.join(", ")})`;
const places = `(${columns.map(() => "?").join(", ")})`;
const once = "on conflict (id) do nothing";

function rowByRow(database: DatabaseSync): Commit {
	const begin = database.prepare("begin immediate");
	const commit = database.prepare("commit");
	const insert = database.prepare(`${into} values ${places} ${once}`);
	return (rows) => {
		begin.run();
		for (const row of rows) insert.run(...row);
		commit.run();
	};
}

const ways: Readonly<Record<string, (database: DatabaseSync, size: number) => Commit>> = {
	"row by row": rowByRow,
	"one statement": (database, size) => {
		const insert = database.prepare(`${into} values ${Array.from({ length: size }, () => places).join(", ")} ${once}`);
		return (rows) => void insert.run(...rows.flat());
	},
	json_each: (database) => {
		const values = columns.map((_, at) => `value ->> ${at}`).join(", ");
		const insert = database.prepare(`${into} select ${values} from json_each(?) where true ${once}`);
		return (rows) => void insert.run(JSON.stringify(rows));
	},
	journal: (database) => {
		const insert = database.prepare("insert into usage_journal (columns, records) values (?, ?)");
		const names = columns.join(", ");
		return (rows) => void insert.run(names, JSON.stringify(rows));
	},
};

/** A migrated file with records in it. */
async function preparedFile(): Promise<string> {
	const path = join(folder, `${randomBytes(6).toString("hex")}.db`);
	const store = sqliteStore(path);
	await store.check();
	await store.close();
	const database = new DatabaseSync(path);
	rowByRow(database)(Array.from({ length: heldRecords }, makeRow));
	database.close();
	return path;
}

function open(path: string, autocheckpoint: number): DatabaseSync {
	const database = new DatabaseSync(path);
	database.exec(`PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = ${autocheckpoint}`);
	return database;
}

function threadCpu(): number {
	const { user, system } = process.threadCpuUsage();
	return user + system;
}

async function measureWay(way: (database: DatabaseSync, size: number) => Commit, size: number): Promise<number> {
	const database = open(await preparedFile(), 0);
	const commit = way(database, size);
	const groups = Array.from({ length: Math.ceil(recordsPerRun / size) }, () => Array.from({ length: size }, makeRow));
	for (const group of groups.splice(0, 20)) commit(group);
	const before = threadCpu();
	for (const group of groups) commit(group);
	const spent = threadCpu() - before;
	database.close();
	return spent / (groups.length * size);
}

/** The worker's part of the journal: 128 records at a time out of it and into the table. */
async function measureMove(): Promise<number> {
	const database = open(await preparedFile(), 0);
	const move = rowByRow(database);
	const groups = Array.from({ length: Math.ceil(recordsPerRun / 128) }, () => JSON.stringify(Array.from({ length: 128 }, makeRow)));
	const before = threadCpu();
	for (const group of groups) move(JSON.parse(group) as Row[]);
	const spent = threadCpu() - before;
	database.close();
	return spent / (groups.length * 128);
}

interface Turns {
	readonly main: number;
	readonly process: number;
	readonly longestMs: number;
	readonly over5Ms: number;
}

/** A group each millisecond or so: what is spent on it (timers included), and how long one turn of the event loop takes at most. */
async function measureTurns(size: number, record: (records: readonly UsageRecord[]) => void, end: () => Promise<void>): Promise<Turns> {
	const groups = Array.from({ length: turns }, () => Array.from({ length: size }, makeRecord));
	let longestMs = 0;
	let over5Ms = 0;
	const main = threadCpu();
	const whole = process.cpuUsage();
	for (const group of groups) {
		const from = performance.now();
		record(group);
		await turnEnd();
		const took = performance.now() - from;
		longestMs = Math.max(longestMs, took);
		if (took > 5) over5Ms += 1;
		await pause(1);
	}
	await end();
	const all = process.cpuUsage(whole);
	const records = turns * size;
	return { main: (threadCpu() - main) / records, process: (all.user + all.system) / records, longestMs, over5Ms };
}

async function measureNothing(size: number): Promise<Turns> {
	return measureTurns(size, () => {}, async () => {});
}

async function measureStore(size: number): Promise<Turns> {
	const store = sqliteStore(await preparedFile());
	// Its worker has started and is warm.
	for (let at = 0; at < 10; at += 1) {
		await Promise.all(Array.from({ length: 200 }, () => store.recordUsage(makeRecord())));
		await store.listUsage({ limit: 1 });
	}
	const pending: Promise<void>[] = [];
	const record = (records: readonly UsageRecord[]) => void pending.push(...records.map((one) => store.recordUsage(one)));
	const result = await measureTurns(size, record, async () => {
		await Promise.all(pending);
		await store.listUsage({ limit: 1 });
	});
	await store.close();
	return result;
}

async function measureDirect(size: number): Promise<Turns> {
	const database = open(await preparedFile(), 1000);
	const commit = rowByRow(database);
	const result = await measureTurns(size, (records) => commit(records.map(rowOf)), async () => {});
	database.close();
	return result;
}

function median(values: readonly number[]): number {
	return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function least(measure: () => Promise<number>): Promise<string> {
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < rounds; round += 1) best = Math.min(best, await measure());
	return best.toFixed(1).padStart(8);
}

try {
	console.log(`CPU per record in µs, best of ${rounds}; records in a group:`);
	console.log(`${"".padEnd(16)}${groupSizes.map((size) => String(size).padStart(8)).join("")}`);
	for (const [name, way] of Object.entries(ways)) {
		const cells: string[] = [];
		for (const size of groupSizes) cells.push(await least(() => measureWay(way, size)));
		console.log(`${name.padEnd(16)}${cells.join("")}`);
	}
	console.log(`${"(worker's move)".padEnd(16)}${await least(measureMove)}`);

	console.log(`\nOne group per millisecond, checkpoints included, median of ${rounds}, without what such waking up costs by itself:`);
	console.log("                 group   main µs  process µs  longest turn ms  turns > 5 ms");
	for (const size of [1, 16, 64]) {
		const found: Record<string, Turns[]> = { nothing: [], store: [], "row by row": [] };
		for (let round = 0; round < rounds; round += 1) {
			for (const [name, measure] of [["nothing", measureNothing], ["store", measureStore], ["row by row", measureDirect]] as const) found[name]?.push(await measure(size));
		}
		for (const [name, all] of Object.entries(found)) {
			const cost = (part: "main" | "process") => median(all.map((each, round) => each[part] - (name === "nothing" ? 0 : (found["nothing"]?.[round]?.[part] ?? 0))));
			const figures = [cost("main").toFixed(1).padStart(10), cost("process").toFixed(1).padStart(12), median(all.map((each) => each.longestMs)).toFixed(1).padStart(17)];
			console.log(`${name.padEnd(16)}${String(size).padStart(6)}${figures.join("")}${String(median(all.map((each) => each.over5Ms))).padStart(14)}`);
		}
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}
