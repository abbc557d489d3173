import { setTimeout as pause } from "node:timers/promises";
import type { Dice } from "../chaos/dice.ts";
import type { Life } from "./lives.ts";

const callersAtOnce = 12;

/**
 * Lets callers ask one thing after the other, all at once, and kills the server at a random moment amid it.
 * @param most the largest number of answers that is waited for; mostly it is a few.
 * @param ask rejects where what it sees should never be; that a connection breaks is no such thing.
 */
export async function killedAmid(life: Life, dice: Dice, most: number, ask: (lane: number, at: number) => Promise<void>): Promise<void> {
	// Now and then in the first moments, when the file is opened and what the last life left is found.
	const wanted = dice.below(8) === 0 ? 0 : Math.floor(dice.next() ** 2 * most);
	const thenMs = dice.next() * (wanted === 0 ? 120 : 4);
	const enough = Promise.withResolvers<void>();
	let isOver = false;
	let ended = 0;

	async function keepAsking(lane: number): Promise<void> {
		for (let at = 0; !isOver; at += 1) {
			await ask(lane, at);
			ended += 1;
			if (ended > wanted) enough.resolve();
		}
	}

	const callers = Promise.all(Array.from({ length: callersAtOnce }, (_, lane) => keepAsking(lane)));
	callers.catch(enough.reject);
	try {
		if (wanted > 0) await enough.promise;
		await pause(thenMs);
	} finally {
		isOver = true;
		await life.kill();
	}
	await callers;
}
