/** What a provider may do with one attempt. */
export interface Deed {
	/** The simulator's model that does it; `wall` is a port where connections are reset, `nowhere` one where nobody listens. */
	readonly model: string;
	/** How often, beside others of its kind. */
	readonly weight: number;
	/** What it says, all of it or until it breaks off; `undefined` where not a word comes. */
	says(prompt: string): string | undefined;
	/** Whether it comes to a proper end. */
	readonly isWell: boolean;
}

const echo = (prompt: string): string => `This is Postern's simulator: no model was asked. You said: ${prompt}`;
const count = (words: number): string => Array.from({ length: words }, (_, index) => `word${index + 1}`).join(" ");

function well(model: string, weight: number, says: Deed["says"] = echo): Deed {
	return { model, weight, says, isWell: true };
}
function brokenOff(model: string, weight: number): Deed {
	return { model, weight, says: () => "The simulator says this much and then it", isWell: false };
}
function silent(model: string, weight: number): Deed {
	return { model, weight, says: () => undefined, isWell: false };
}

export const goodDeeds: readonly Deed[] = [
	well("echo", 3),
	well("slow-5", 3),
	well("slow-headers-40", 1),
	well("reasoning", 2),
	well("long-300", 2, () => count(300)),
	// More than the sockets' buffers hold: a slow reader has to be waited for.
	well("long-2000", 0.2, () => count(2000)),
];

export const badDeeds: readonly Deed[] = [
	brokenOff("cut", 3),
	brokenOff("early-end", 3),
	brokenOff("stall", 2),
	brokenOff("error-after-start", 3),
	silent("rate-limited-0", 3),
	silent("rate-limited-1", 2),
	silent("rate-limited-60", 1),
	silent("error-429", 2),
	silent("error-500", 3),
	silent("overloaded", 3),
	silent("error-in-stream", 3),
	silent("never-starts", 2),
	silent("garbage", 2),
	silent("empty", 2),
	silent("wall", 3),
	silent("nowhere", 2),
];
