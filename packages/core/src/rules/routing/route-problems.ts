import { strategies } from "../../contract/route.ts";
import { cacheRuleProblems } from "../cache/cache-problems.ts";
import { defaultWeights } from "./learn/index.ts";

/** What is wrong at one place of a route's definition, and what to write instead. */
export interface RouteProblem {
	/** From the route on, such as `["targets", 1, "weight"]`. */
	readonly path: readonly (string | number)[];
	readonly what: string;
	readonly remedy: string;
}

const list = 'a list of targets, such as ["openai/gpt-4o-mini"]';
const oneTarget = 'a target as provider/model, or {"target": "provider/model", "weight": 2}';

/** @param providers the names that a target can begin with. */
export function routeProblems(definition: unknown, providers: readonly string[]): readonly RouteProblem[] {
	if (Array.isArray(definition)) return listProblems(definition, [], providers);
	if (!isRecord(definition)) return [problem([], "is neither a list of targets nor an object", `write ${list}`)];
	const { targets, strategy, sticky, cache, weights, ...unknown } = definition;
	return [
		...unknownFields(unknown, [], ["targets", "strategy", "sticky", "cache", "weights"]),
		...(Array.isArray(targets) ? listProblems(targets, ["targets"], providers) : [problem(["targets"], "is not a list", `write ${list}`)]),
		...(strategy === undefined || strategies.some((known) => known === strategy)
			? []
			: [problem(["strategy"], `${quoted(strategy)} is not known`, `write one of ${strategies.join(", ")}`)]),
		...(sticky === undefined || typeof sticky === "boolean" ? [] : [problem(["sticky"], "is neither true nor false", "write true or false")]),
		...(cache === undefined || cache === false ? [] : cacheProblems(cache)),
		...(weights === undefined ? [] : weightProblems(weights, strategy)),
	];
}

function weightProblems(weights: unknown, strategy: unknown): readonly RouteProblem[] {
	if (strategy !== "learned") return [problem(["weights"], "is for a route that learns alone", 'write "strategy": "learned", or leave it out')];
	if (!isRecord(weights)) return [problem(["weights"], "is not an object", 'write {"quality": 0.5, "latency": 0.25, "cost": 0.25}')];
	const { quality, latency, cost, ...unknown } = weights;
	const known = { quality, latency, cost };
	const wrong = Object.entries(known).filter(([, weight]) => weight !== undefined && !(typeof weight === "number" && weight >= 0 && weight <= 1e6));
	const isNothing = Object.entries({ ...defaultWeights, ...weights }).every(([, weight]) => weight === 0);
	return [
		...unknownFields(unknown, ["weights"], Object.keys(known)),
		...wrong.map(([field, weight]) => problem(["weights", field], `${quoted(weight)} is no weight`, "write a number from 0 to 1000000")),
		...(isNothing ? [problem(["weights"], "are all 0", "let at least one of them count")] : []),
	];
}

function cacheProblems(cache: unknown): readonly RouteProblem[] {
	if (!isRecord(cache)) return [problem(["cache"], "is neither false nor an object", 'write {"ttlSeconds": 300}, or false')];
	const { ttlSeconds, toolCalls, ...unknown } = cache;
	return [
		...unknownFields(unknown, ["cache"], ["ttlSeconds", "toolCalls"]),
		...cacheRuleProblems({ ttlSeconds, toolCalls }).map(({ field, what, remedy }) => problem(["cache", field], what, remedy)),
	];
}

function listProblems(targets: readonly unknown[], path: RouteProblem["path"], providers: readonly string[]): readonly RouteProblem[] {
	if (targets.length === 0) return [problem(path, "has no targets", `write ${list}`)];
	return targets.flatMap((target, index) => {
		const place = [...path, index];
		if (typeof target === "string") return nameProblems(target, place, providers);
		if (!isRecord(target)) return [problem(place, "is not a target", `write ${oneTarget}`)];
		const { target: name, weight, ...unknown } = target;
		return [
			...unknownFields(unknown, place, ["target", "weight"]),
			...(typeof name === "string" ? nameProblems(name, [...place, "target"], providers) : [problem([...place, "target"], "is missing", "write provider/model")]),
			...(weight === undefined || (typeof weight === "number" && weight > 0 && weight <= 1e6)
				? []
				: [problem([...place, "weight"], `${quoted(weight)} is no weight`, "write a number above 0, at most 1000000")]),
		];
	});
}

function nameProblems(name: string, path: RouteProblem["path"], providers: readonly string[]): readonly RouteProblem[] {
	const slash = name.indexOf("/");
	if (slash <= 0 || slash === name.length - 1) return [problem(path, `${quoted(name)} is not provider/model`, "write it like openai/gpt-4o-mini")];
	const provider = name.slice(0, slash);
	if (providers.includes(provider)) return [];
	return [problem(path, `there is no provider ${quoted(provider)}`, `use one of ${providers.join(", ")}, or configure it`)];
}

function unknownFields(fields: Record<string, unknown>, path: RouteProblem["path"], known: readonly string[]): readonly RouteProblem[] {
	return Object.keys(fields).map((field) => problem([...path, field], "is not a known setting", `known here: ${known.join(", ")}`));
}

function problem(path: RouteProblem["path"], what: string, remedy: string): RouteProblem {
	return { path, what, remedy };
}

function quoted(value: unknown): string {
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
