import { strategies, type Strategy } from "../../contract/route.ts";
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
const oneTarget = 'a target as provider/model, or {"target": "provider/model"}';

/** @param providers the names that a target can begin with. */
export function routeProblems(definition: unknown, providers: readonly string[]): readonly RouteProblem[] {
	if (Array.isArray(definition)) return listProblems(definition, { path: [], providers, strategy: "priority" });
	if (!isRecord(definition)) return [problem([], "is neither a list of targets nor an object", `write ${list}`)];
	const { targets, strategy = "priority", sticky, cache, weights, ...unknown } = definition;
	return [
		...unknownFields(unknown, [], ["targets", "strategy", "sticky", "cache", "weights"]),
		...(Array.isArray(targets) ? listProblems(targets, { path: ["targets"], providers, strategy }) : [problem(["targets"], "is not a list", `write ${list}`)]),
		...(isStrategy(strategy)
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

interface Listed {
	readonly path: RouteProblem["path"];
	readonly providers: readonly string[];
	readonly strategy: unknown;
}

function listProblems(targets: readonly unknown[], { path, providers, strategy }: Listed): readonly RouteProblem[] {
	if (targets.length === 0) return [problem(path, "has no targets", `write ${list}`)];
	const names = targets.map(nameOf);
	return targets.flatMap((target, index) => {
		const place = [...path, index];
		const namePlace = isRecord(target) ? [...place, "target"] : place;
		const name = names[index];
		if (name === undefined && !isRecord(target)) return [problem(place, "is not a target", `write ${oneTarget}`)];
		const { target: _, weight, ...unknown } = isRecord(target) ? target : {};
		return [
			...unknownFields(unknown, place, ["target", "weight"]),
			...(name === undefined ? [problem(namePlace, "is missing", "write provider/model")] : nameProblems(name, namePlace, providers)),
			...(name === undefined || names.indexOf(name) === index ? [] : [problem(namePlace, `${quoted(name)} is there already`, once(name, targets, strategy))]),
			...(weight === undefined ? [] : targetWeightProblems(weight, [...place, "weight"], strategy)),
		];
	});
}

function nameOf(target: unknown): string | undefined {
	const name = isRecord(target) ? target["target"] : target;
	return typeof name === "string" ? name : undefined;
}

/** What to write instead of a target that is there more than once. */
function once(name: string, targets: readonly unknown[], strategy: unknown): string {
	if (strategy !== "weighted") return "write it once: what fails is tried again by itself";
	const weights = targets.filter((target) => nameOf(target) === name).map((target) => (isRecord(target) ? (target["weight"] ?? 1) : 1));
	const sum = weights.filter(isWeight).reduce((total, weight) => total + weight, 0);
	return `write it once, with the weight ${Number(sum.toPrecision(12))}`;
}

function targetWeightProblems(weight: unknown, path: RouteProblem["path"], strategy: unknown): readonly RouteProblem[] {
	if (!isWeight(weight)) return [problem(path, `${quoted(weight)} is no weight`, "write a number above 0, at most 1000000")];
	if (strategy === "weighted" || !isStrategy(strategy)) return [];
	const instead = path[0] === "targets" ? '"strategy": "weighted"' : '{"targets": [...], "strategy": "weighted"}';
	return [problem(path, `does nothing where the strategy is ${strategy}`, `leave it out, or write ${instead}`)];
}

function isWeight(weight: unknown): weight is number {
	return typeof weight === "number" && weight > 0 && weight <= 1e6;
}

function isStrategy(strategy: unknown): strategy is Strategy {
	return strategies.some((known) => known === strategy);
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
