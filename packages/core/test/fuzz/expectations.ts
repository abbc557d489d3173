import { afterEach, expect } from "vitest";
import type { StreamEvent } from "../../src/contract/stream-event.ts";
import type { StreamDecoder } from "../../src/rules/dialects/dialect.ts";

/** Far beyond what a case takes on a slow machine, far below what backtracking or a quadratic loop takes. */
const patienceMs = 5000;

/** Runs one case: it must not throw and must not take long. */
export function inTime<Result>(run: () => Result): Result {
	const startedAt = performance.now();
	const result = run();
	expect(performance.now() - startedAt).toBeLessThan(patienceMs);
	return result;
}

/** Everything that a decoder says, asked once more behind its end, where it must be silent. */
export function decodeAll(decoder: StreamDecoder, pieces: readonly Uint8Array[]): StreamEvent[] {
	const events = [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
	expect(decoder.push(new TextEncoder().encode('data: {"error":{"message":"late"}}\n\ndata: [DONE]\n\n'))).toEqual([]);
	expect(decoder.close()).toEqual([]);
	return events;
}

/** Events cost memory: there are no more of them than bytes, a few of the decoder's own aside. */
export function expectBounded(events: readonly unknown[], byteCount: number): void {
	expect(events.length).toBeLessThanOrEqual(byteCount + 16);
}

/** No prototype is touched by any test of the file. */
export function guardPrototypes(): void {
	const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
	const before = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);
	afterEach(() => {
		expect(prototypes.map((prototype) => Reflect.ownKeys(prototype).length)).toEqual(before);
		expect(Reflect.get({}, "polluted")).toBeUndefined();
	});
}
