import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder for one test file, gone at its end. */
export function temporaryFolder(): { file(name: string): string } {
	const folder = mkdtempSync(join(tmpdir(), "postern-sqlite-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	return { file: (name) => join(folder, name) };
}
