/**
 * One call that several requests wait for. It belongs to nobody: whoever hangs up leaves alone, and the last one to leave ends it.
 */
export interface Flight<Landing> {
	/** What it has come to. */
	readonly landing: Promise<Landing>;
	/** @returns what leaves it, once; `true` where that was the last one and the call is ended. */
	board(): () => boolean;
	/** Nobody is taken on board any more. */
	close(): void;
}

export interface Flights<Landing> {
	/** One that can still be boarded. */
	find(key: string): Flight<Landing> | undefined;
	/** A flight that others find, unless there is one already. `start` is called at once; its signal aborts once all have left. */
	open(key: string, start: (signal: AbortSignal, close: () => void) => Promise<Landing>): Flight<Landing>;
	/** How many were closed so far. */
	closed(): number;
}

export function createFlights<Landing>(): Flights<Landing> {
	const open = new Map<string, Flight<Landing>>();
	let closed = 0;
	return {
		find: (key) => open.get(key),
		closed: () => closed,
		open(key, start) {
			const controller = new AbortController();
			let passengers = 0;
			let isClosed = false;
			function close(): void {
				if (isClosed) return;
				isClosed = true;
				closed++;
				if (open.get(key) === flight) open.delete(key);
			}
			const flight: Flight<Landing> = {
				landing: start(controller.signal, close),
				close,
				board() {
					passengers++;
					let isAboard = true;
					return () => {
						if (!isAboard) return false;
						isAboard = false;
						if (--passengers > 0) return false;
						close();
						controller.abort();
						return true;
					};
				},
			};
			if (!isClosed && !open.has(key)) open.set(key, flight);
			return flight;
		},
	};
}
