import { expect, it } from "vitest";
import { createFlights } from "../../../src/effects/cache/flights.ts";

function pending(signals: AbortSignal[]) {
	return (signal: AbortSignal) => {
		signals.push(signal);
		return new Promise<string>(() => {});
	};
}

it("a flight ends with the last one who leaves, once", () => {
	const signals: AbortSignal[] = [];
	const flights = createFlights<string>();
	const flight = flights.open("a", pending(signals));
	expect(flights.find("a")).toBe(flight);
	const leave = flight.board();
	const leaveToo = flight.board();
	expect([leave(), leave(), signals[0]?.aborted]).toEqual([false, false, false]);
	expect([leaveToo(), leaveToo(), signals[0]?.aborted, flights.find("a"), flights.closed()]).toEqual([true, false, true, undefined, 1]);
});

it("a second flight for the same key is not found beside the first, and does not take it away", () => {
	const flights = createFlights<string>();
	const first = flights.open("a", pending([]));
	const second = flights.open("a", pending([]));
	second.close();
	expect(flights.find("a")).toBe(first);
	first.close();
	first.close();
	expect([flights.find("a"), flights.closed()]).toEqual([undefined, 2]);
});

it("one that is closed can be flown to its end", async () => {
	const flights = createFlights<string>();
	const flight = flights.open("a", async (_, close) => {
		await Promise.resolve();
		close();
		return "there";
	});
	expect(await flight.landing).toBe("there");
	expect(flights.find("a")).toBeUndefined();
	expect(flights.find("constructor")).toBeUndefined();
});
