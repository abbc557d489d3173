import { expect } from "vitest";
import type { StreamEvent } from "../../../src/contract/stream-event.ts";

/** One end, nothing behind it; every part starts once, ends once, and has its deltas in between. */
export function expectWellFormed(events: readonly StreamEvent[]): void {
	const ends = events.filter((event) => event.type === "finish" || event.type === "error");
	expect(ends).toHaveLength(1);
	expect(events.at(-1)).toBe(ends[0]);
	const open = new Set<string>();
	const seen = new Set<string>();
	for (const event of events) {
		switch (event.type) {
			case "text-start":
			case "reasoning-start":
			case "tool-input-start":
				expect(seen.has(event.id)).toBe(false);
				seen.add(event.id);
				open.add(event.id);
				break;
			case "text-delta":
			case "reasoning-delta":
			case "tool-input-delta":
				expect(event.delta).not.toBe("");
				expect(open.has(event.id)).toBe(true);
				break;
			case "text-end":
			case "reasoning-end":
			case "tool-input-end":
				expect(open.delete(event.id)).toBe(true);
				break;
			default:
		}
	}
	if (events.at(-1)?.type === "finish") expect([...open]).toEqual([]);
}
