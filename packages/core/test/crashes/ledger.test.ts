import { expect, inject, test } from "vitest";
import { usageOutcomes } from "../../src/contract/session.ts";
import { temporaryFolder } from "../node/sqlite/temporary-folder.ts";
import { type Asked, liveAndDie } from "./ledger-callers.ts";
import { expectWhole } from "./ledger-verdict.ts";
import { lives } from "./lives.ts";
import { bundleProgram } from "./program.ts";

/** What is asked, and after how many answers a process dies; the rest stays with the machine. */
const seed = inject("seed");
const deaths = Number(process.env["POSTERN_CRASH_DEATHS"] ?? 100);
const folder = temporaryFolder();

test(`keeps one record of every answer that was seen complete, after ${deaths} deaths under load`, { timeout: 600_000 }, async () => {
	const path = folder.file("crashes.db");
	const servers = lives(await bundleProgram("ledger-server", folder.file("")), path);
	const asked: Asked[] = [];
	for (let death = 1; death <= deaths; death += 1) {
		asked.push(...(await liveAndDie(await servers.next(), String(death), String(seed))));
		// Rarely: looking also tidies up, and most lives are to begin with what the last one left.
		if (death % 34 === 0) await expectWhole(path, asked);
	}
	await servers.end();
	const records = await expectWhole(path, asked);

	// The storm was one: of everything something came to its end, and deaths came amid the rest.
	expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(usageOutcomes));
	const answered = asked.filter(({ requestId }) => requestId !== undefined).length;
	expect(answered).toBeGreaterThan(deaths);
	expect(asked.length - answered).toBeGreaterThan(deaths);
	expect(new Set(asked.flatMap(({ deed, requestId }) => (requestId === undefined ? [] : [deed]))).size).toBe(10);
});
