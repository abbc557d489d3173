import { namesOf } from "../../packages/core/src/rules/models/names.ts";

/** The same for all spellings of one model: `claude-opus-4.5`, `claude-4-5-opus-20251101`. */
export function senseOf(vendor: string, name: string): string {
	const [, , base] = namesOf(vendor, name);
	return base.replaceAll(".", "-").split("-").toSorted().join("-");
}

/** The catalog writes `5.1` where Fireworks' own names have `5p1`. */
export function spelled(vendor: string, id: string): string {
	return vendor === "fireworks" ? id.replaceAll(/(\d)\.(\d)/g, "$1p$2") : id;
}
