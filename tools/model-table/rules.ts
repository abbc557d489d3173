import type { MatchLogic } from "@pydantic/genai-prices";
import { namesOf } from "../../packages/core/src/rules/models/names.ts";
import type { Context } from "./rows.ts";

/** A name that the price table speaks of, and under which of its providers. */
export interface Rule {
	readonly provider: string;
	readonly text: string;
}

/**
 * Every name that the price table's rules speak of. A rule (`starts_with: claude-sonnet-5`) covers more than that, and what more it
 * covers is not always the same model (`claude-sonnet-5-5`): only what it says in full is taken.
 */
export function rulesByName({ vendor, names, sources: { prices } }: Context): ReadonlyMap<string, Rule> {
	const rules = new Map<string, Rule>();
	for (const provider of names.prices) {
		const texts = (prices.findProvider({ providerId: provider })?.models ?? []).flatMap(({ match }) => textsOf(match));
		for (const text of texts) {
			const [name] = namesOf(vendor, text);
			if (!rules.has(name) && prices.calcPrice({ input_tokens: 1 }, text, { providerId: provider }) !== null) rules.set(name, { provider, text });
		}
	}
	return rules;
}

function textsOf(match: MatchLogic): readonly string[] {
	if ("or" in match) return match.or.flatMap(textsOf);
	if ("and" in match) return match.and.flatMap(textsOf);
	const [text] = Object.entries(match).flatMap(([kind, value]) => (kind !== "regex" && typeof value === "string" ? [value] : []));
	// The beginning of a date, or of a number, is no name.
	return text !== undefined && /[a-z0-9]$/.test(text) && !/-(20\d{2}|0)$/.test(text) ? [text] : [];
}

/** The rule that speaks of this name, or of it without its date, if it is the one that the price table itself would use. */
export function findRule(name: string, rules: ReadonlyMap<string, Rule>, { vendor, sources }: Context): Rule | undefined {
	const own = rules.get(name);
	if (own !== undefined) return own;
	const undated = rules.get(namesOf(vendor, name)[1]);
	if (undated === undefined) return undefined;
	const modelOf = (model: string) => sources.prices.calcPrice({ input_tokens: 1 }, model, { providerId: undated.provider })?.model;
	return modelOf(name) === modelOf(undated.text) ? undated : undefined;
}
