import type { ModelFacts } from "./facts.ts";

/**
 * What a caller can rely on whichever of these models answers: the smallest limits, what all of them take and can do. What is not
 * known of one of them is not promised; what one of them cannot do is. A price is told where it is the same everywhere.
 */
export function commonFacts(list: readonly (ModelFacts | undefined)[]): ModelFacts | undefined {
	const [first, ...others] = list.map((facts) => facts ?? {});
	if (first === undefined || list.every((facts) => facts === undefined)) return undefined;
	if (others.length === 0) return first;
	const all = [first, ...others];
	const common = {
		...smallest("contextWindow", all),
		...smallest("maxOutputTokens", all),
		...agreed("tools", all),
		...agreed("structuredOutput", all),
		...agreed("reasoning", all),
		...(first.kind !== undefined && others.every(({ kind }) => kind === first.kind) ? { kind: first.kind } : {}),
		...(all.every(({ inputModalities }) => inputModalities !== undefined) ? { inputModalities: sharedModalities(all) } : {}),
		...(first.prices !== undefined && others.every(({ prices }) => JSON.stringify(prices) === JSON.stringify(first.prices)) ? { prices: first.prices } : {}),
	};
	return Object.keys(common).length === 0 ? undefined : common;
}

function smallest(field: "contextWindow" | "maxOutputTokens", all: readonly ModelFacts[]): Partial<ModelFacts> {
	const values = all.flatMap((facts) => facts[field] ?? []);
	return values.length === all.length ? { [field]: Math.min(...values) } : {};
}

function agreed(field: "tools" | "structuredOutput" | "reasoning", all: readonly ModelFacts[]): Partial<ModelFacts> {
	if (all.some((facts) => facts[field] === false)) return { [field]: false };
	return all.every((facts) => facts[field] === true) ? { [field]: true } : {};
}

function sharedModalities([first, ...others]: readonly ModelFacts[]): NonNullable<ModelFacts["inputModalities"]> {
	return (first?.inputModalities ?? []).filter((modality) => others.every(({ inputModalities = [] }) => inputModalities.includes(modality)));
}
