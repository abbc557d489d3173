import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");

it("docs/ai-sdk.md shows an example that compiles", async () => {
	const [, shown] = /^```ts\n(.*?)^```$/ms.exec(await read("../../../../../docs/ai-sdk.md")) ?? [];
	expect(shown).toBe(await read("example.ts"));
});
