import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { errorTable, presets } from "@postern/core";
import { expect, test } from "vitest";
import { variables } from "../packages/server-hono/src/standalone/environment.ts";
import { codeBlocks, readReadme, tableRows } from "./readme.ts";

const root = join(import.meta.dirname, "..");
const readme = await readReadme();

test("the table of errors is the contract's", () => {
	const expected = Object.entries(errorTable).map(([code, { status, blame, retryable }]) => [
		`\`${code}\``,
		String(status),
		blame,
		retryable ? "yes" : "no",
	]);
	expect(tableRows(readme, "code")).toEqual(expected);
});

test("the table of variables is the standalone server's", () => {
	const rows = tableRows(readme, "variable");
	expect(rows.map(([name]) => name)).toEqual(Object.keys(variables).map((name) => `\`${name}\``));
});

test("the table of providers names every preset and its variables", () => {
	const text = tableRows(readme, "provider").flat().join(" ");
	for (const [name, { keyVariable }] of Object.entries(presets)) {
		expect(text).toContain(`\`${keyVariable}\``);
		expect(text).toContain(`\`${name.toUpperCase()}_BASE_URL\``);
		expect(text).toMatch(new RegExp(`"${name}"|\`${name}\\(\\)\``));
	}
});

test("the TypeScript examples compile as they stand", { timeout: 300_000 }, async () => {
	// Inside the tree, so that they find the packages as an app would.
	const folder = join(root, "node_modules/.cache/postern-readme");
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	const files: string[] = [];
	for (const place of [".", "packages/core", "packages/server-hono", "packages/server-express"]) {
		for (const { language, code, line } of codeBlocks(await readReadme(place))) {
			if (language !== "ts") continue;
			const file = `${place.replaceAll(/\W/g, "-")}-line-${line}.ts`;
			await writeFile(join(folder, file), code);
			files.push(file);
		}
	}
	expect(files.length).toBeGreaterThan(10);
	await writeFile(
		join(folder, "tsconfig.json"),
		JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions: { typeRoots: [join(root, "node_modules/@types")] }, include: [], exclude: [], files }),
	);
	const tsc = join(root, "node_modules/.bin/tsc");
	const { stdout } = await promisify(execFile)(tsc, ["-p", folder]).catch((error: { stdout: string }) => error);
	const own = stdout.split("\n").filter((text) => text.includes("postern-readme/"));
	expect(own).toEqual([]);
	await rm(folder, { recursive: true, force: true });
});
