import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata, ReasoningPart } from "../../../contract/prompt.ts";
import { packThought, unpack, withMetadata } from "../foreign-state.ts";
import { asArray, asObject, asText, isShallow } from "../json-fields.ts";

/**
 * OpenAI shows no reasoning in chat completions and takes none back. The field for a model's own state is OpenRouter's, which clients of
 * many models know: `reasoning_details`, to be sent back as it came. State of another dialect's provider stands there packed, beside
 * the very words it belongs to.
 */
export const detailsField = "reasoning_details";

/** Where this dialect's provider wants its own reasoning back. */
export type ReasoningField = "reasoning_content" | "reasoning" | "thinking";

export function ownReasoning(field: ReasoningField, details: readonly JsonObject[] = []): { readonly metadata: ProviderMetadata } {
	return { metadata: { openai: { field, ...(details.length === 0 ? {} : { [detailsField]: details }) } } };
}

export function ownDetails({ metadata }: Pick<ReasoningPart, "metadata">): readonly JsonObject[] {
	return objectsIn(metadata?.openai?.[detailsField]);
}

/** Where a caller is shown a thought: in the provider's own field, where it is one of this dialect's that clients know. */
export function shownField(metadata: ProviderMetadata | undefined): "reasoning" | "reasoning_content" {
	return metadata?.openai?.field === "reasoning" ? "reasoning" : "reasoning_content";
}

/** The details of one part for a caller. @param count of those before it. */
export function encodeDetails(part: Pick<ReasoningPart, "text" | "metadata">, count: number): readonly JsonObject[] {
	const own = ownDetails(part);
	if (own.length > 0) return own;
	const signature = part.metadata?.openai === undefined ? packThought(part.metadata, "openai") : undefined;
	return signature === undefined ? [] : [{ type: "reasoning.text", text: part.text, signature, format: "postern-v1", index: count }];
}

/** What a caller brings back: other vendors' thoughts, each with its state, and the details that are this dialect's own. */
export function decodeDetails(value: Json | undefined): { readonly foreign: readonly ReasoningPart[]; readonly own: readonly JsonObject[] } {
	const foreign: ReasoningPart[] = [];
	const own: JsonObject[] = [];
	for (const detail of objectsIn(value)) {
		const metadata = unpack(asText(detail.signature));
		if (metadata === undefined) own.push(detail);
		else foreign.push(withMetadata<ReasoningPart>({ type: "reasoning", text: asText(detail.text) ?? "" }, metadata));
	}
	return { foreign, own };
}

/** The details of one answer, whose pieces may come in many chunks. */
export interface DetailsFold {
	push(value: Json | undefined): void;
	/** What came since it was last asked. */
	take(): readonly JsonObject[];
}

export function createDetailsFold(): DetailsFold {
	let details: JsonObject[] = [];
	return {
		push(value) {
			for (const piece of objectsIn(value)) {
				const last = details.at(-1);
				if (last === undefined || !belongsTo(last, piece)) details.push(piece);
				else details[details.length - 1] = join(last, piece);
			}
		},
		take() {
			const taken = details;
			details = [];
			return taken;
		},
	};
}

/** Pieces of one detail share its number and its type; a server that gives no numbers sends whole ones. */
function belongsTo(detail: JsonObject, piece: JsonObject): boolean {
	return typeof piece.index === "number" && piece.index === detail.index && piece.type === detail.type;
}

const grown: ReadonlySet<string> = new Set(["text", "summary", "data"]);

function join(detail: JsonObject, piece: JsonObject): JsonObject {
	const more = Object.entries(piece).flatMap(([name, value]): [string, Json][] => {
		if (value === null || value === undefined) return [];
		const begun = Object.hasOwn(detail, name) ? detail[name] : undefined;
		return [[name, grown.has(name) && typeof begun === "string" && typeof value === "string" ? begun + value : value]];
	});
	return { ...detail, ...Object.fromEntries(more) };
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
	return (asArray(value) ?? []).map(asObject).filter((detail) => detail !== undefined).filter((detail) => isShallow(detail));
}
