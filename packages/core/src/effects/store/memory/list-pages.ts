import { assertListLimit } from "../list-limit.ts";
import type { AgedPage, NamedPage } from "../list-page.ts";

interface Aged {
	readonly createdAt: number;
	readonly id: string;
}

/** Oldest first, equally old ones by id: all, or a page. */
export function byAge<Item extends Aged>(items: readonly Item[], page: AgedPage | undefined): readonly Item[] {
	const ordered = items.toSorted(oldestFirst);
	if (page === undefined) return ordered;
	const { limit, after } = page;
	return ordered.filter((item) => after === undefined || oldestFirst(item, after) > 0).slice(0, assertListLimit(limit));
}

/** By name: all, or a page. */
export function byName<Item>(items: readonly Item[], nameOf: (item: Item) => string, page: NamedPage | undefined): readonly Item[] {
	const ordered = items.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
	if (page === undefined) return ordered;
	const { limit, after } = page;
	return ordered.filter((item) => after === undefined || nameOf(item) > after).slice(0, assertListLimit(limit));
}

export function oldestFirst(one: Aged, other: Aged): number {
	return one.createdAt - other.createdAt || (one.id === other.id ? 0 : one.id < other.id ? -1 : 1);
}
