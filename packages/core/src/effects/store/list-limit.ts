/** @throws RangeError, because a negative limit means "all" to SQLite, "from the end" to an array and an error to PostgreSQL. */
export function assertListLimit(limit: number): number {
	if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`limit must be a whole number of at least 0, not ${limit}`);
	return limit;
}

/** What `listUsage` returns at most where its filter names no limit. */
export const defaultUsageLimit = 100;
