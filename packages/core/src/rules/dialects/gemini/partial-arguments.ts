import type { Json, JsonObject } from "../../../contract/json.ts";
import { asText } from "../json-fields.ts";

/**
 * Arguments that are told piece by piece, each with its place (`$.items[0].name`, RFC 9535) and its value; strings may come in
 * several pieces. Streamed by Vertex AI where `streamFunctionCallArguments` asks for it.
 */
export interface PartialArguments {
	/** @returns `false` where the piece has no readable place or value, or another value stands there. */
	add(piece: JsonObject): boolean;
	value(): Json;
}

type Node = Map<string, Node> | Node[] | Leaf;
interface Leaf {
	value: Json;
	/** Another piece of the same string follows. */
	isOpen: boolean;
}

const maxDepth = 64;

export function createPartialArguments(): PartialArguments {
	const root: Map<string, Node> = new Map();

	return {
		add(piece) {
			const steps = parsePath(asText(piece.jsonPath) ?? "");
			const value = valueOf(piece);
			if (steps === undefined || value === undefined) return false;
			const leaf = leafAt(root, steps, value);
			if (leaf === undefined) return false;
			const goesOn = leaf.isOpen && typeof leaf.value === "string" && typeof value === "string";
			leaf.value = goesOn ? `${leaf.value}${value}` : value;
			leaf.isOpen = piece.willContinue === true;
			return true;
		},
		value: () => toJson(root),
	};
}

function valueOf(piece: JsonObject): Json | undefined {
	if (piece.nullValue !== undefined) return null;
	const value = piece.stringValue ?? piece.numberValue ?? piece.boolValue;
	return typeof value === "object" || value === null ? undefined : value;
}

/** The steps of a normalized path. @returns `undefined` for anything else, and for the root itself. */
function parsePath(path: string): readonly (string | number)[] | undefined {
	const steps: (string | number)[] = [];
	const step = /\.([^.[\]'"]+)|\[(\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;
	step.lastIndex = 1;
	while (path.startsWith("$") && step.lastIndex < path.length) {
		const found = step.exec(path);
		if (found === null || steps.length === maxDepth) return undefined;
		const [, name, index, ...quoted] = found;
		steps.push(index === undefined ? (name ?? (quoted[0] ?? quoted[1] ?? "").replaceAll(/\\(.)/g, "$1")) : Number(index));
	}
	return steps.length === 0 || typeof steps[0] === "number" ? undefined : steps;
}

/** Walks to the place and makes the containers on the way. List items come in order: a gap would be an invention. */
function leafAt(root: Node, steps: readonly (string | number)[], value: Json): Leaf | undefined {
	let node: Node = root;
	for (const [depth, step] of steps.entries()) {
		const next = steps[depth + 1];
		const child: Node = next === undefined ? { value, isOpen: false } : typeof next === "number" ? [] : new Map<string, Node>();
		const found = childOf(node, step, child);
		if (found === undefined) return undefined;
		node = found;
	}
	return node instanceof Map || Array.isArray(node) ? undefined : node;
}

function childOf(node: Node, step: string | number, otherwise: Node): Node | undefined {
	if (node instanceof Map && typeof step === "string") {
		const known = node.get(step);
		if (known === undefined) node.set(step, otherwise);
		return known ?? otherwise;
	}
	if (!Array.isArray(node) || typeof step !== "number" || step > node.length) return undefined;
	return (node[step] ??= otherwise);
}

function toJson(node: Node): Json {
	if (Array.isArray(node)) return node.map(toJson);
	// fromEntries defines properties, so that an argument called `__proto__` stays one.
	if (node instanceof Map) return Object.fromEntries([...node].map(([name, inner]) => [name, toJson(inner)]));
	return node.value;
}
