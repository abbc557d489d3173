import type { LearnState, WeighedModel } from "./learn/index.ts";
import type { Route } from "./route.ts";

type Scored = Pick<WeighedModel, "provider" | "model"> & { readonly score: number };

/** The targets of all routes that learn, as `provider/model`. */
export function learnedTargets(routes: Readonly<Record<string, Route>>): readonly string[] {
	const learned = Object.values(routes).filter(({ strategy }) => strategy === "learned");
	return [...new Set(learned.flatMap(({ targets }) => targets.map(({ name }) => name)))];
}

/** The models of all routes that learn, and whatever else has a score or was learnt of, each with the labels that it is known by. */
export function learnedModels(routes: Readonly<Record<string, Route>>, scores: readonly Scored[], states: readonly LearnState[]): readonly WeighedModel[] {
	const models = new Map<string, { provider: string; model: string; labels: string[]; score?: number }>();

	function modelOf(provider: string, model: string) {
		const name = `${provider}/${model}`;
		const known = models.get(name) ?? { provider, model, labels: [] };
		models.set(name, known);
		return known;
	}

	for (const name of learnedTargets(routes)) modelOf(...partsOf(name));
	for (const { provider, model, score } of scores) modelOf(provider, model).score = score;
	for (const label of new Set(states.flatMap(({ targets }) => Object.keys(targets)))) {
		const [credential, model] = partsOf(label);
		const [provider = credential] = credential.split("#");
		modelOf(provider, model).labels.push(label);
	}
	return [...models.values()];
}

/** A model's name may have slashes of its own. */
function partsOf(name: string): [provider: string, model: string] {
	const slash = name.indexOf("/");
	return [name.slice(0, slash), name.slice(slash + 1)];
}
