import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("a bundle holds the client and its parser, and nothing of core", async () => {
	const { metafile } = await build({
		entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
		bundle: true,
		format: "esm",
		conditions: ["postern-source"],
		write: false,
		metafile: true,
	});
	const inputs = Object.keys(metafile.inputs);
	expect(inputs.some((path) => path.endsWith("client/src/client.ts"))).toBe(true);
	expect(inputs.filter((path) => !/client\/src\/|eventsource-parser\//.test(path))).toEqual([]);
});
