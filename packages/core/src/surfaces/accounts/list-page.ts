import { z } from "zod";
import type { AgedPage, NamedPage } from "../../effects/store/list-page.ts";

/** How many are listed where nobody says how many: as good as all, and never without end. */
const mostListed = 1000;

const limit = z
	.string()
	.regex(/^(?:[1-9]\d{0,2}|1000)$/, "must be a whole number from 1 to 1000")
	.default(String(mostListed))
	.transform(Number);

/** Of lists in the order of names: the cursor is the last one's. */
export const namedPage = { limit, after: z.string().min(1).max(300).exactOptional() };

/** Of lists in the order of age: the cursor says how old the last one was, so that it holds also where that one is deleted meanwhile. */
export const agedPage = {
	limit,
	after: z
		.string()
		.regex(/^\d{1,16}:./s, "is not `next` of a page before")
		.transform((cursor) => {
			const colon = cursor.indexOf(":");
			return { createdAt: Number(cursor.slice(0, colon)), id: cursor.slice(colon + 1) };
		})
		.exactOptional(),
};

export const namedPageQuery = z.strictObject(namedPage);
export const agedPageQuery = z.strictObject(agedPage);

/** One more than asked for tells whether there is another page. */
export function oneMore<Page extends AgedPage | NamedPage>(page: Page): Page {
	return { ...page, limit: page.limit + 1 };
}

/** What is told of a list of which one more was looked for. */
export function pageOf<Item>(found: readonly Item[], { limit }: Pick<NamedPage, "limit">, cursorOf: (last: Item) => string): { readonly items: readonly Item[]; readonly next?: string } {
	const items = found.slice(0, limit);
	const last = items.at(-1);
	return { items, ...(found.length > limit && last !== undefined ? { next: cursorOf(last) } : {}) };
}

export function ageCursor({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string {
	return `${createdAt}:${id}`;
}
