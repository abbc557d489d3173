/**
 * Puts the files that ship with the package beside its code: `assets/scalar.js.br`, the script of the documentation page.
 * Brotli at 9 takes a second; 11 would save a tenth of the megabyte and take ten.
 */
import { readFile, mkdir, writeFile } from "node:fs/promises";
import { constants, brotliCompressSync } from "node:zlib";

const assets = new URL("../assets/", import.meta.url);
const script = await readScript();
if (script !== undefined) {
	await mkdir(assets, { recursive: true });
	const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: script.length };
	await writeFile(new URL("scalar.js.br", assets), brotliCompressSync(script, { params }));
}

/** Absent where development dependencies were left out: the documentation page then answers 501. */
async function readScript(): Promise<Buffer | undefined> {
	try {
		return await readFile(new URL("./browser/standalone.js", import.meta.resolve("@scalar/api-reference")));
	} catch (error) {
		console.log(`No documentation page: ${error instanceof Error ? error.message : "Scalar cannot be read"}`);
		return undefined;
	}
}
