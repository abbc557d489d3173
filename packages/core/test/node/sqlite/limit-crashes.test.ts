import { spawn } from "node:child_process";
import { once } from "node:events";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { costOf } from "../../../src/rules/usage/cost.ts";
import { budgetMicroUsd, limitedParty, prices } from "./limited-party.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const script = fileURLToPath(new URL("limited-server.ts", import.meta.url));
/** The whole run is 50. */
const rounds = Number(process.env.POSTERN_CRASH_ROUNDS ?? 5);
const firstDay = Date.UTC(2026, 9, 10);
const dayMs = 86_400_000;
const leaseMs = 60_000;

/** Three lives a day: the second finds the dead one's leases, the third finds them run out. */
function startOf(round: number): number {
	return firstDay + Math.floor(round / 3) * dayMs + 36_000_000 + (round % 3) * 35_000;
}

/** Serves until so many lines were printed, and is killed then, in the midst of what it does. @returns the requests that were answered. */
async function liveAndDie(path: string, time: number, lines: number): Promise<readonly string[]> {
	const child = spawn(process.execPath, ["--conditions=postern-source", script, path, String(time)]);
	let out = "";
	let err = "";
	let count = 0;
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		err += text;
	});
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		out += text;
		count += text.split("\n").length - 1;
		if (count >= lines) child.kill("SIGKILL");
	});
	await once(child, "close");
	expect([child.signalCode, err]).toEqual(["SIGKILL", ""]);
	return out.split("\n").slice(0, -1).flatMap((line) => (line.startsWith("answered ") ? [line.slice(9)] : []));
}

it(`spends no budget twice and leaves no reservation behind when it is killed, ${rounds} times`, async () => {
	const path = folder.file("crash.db");
	const answered = new Set<string>();
	let afterwards = 0;
	let interrupted = 0;
	for (let round = 0; round < rounds; round += 1) {
		const time = startOf(round);
		// The first lives long enough to have answered; the others die at any moment.
		const lines = round === 0 ? 60 : 1 + Math.floor(Math.random() ** 2 * 120);
		for (const id of await liveAndDie(path, time, lines)) answered.add(id);
		afterwards = time + 30_000;
		const store = sqliteStore(path);
		const records = await store.listUsage({ limit: 1_000_000 });
		const day = Math.floor(time / dayMs) * dayMs;
		const inLedger = records.filter(({ startedAt }) => startedAt >= day).reduce((sum, { usage }) => sum + costOf(usage, prices), 0);
		// Before its first request a life that was short may have counted nothing.
		const counters = await store.limits.find(limitedParty, afterwards);
		const { spent, held } = counters?.day.microUsd ?? { spent: 0, held: 0 };
		interrupted += counters?.running ?? 0;
		expect(inLedger).toBeLessThanOrEqual(spent + held);
		expect(spent + held).toBeLessThanOrEqual(budgetMicroUsd);
		const recorded = new Set(records.map(({ id }) => id));
		expect([...answered].filter((id) => !recorded.has(id))).toEqual([]);
		await store.close();
	}
	expect(answered.size).toBeGreaterThan(0);
	expect(interrupted).toBeGreaterThan(0);

	const store = sqliteStore(path);
	const now = afterwards + leaseMs;
	const rest = await store.limits.reserve({ id: "req_last", parties: [limitedParty], asks: [{ expectedTokens: 0, tokens: 0, microUsd: 0 }], now, expiresAt: now + leaseMs });
	expect(rest.ok).toBe(true);
	expect(await store.limits.find(limitedParty, now)).toMatchObject({ running: 1, day: { microUsd: { held: 0 } }, month: { microUsd: { held: 0 } } });
	await store.close();
	const database = new DatabaseSync(path);
	expect(database.prepare("select id from limit_reservations").all()).toEqual([{ id: "req_last" }]);
	database.close();
}, 60_000 * rounds);
