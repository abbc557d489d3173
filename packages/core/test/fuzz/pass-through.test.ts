import type { PassedText } from "../../src/rules/dialects/dialect.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamEvent } from "../../src/contract/stream-event.ts";
import { createPassThrough, type PassThrough } from "../../src/rules/dialects/pass-through.ts";
import { dialects } from "./dialects.ts";
import { expectBounded, guardPrototypes, inTime } from "./expectations.ts";
import { brokenStreamInPieces } from "./streams.ts";

guardPrototypes();

const passing = dialects.flatMap((dialect) => (dialect.provider.passThrough === undefined ? [] : [{ ...dialect, passThrough: dialect.provider.passThrough }]));

/** What was passed as one text, and what was said beside it. */
function tapAll(tap: PassThrough, pieces: readonly Uint8Array[]) {
	const all = [...pieces.flatMap((piece) => tap.push(piece)), ...tap.close()];
	expect(tap.push(new TextEncoder().encode("data: late\n\n"))).toEqual([]);
	expect(tap.close()).toEqual([]);
	const isPassed = (each: StreamEvent | PassedText): each is PassedText => each.type === "passed";
	const passed = all.filter(isPassed);
	return {
		text: passed.map(({ text }) => text).join(""),
		deltaCount: passed.reduce((sum, { deltaCount }) => sum + deltaCount, 0),
		events: all.filter((each): each is StreamEvent => !isPassed(each)),
	};
}

describe.each(passing)("a broken stream of $id that passes", (dialect) => {
	it("gives the provider's own text up to its end, the same at every split, and one end", () => {
		fc.assert(
			fc.property(brokenStreamInPieces(dialect), fc.boolean(), ([whole, pieces], hidesUsage) => {
				const create = () => createPassThrough(dialect.provider, dialect.passThrough, { hidesUsage });
				const tapped = inTime(() => tapAll(create(), [whole]));
				expect(tapAll(create(), pieces)).toEqual(tapped);
				expectBounded(tapped.events, whole.length);
				expect(tapped.events.filter(({ type }) => type === "finish" || type === "error")).toHaveLength(1);
				expect(["finish", "error"]).toContain(tapped.events.at(-1)?.type);
				// The gateway may close the last frame and write the end mark that the provider forgot.
				const { endMark } = dialect.passThrough;
				const original = `${new TextDecoder().decode(whole)}\n\n`;
				const own = tapped.text.endsWith(endMark) ? tapped.text.slice(0, tapped.text.length - endMark.length) : tapped.text;
				if (!hidesUsage) expect(original.startsWith(own)).toBe(true);
				expect(own.length).toBeLessThanOrEqual(original.length);
			}),
			{ numRuns: 300 },
		);
	});

	it("ends well where it does so decoded: pieces of content pass without being looked into, and can only hide a fault", () => {
		fc.assert(
			fc.property(brokenStreamInPieces(dialect), ([whole]) => {
				const decoder = dialect.provider.createStreamDecoder();
				const decoded = [...decoder.push(whole), ...decoder.close()].at(-1);
				if (decoded?.type !== "finish") return;
				const tapped = tapAll(createPassThrough(dialect.provider, dialect.passThrough, { hidesUsage: false }), [whole]).events.at(-1);
				expect(tapped?.type).toBe("finish");
			}),
			{ numRuns: 300 },
		);
	});
});
