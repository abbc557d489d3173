/** Takes the version that changesets gave core's package.json over into the code, where the gateway reads it without files. */
import { readFile, writeFile } from "node:fs/promises";

const core = new URL("../packages/core/", import.meta.url);
const { version } = JSON.parse(await readFile(new URL("package.json", core), "utf8")) as { readonly version: string };
const file = new URL("src/version.ts", core);
const source = await readFile(file, "utf8");
await writeFile(file, source.replace(/version = "[^"]*"/, `version = "${version}"`));
