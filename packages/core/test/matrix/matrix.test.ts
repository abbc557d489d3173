import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cell, openCell, providerIds } from "./cell.ts";
import { caseIds, cases } from "./cases.ts";
import { callerIds } from "./clients.ts";
import { gapOf } from "./gaps.ts";
import { matrixDocument, matrixLines } from "./document.ts";

const pairs = callerIds.flatMap((caller) => providerIds.map((provider) => [caller, provider] as const));

describe.each(pairs)("%s before %s", (caller, provider) => {
	let cell: Cell;
	beforeAll(() => {
		cell = openCell(caller, provider);
	});
	afterAll(() => cell.close());

	for (const id of caseIds) {
		const gap = gapOf(caller, provider, id);
		if (gap === undefined) it(id, () => cases[id](cell));
		// Tried all the same: a gap that was closed must leave the table.
		else it(`no ${id}: ${gap}`, () => expect(cases[id](cell)).rejects.toThrow());
	}
});

describe("the matrix", () => {
	const path = new URL("../../../../docs/matrix.md", import.meta.url);

	it("stands in docs/matrix.md (POSTERN_WRITE_MATRIX=1 writes it anew)", () => {
		const written = matrixDocument();
		if (process.env.POSTERN_WRITE_MATRIX === "1") writeFileSync(path, written);
		expect(readFileSync(path, "utf8")).toBe(written);
	});

	afterAll(() => console.info(matrixLines().join("\n")));
});
