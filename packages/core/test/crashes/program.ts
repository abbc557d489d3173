import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A server of these tests as one small file: a hundred processes of it are to start within seconds. */
export async function bundleProgram(name: string, folder: string): Promise<string> {
	const outfile = join(folder, `${name}.mjs`);
	await build({
		entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
		outfile,
		bundle: true,
		minify: true,
		platform: "node",
		format: "esm",
		conditions: ["postern-source"],
		banner: { js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);' },
	});
	return outfile;
}
