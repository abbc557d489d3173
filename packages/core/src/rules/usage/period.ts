import type { Issue } from "../../contract/errors.ts";
import type { Decoded } from "../dialects/dialect.ts";
import { type Calendar, createCalendar, nextDay } from "./calendar.ts";
import { bucketMs } from "./rollup.ts";

/** What time is asked about, as callers write it. */
export interface AskedPeriod {
	/** A date (`2026-11-01`) or an instant. */
	readonly from?: string | undefined;
	readonly to?: string | undefined;
	/** An IANA time zone. */
	readonly tz?: string | undefined;
}

export interface Period {
	/** Both at full quarters of an hour: `from` rounded down, `to` up. */
	readonly from: number;
	readonly to: number;
	readonly calendar: Calendar;
}

/**
 * A date is a whole day in the time zone, the last one included. Without `to` up to now, without `from` the thirty days up to `to`, its
 * own included.
 */
export function readPeriod({ from, to, tz = "UTC" }: AskedPeriod, now: number): Decoded<Period, readonly Issue[]> {
	const calendar = createCalendar(tz);
	if (calendar === undefined) return wrong("tz", "is no IANA time zone, such as Europe/Berlin");
	const end = to === undefined ? now : readTime(to, calendar, 1);
	if (end === undefined) return wrong("to", whatIsWrong(to));
	const roundedEnd = Math.ceil(end / bucketMs) * bucketMs;
	const begin = from === undefined ? calendar.startOf(nextDay(calendar.dayOf(roundedEnd - 1), 1 - customaryDays)) : readTime(from, calendar, 0);
	if (begin === undefined) return wrong("from", whatIsWrong(from));
	const period = { from: Math.floor(begin / bucketMs) * bucketMs, to: roundedEnd, calendar };
	return period.from < period.to ? { ok: true, value: period } : wrong("from", "is not before to");
}
const customaryDays = 30;
const notation = "is neither a date such as 2026-11-01 nor an instant such as 2026-11-01T12:00:00Z";

/** @param days after a date that is meant. */
function readTime(text: string, calendar: Calendar, days: number): number | undefined {
	const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
	const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i.test(text);
	const time = isDate || isInstant ? Date.parse(text) : Number.NaN;
	// Beyond these nobody has records, and the edges of what a date can be are out of reach.
	if (!(time >= firstTime && time < lastTime)) return undefined;
	// The 30th of February is written like a date.
	if (isDate && new Date(time).toISOString().slice(0, 10) !== text) return undefined;
	return isDate ? calendar.startOf(nextDay(text, days)) : time;
}
const firstYear = 1971;
const lastYear = 8999;
const firstTime = Date.UTC(firstYear, 0, 1);
const lastTime = Date.UTC(lastYear + 1, 0, 1);

function whatIsWrong(text = ""): string {
	const year = Number(/^([+-]?\d{4,})-\d\d-\d\d(?!\d)/.exec(text)?.[1] ?? firstYear);
	const time = Date.parse(text);
	const isFar = year < firstYear || year > lastYear || time < firstTime || time >= lastTime;
	return isFar ? `lies outside of the years ${firstYear} to ${lastYear}` : notation;
}

function wrong(path: string, message: string): Decoded<never, readonly Issue[]> {
	return { ok: false, problem: [{ path, message }] };
}
