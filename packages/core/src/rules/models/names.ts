/**
 * The names under which a model may stand in the table, the closest first. Vendors write one model in many ways; a name is only ever
 * made shorter by what says nothing of the price: a full date, `-latest`, a revision, the letters' case.
 */
export function namesOf(vendor: string, model: string): readonly [name: string, undated: string, base: string, latest: string] {
	const name = plainName(vendor, model);
	const undated = name.replace(fullDate, "");
	// Without a number it is whatever is the latest today: `gemini-pro-latest` is not `gemini-pro`.
	const base = undated.replace(/(?<=\d.*)-latest$/, "");
	return [name, undated, base, `${base}-latest`];
}
/** `-2024-08-06`, `-20250929`, `@20250929`. */
const fullDate = /[-@]20\d{2}-?\d{2}-?\d{2}$/;

function plainName(vendor: string, model: string): string {
	const name = model.toLowerCase();
	switch (vendor) {
		case "gemini":
			return name.replace(/^models\//, "").replace(/^(gemini-.*)-00\d$/, "$1");
		// An ARN ends in the id; the id ends in a revision and may say how much context it was bought with (`-v1:0:200k`).
		case "bedrock":
			return name.replace(/^arn:.*\//, "").replace(/(-v\d+)?(:\d+)?(:\d+k)?$/, "");
		// A deployment's name has no dots in Azure's own spelling.
		case "azure":
			return name.replace(/^gpt-35-/, "gpt-3.5-");
		case "fireworks":
			return name.replace(/^accounts\/fireworks\/models\//, "");
		default:
			return name;
	}
}

/** The model that another one was made of: it can do the same, at a price of its own. */
export function originOf(vendor: string, model: string): string | undefined {
	const tuned = /^ft:([^:]+)/.exec(model)?.[1];
	if (tuned !== undefined) return tuned;
	// `us.`, `eu.`, `global.`: an inference profile, priced by region.
	if (vendor === "bedrock") return /^(?:arn:.*\/)?[a-z]{2,6}(?:-gov)?\.([a-z0-9]+\..+)$/.exec(model)?.[1];
	// `:free`, `:nitro`, `:batch`: another way to be served.
	if (vendor === "openrouter") return /^(.+):[a-z]+$/.exec(model)?.[1];
	return undefined;
}
