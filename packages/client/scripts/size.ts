/** Prints what the client weighs in a page: bundled, minified, gzipped. Fails over the limit. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Grown with the operations of later surfaces. */
const limitBytes = 6000;

const { outputFiles } = await build({
	entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
	bundle: true,
	minify: true,
	format: "esm",
	target: "es2024",
	write: false,
});
const code = outputFiles[0]?.contents ?? new Uint8Array();
const bytes = gzipSync(code, { level: 9 }).length;
console.log(`@postern/client: ${bytes} bytes gzipped (${code.length} minified), limit ${limitBytes}`);
if (bytes > limitBytes) process.exitCode = 1;
