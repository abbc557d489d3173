import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Real answers of real providers, where `POSTERN_RECORDED_DIR` says they lie: `<dialect>/<vendor>/<name>.json` (a whole answer),
 * `.chunks.txt` (one event per line, without its envelope), `.sse` (as on the wire). They are no part of this repository.
 */
export interface Recorded {
	/** `vendor/name` without the file's ending. */
	readonly name: string;
	readonly vendor: string;
	/** Text of the whole answer. */
	readonly whole?: string;
	/** What stood behind `data:`, event by event. */
	readonly chunks?: readonly string[];
	/** The bytes of a stream, envelope included. */
	readonly sse?: string;
}

/** @returns nothing where the variable is not set: say so once with {@link recordedSkip}. */
export function findRecorded(dialect: string): readonly Recorded[] {
	const root = process.env.POSTERN_RECORDED_DIR;
	const folder = root === undefined ? "" : join(root, dialect);
	if (folder === "" || !existsSync(folder)) return [];
	const found = new Map<string, { -readonly [Key in keyof Recorded]: Recorded[Key] }>();
	for (const vendor of readdirSync(folder).sort()) {
		for (const file of readdirSync(join(folder, vendor)).sort()) {
			const [, stem, ending] = /^(.+?)(\.json|\.chunks\.txt|\.sse)$/.exec(file) ?? [];
			if (stem === undefined || ending === undefined) continue;
			const name = `${vendor}/${stem}`;
			const entry = found.get(name) ?? { name, vendor };
			const text = readFileSync(join(folder, vendor, file), "utf8");
			if (ending === ".json") entry.whole = text;
			else if (ending === ".sse") entry.sse = text;
			else entry.chunks = text.split("\n").filter((line) => line.trim() !== "");
			found.set(name, entry);
		}
	}
	return [...found.values()];
}

/** The one line that a suite of recorded answers is skipped with. */
export const recordedSkip = "recorded answers: skipped, POSTERN_RECORDED_DIR is not set";
