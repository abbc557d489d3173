import { describe, expect, it, vi } from "vitest";
import type { JsonObject } from "../../../../src/contract/json.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { openBlock } from "../../../../src/rules/dialects/anthropic-messages/block-decoder.ts";

/** The part that a block of a type unknown here becomes. */
function told(block: JsonObject, deltas: readonly JsonObject[]): unknown {
	const events: StreamEvent[] = [];
	const open = openBlock(block, "0", 1_000_000, events);
	for (const delta of deltas) expect(open?.delta(delta, events)).toBeUndefined();
	expect(open?.stop(events)).toBe("told");
	return events.map((event) => (event.type === "opaque" ? event.value : event));
}

describe("a block of a type that is not known", () => {
	it.each<[string, JsonObject, readonly JsonObject[], JsonObject]>([
		["texts grow", { type: "x", a: "1" }, [{ type: "x_delta", a: "2" }, { type: "x_delta", a: "3" }], { type: "x", a: "123" }],
		["texts that the start left out begin with their first piece", { type: "x" }, [{ type: "x_delta", a: "2" }, { type: "x_delta", a: "3" }], { type: "x", a: "23" }],
		["other values are final", { type: "x", a: [1], b: null }, [{ type: "x_delta", a: [2], b: "t" }, { type: "x_delta", a: null }], { type: "x", a: null, b: "t" }],
		["a text behind another value stands in its place", { type: "x", a: "1" }, [{ type: "x_delta", a: 2 }, { type: "x_delta", a: "3" }, { type: "x_delta", a: "4" }], { type: "x", a: "34" }],
		["a value behind a text does, too", { type: "x", a: "1" }, [{ type: "x_delta", a: "2" }, { type: "x_delta", a: 3 }], { type: "x", a: 3 }],
	])("%s", (_, block, deltas, whole) => {
		expect(told(block, deltas)).toEqual([whole]);
	});

	it("is put together once, however many deltas it has", () => {
		const put = vi.spyOn(Object, "fromEntries");
		const block = { type: "x", text: "", ...Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field_${index}`, index])) };
		const deltas = Array.from({ length: 5000 }, () => ({ type: "x_delta", text: "ab" }));
		put.mockClear();
		const [whole] = told(block, deltas) as readonly JsonObject[];
		expect(put.mock.calls.length).toBeLessThan(5);
		expect(put.mock.results.flatMap(({ value }) => Object.keys(value))).toEqual(["text"]);
		expect(whole).toEqual({ ...block, text: "ab".repeat(5000) });
		put.mockRestore();
	});
});
