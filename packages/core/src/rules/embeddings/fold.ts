import type { EmbeddingAnswer, EmbeddingInput, EmbeddingRequest, Vector } from "../../contract/embedding.ts";
import type { Warning } from "../../contract/prompt.ts";
import type { Usage } from "../../contract/stream-event.ts";
import { addUsage, type Metered } from "../usage/totals.ts";
import { estimateInputTokens } from "./inputs.ts";
import { lengthOfVector } from "./vectors.ts";

/** Inputs that go out together, with their places among all. */
export interface InputGroup {
	readonly places: readonly number[];
	readonly inputs: readonly EmbeddingInput[];
}

/** Gathers what one model answers to the parts of a request, in whatever order they come, so that nothing is asked for twice. */
export interface EmbeddingFold {
	/** What has no vector yet, in groups of at most `size`. */
	missing(size: number): readonly InputGroup[];
	push(group: InputGroup, answer: EmbeddingAnswer, warnings: readonly Warning[]): void;
	/** The whole answer. Not to be called while something is missing. */
	answer(): EmbeddingAnswer;
	/** What it has cost so far; estimated where the provider did not tell. */
	metered(): Metered;
	warnings(): readonly Warning[];
}

export function createEmbeddingFold({ inputs, dimensions }: EmbeddingRequest): EmbeddingFold {
	const vectors = new Map<number, Vector>();
	const warnings: Warning[] = [];
	let usage: Usage = {};
	let isEstimated = false;
	let model: string | undefined;

	function warn(warning: Warning): void {
		if (!warnings.some(({ code, field }) => code === warning.code && field === warning.field)) warnings.push(warning);
	}

	return {
		missing(size) {
			const places = inputs.flatMap((_, place) => (vectors.has(place) ? [] : [place]));
			return Array.from({ length: Math.ceil(places.length / size) }, (_, index) => {
				const own = places.slice(index * size, (index + 1) * size);
				return { places: own, inputs: own.flatMap((place) => inputs[place] ?? []) };
			});
		},
		push(group, answer, told) {
			for (const [index, vector] of answer.vectors.entries()) vectors.set(group.places[index] ?? 0, vector);
			isEstimated ||= answer.usage.inputTokens === undefined;
			usage = addUsage(usage, answer.usage.inputTokens === undefined ? { inputTokens: estimateInputTokens(group.inputs) } : answer.usage);
			model ??= answer.model;
			told.forEach(warn);
			const [first] = answer.vectors;
			if (dimensions !== undefined && first !== undefined && lengthOfVector(first) !== dimensions) {
				warn({ code: "changed-setting", field: "dimensions", message: `The provider made vectors of ${lengthOfVector(first)} dimensions` });
			}
		},
		answer() {
			const ordered = inputs.map((_, place) => vectors.get(place));
			if (!ordered.every((vector) => vector !== undefined)) throw new RangeError("An input has no vector yet");
			return { vectors: ordered, usage, ...(model === undefined ? {} : { model }) };
		},
		metered: () => ({ usage, ...(isEstimated ? { isEstimated } : {}) }),
		warnings: () => warnings,
	};
}
