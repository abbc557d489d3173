/** Fields as a query with its question mark; empty where none is given. */
export function queryOf(fields: object = {}): string {
	const given = Object.entries(fields).filter(([, value]) => value !== undefined);
	return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
