/** @throws RangeError, because a negative limit means "all" to SQLite, "from the end" to an array and an error to PostgreSQL. */
export function assertListLimit(limit: number): number {
	if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`limit must be a whole number of at least 0, not ${limit}`);
	return limit;
}

/** @throws RangeError, because what is no time compares with all rows or none, as each store likes it. */
export function assertTime(time: number): number {
	if (!Number.isFinite(time)) throw new RangeError(`a time is a number of milliseconds since 1970, not ${time}`);
	return time;
}

/** What `listUsage` returns at most where its filter names no limit. */
export const defaultUsageLimit = 100;
