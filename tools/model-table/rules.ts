import type { MatchLogic } from "@pydantic/genai-prices";
import { namesOf } from "../../packages/core/src/rules/models/names.ts";
import type { Context } from "./rows.ts";

/**
 * Every name that the price table's rules speak of. A rule (`starts_with: claude-sonnet-5`) covers more than that, and what more it
 * covers is not always the same model (`claude-sonnet-5-5`): only what it says in full is taken.
 */
export function ruleTexts({ names, sources: { prices } }: Context): readonly string[] {
	const models = prices.findProvider({ providerId: names.prices })?.models ?? [];
	return models
		.flatMap(({ match }) => textsOf(match))
		.filter((text) => prices.calcPrice({ input_tokens: 1 }, text, { providerId: names.prices }) !== null);
}

function textsOf(match: MatchLogic): readonly string[] {
	if ("or" in match) return match.or.flatMap(textsOf);
	const [text] = Object.entries(match).flatMap(([kind, value]) => (kind !== "regex" && typeof value === "string" ? [value] : []));
	// The beginning of a date, or of a number, is no name.
	return text !== undefined && /[a-z0-9]$/.test(text) && !/-(20\d{2}|0)$/.test(text) ? [text] : [];
}

/** The rule that speaks of this name, or of it without its date, if it is the one that the price table itself would use. */
export function findRule(name: string, rules: ReadonlyMap<string, string>, { vendor, names, sources }: Context): string | undefined {
	const own = rules.get(name);
	if (own !== undefined) return own;
	const undated = rules.get(namesOf(vendor, name)[1]);
	const modelOf = (model: string) => sources.prices.calcPrice({ input_tokens: 1 }, model, { providerId: names.prices })?.model;
	return undated !== undefined && modelOf(name) === modelOf(undated) ? undated : undefined;
}
