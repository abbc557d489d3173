import { expect, inject, test } from "vitest";
import { temporaryFolder } from "../node/sqlite/temporary-folder.ts";
import { changeAndDie, type Changed } from "./accounts-callers.ts";
import { expectWhole } from "./accounts-verdict.ts";
import { lives } from "./lives.ts";
import { bundleProgram } from "./program.ts";

const seed = inject("seed");
const deaths = Number(process.env["POSTERN_CRASH_DEATHS"] ?? 15);
const folder = temporaryFolder();

test(`keeps every change of projects, keys and credentials with its audit entry, or neither, after ${deaths} deaths`, { timeout: 300_000 }, async () => {
	const path = folder.file("accounts.db");
	const servers = lives(await bundleProgram("accounts-server", folder.file("")), path);
	const changed: Changed[] = [];
	for (let death = 1; death <= deaths; death += 1) changed.push(...(await changeAndDie(await servers.next(), String(death), String(seed))));
	await servers.end();
	const entries = await expectWhole(path, changed);

	// Of every kind some were made, and deaths came amid others.
	expect(new Set(entries.map(({ action }) => action)).size).toBeGreaterThan(6);
	expect(changed.flatMap(({ answered }) => answered).length).toBeGreaterThan(deaths);
	expect(changed.filter(({ answered }) => answered.at(-1)?.action !== "project.deleted").length).toBeGreaterThan(deaths);
});
