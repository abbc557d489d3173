import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { exampleRecord, exampleTurn } from "./examples.ts";

/**
 * A process of its own for the tests: `writer.ts <file> <name> <turns>`. Writes records and turns until it is killed or,
 * with a number of turns, has added them; prints the id of each as soon as the store says that it is written.
 */
const [path = "", name = "", turnsWanted = "Infinity"] = process.argv.slice(2);
const store = sqliteStore({ path, maintenanceDelayMs: 5, walLimitBytes: 64 * 1024 });
const turns = Number(turnsWanted);
let written = 0;

async function record(lane: number): Promise<void> {
	for (let at = 0; written < turns; at += 1) {
		const id = `${name}-${lane}-${at}`;
		await store.recordUsage(exampleRecord(id, at));
		process.stdout.write(`record ${id}\n`);
	}
}

async function converse(): Promise<void> {
	for (let at = 0; written < turns; at += 1) {
		const requestId = `${name}-${at}`;
		await store.appendTurn(exampleTurn("ses_shared", requestId, "x".repeat(at % 5000)));
		process.stdout.write(`turn ${requestId}\n`);
		written += 1;
		// Turns alone would never let the event loop turn: nothing in them waits for the world.
		await new Promise((resolve) => setImmediate(resolve));
	}
}

await Promise.all([converse(), ...Array.from({ length: 8 }, (_, lane) => record(lane))]);
await store.close();
