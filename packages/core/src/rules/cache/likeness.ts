import type { Prompt } from "../../contract/prompt.ts";

/** A question that another one may mean the same as, and all else of its prompt, which must be the same. */
export interface Question {
	readonly text: string;
	readonly rest: Prompt;
}

/**
 * The question of a prompt of a single turn in plain text: nothing but system messages before it. Where tools are offered there is none,
 * as near questions call them with other arguments; nor where the text is long, as a vector tells little of a difference in its midst.
 */
export function questionOf(prompt: Prompt): Question | undefined {
	const { messages, tools = [] } = prompt;
	const last = messages.at(-1);
	const before = messages.slice(0, -1);
	if (last?.role !== "user" || tools.length > 0 || before.some(({ role }) => role !== "system")) return undefined;
	if (!last.content.every((part) => part.type === "text")) return undefined;
	const text = last.content.map((part) => part.text).join("\n");
	if (text.trim() === "" || text.length > longestQuestion) return undefined;
	return { text, rest: { ...prompt, messages: before } };
}

/** Characters. */
const longestQuestion = 8000;

/** A vector of length 1, so that the product of two is the cosine between them. @returns `undefined` where it points nowhere. */
export function directionOf(vector: readonly number[]): Float32Array | undefined {
	const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
	if (!Number.isFinite(length) || length === 0) return undefined;
	return Float32Array.from(vector, (value) => value / length);
}

/** The cosine between two directions; -1, which is as far as can be, where they are of different spaces. */
export function likeness(one: Float32Array, other: Float32Array): number {
	if (one.length !== other.length) return -1;
	let sum = 0;
	for (let index = 0; index < one.length; index++) sum += (one[index] ?? 0) * (other[index] ?? 0);
	return sum;
}

/** So many directions are compared for one request, the newest: with 1536 dimensions that takes about a millisecond. */
export const mostCompared = 1000;
