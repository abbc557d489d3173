/**
 * What was used in the last minute, in slots of five seconds. A slot counts until all of it is more than a minute ago, so that in no
 * minute whatever more is let through than the rule says: two whole windows side by side, a weighted window before this one and a
 * bucket that fills up again all let up to twice as much through. The price: what was used comes back up to five seconds late.
 */
export type Minute = readonly MinuteSlot[];
/** Plain numbers, because this is stored with every request. */
export type MinuteSlot = readonly [startedAt: number, requests: number, tokens: number];

export type MinuteMeasure = "requests" | "tokens";
const columns = { requests: 1, tokens: 2 } as const;

export const slotMs = 5000;
export const minuteMs = 60_000;

/** The slots that still count at `now`, oldest first. */
export function recentSlots(minute: Minute, now: number): Minute {
	return minute.filter(([startedAt]) => leavesAt(startedAt) > now);
}

export function usedInMinute(minute: Minute, measure: MinuteMeasure): number {
	return minute.reduce((sum, slot) => sum + slot[columns[measure]], 0);
}

/** Adds to the slot of `at`, the newest one. No slot sinks below nothing. */
export function addToMinute(minute: Minute, at: number, requests: number, tokens: number): Minute {
	const startedAt = slotStart(at);
	const place = minute.findIndex(([start]) => start === startedAt);
	const slot = minute[place];
	if (slot !== undefined) return minute.with(place, [startedAt, atLeastNothing(slot[1] + requests), atLeastNothing(slot[2] + tokens)]);
	return requests <= 0 && tokens <= 0 ? minute : [...minute, [startedAt, atLeastNothing(requests), atLeastNothing(tokens)]];
}

/** Takes tokens back out of the slot of `at`, where it still counts. */
export function returnTokens(minute: Minute, at: number, tokens: number): Minute {
	return minute.map((slot) => (slot[0] === slotStart(at) ? [slot[0], slot[1], atLeastNothing(slot[2] - tokens)] : slot));
}

/** How long until `need` more fits under `quota`; `undefined` where it never will. */
export function waitForRoom(minute: Minute, measure: MinuteMeasure, need: number, quota: number, now: number): number | undefined {
	let used = usedInMinute(minute, measure);
	if (used + need <= quota) return 0;
	for (const slot of minute) {
		used -= slot[columns[measure]];
		if (used + need <= quota) return leavesAt(slot[0]) - now;
	}
	return undefined;
}

/** How long until something of what was used comes back. A whole minute where nothing was. */
export function nextReturn(minute: Minute, measure: MinuteMeasure, now: number): number {
	const oldest = minute.find((slot) => slot[columns[measure]] > 0);
	return oldest === undefined ? minuteMs : leavesAt(oldest[0]) - now;
}

function slotStart(at: number): number {
	return Math.floor(at / slotMs) * slotMs;
}

function leavesAt(startedAt: number): number {
	return startedAt + slotMs + minuteMs;
}

function atLeastNothing(amount: number): number {
	return Math.max(0, amount);
}
