import { tmpdir } from "node:os";
import { join } from "node:path";
import { printSelfTimes, startProfile, stopProfile } from "../overhead/profile.ts";

/** Prints where the time goes while `run` runs. */
export async function printProfile(name: string, run: () => Promise<void>): Promise<void> {
	const file = join(tmpdir(), `postern-core-${name.replaceAll(/[^a-z0-9]+/g, "-")}.cpuprofile`);
	await startProfile();
	await run();
	await stopProfile(file);
	console.log(`  ${file}`);
	printSelfTimes(file);
}
