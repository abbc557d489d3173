import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "@postern/core";
import { expect, test } from "vitest";

const packages = join(import.meta.dirname, "../packages");

test.each(await readdir(packages))("%s has the version that the gateway tells", async (name) => {
	const manifest: unknown = JSON.parse(await readFile(join(packages, name, "package.json"), "utf8"));
	expect(manifest).toMatchObject({ version });
});
