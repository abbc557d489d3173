import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

interface Manifest {
	readonly exports: Readonly<Record<string, string | { readonly "postern-source": string }>>;
	readonly bin?: Readonly<Record<string, string>>;
}

/**
 * The build of every package. What a package publishes is said once, in the `exports` and `bin` of its package.json: each
 * source file named there becomes an entry, and what entries share becomes a chunk. ESM only: the `default` condition lets
 * `require()` load it too.
 */
export default defineConfig(() => {
	const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
	const sources = [
		...Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [] : [target["postern-source"]])),
		...Object.values(manifest.bin ?? {}).map((file) => file.replace("./dist/", "./src/").replace(/\.js$/, ".ts")),
	];
	return {
		entry: Object.fromEntries(sources.map((source) => [source.replace("./src/", "").replace(/\.ts$/, ""), source])),
		outDir: "dist",
		format: "esm",
		platform: "neutral",
		external: [/^node:/],
		target: "es2024",
		tsconfig: "../../tsconfig.json",
		splitting: true,
		sourcemap: true,
		clean: true,
		removeNodeProtocol: false,
		dts: { compilerOptions: { noEmit: false, composite: false } },
		silent: true,
	};
});
