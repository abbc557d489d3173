import { bucketMs } from "./rollup.ts";

/** A calendar of days in a time zone. Days begin at full quarters of an hour: every zone in use today keeps to them. */
export interface Calendar {
	readonly timeZone: string;
	/** The day that a time lies in: `2026-11-01`. */
	dayOf(time: number): string;
	/** When a day begins: not always at midnight, and not every day has 24 hours. */
	startOf(day: string): number;
}

/** `undefined` where nobody knows a time zone by that name. */
export function createCalendar(timeZone: string): Calendar | undefined {
	const format = formatOf(timeZone);
	if (format === undefined) return undefined;
	const dayOf = (time: number): string => format.format(time);
	return {
		timeZone,
		dayOf,
		startOf(day) {
			// No zone is further from UTC than 14 hours. The days of quarters ascend, so that the first one of a day can be searched for.
			const middle = Date.parse(`${day}T00:00:00Z`) / bucketMs;
			let [before, from] = [middle - farthest, middle + farthest];
			while (from - before > 1) {
				const between = Math.floor((before + from) / 2);
				if (dayOf(between * bucketMs) < day) before = between;
				else from = between;
			}
			return from * bucketMs;
		},
	};
}
const farthest = 16 * 4;

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
	try {
		// The Canadian way to write a date is ISO's.
		return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
	} catch {
		return undefined;
	}
}

/** The day after: by the calendar, whatever the clocks do. */
export function nextDay(day: string, days = 1): string {
	return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}
const dayMs = 86_400_000;

/**
 * The spans of days between two times, the first and the last of them as far as they lie between.
 * @returns the edges of the spans, and the day of each.
 */
export function daySpans(calendar: Calendar, from: number, to: number): { readonly edges: readonly number[]; readonly days: readonly string[] } {
	const edges = [from];
	const days: string[] = [];
	for (let day = calendar.dayOf(from); (edges.at(-1) ?? to) < to; ) {
		const end = Math.min(calendar.startOf(nextDay(day)), to);
		const last = edges.at(-1) ?? from;
		// A day that a zone leaves out, when it moves across the date line, has no time.
		if (end > last) {
			edges.push(end);
			days.push(day);
		}
		day = nextDay(day);
	}
	return { edges, days };
}
