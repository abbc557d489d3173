/** A part of a list that is in the order of age: what stands behind `after`, which need not be there any more. */
export interface AgedPage {
	readonly limit: number;
	readonly after?: { readonly createdAt: number; readonly id: string };
}

/** The same of a list that is in the order of names: behind the name `after`. */
export interface NamedPage {
	readonly limit: number;
	readonly after?: string;
}
