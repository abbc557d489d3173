import type { Budget } from "../../contract/tenancy.ts";

type Period = Budget["period"];

/** When the UTC day or month of `at` began, in milliseconds since 1970. */
export function periodStart(period: Period, at: number): number {
	if (period === "day") return Math.floor(at / dayMs) * dayMs;
	const date = new Date(at);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** When the period that began at `start` is over. */
export function periodEnd(period: Period, start: number): number {
	if (period === "day") return start + dayMs;
	const date = new Date(start);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

const dayMs = 86_400_000;
