import type { JsonObject } from "./json.ts";
import type { Extras, ProviderDialectId, ProviderMetadata } from "./prompt.ts";
import type { Usage } from "./stream-event.ts";

/** The canonical request for embeddings: one vector for each input, all from the same model. */
export interface EmbeddingRequest {
	readonly inputs: readonly EmbeddingInput[];
	/** The form that the caller wants. */
	readonly format: VectorFormat;
	/** How long the vectors shall be; absent: as long as the model makes them. */
	readonly dimensions?: number;
	/** The caller's end user, opaque (OpenAI `user`). */
	readonly user?: string;
	readonly extras?: Extras;
}

/** `metadata.google` holds what Gemini says of one input: `{ taskType, title }`. */
export type EmbeddingInput =
	| { readonly type: "text"; readonly text: string; readonly metadata?: ProviderMetadata }
	/** A text as the model's own token ids. */
	| { readonly type: "tokens"; readonly tokens: readonly number[] }
	/** What only its own dialect can say (an image): sent on by that dialect, refused by every other. */
	| { readonly type: "opaque"; readonly dialect: ProviderDialectId; readonly value: JsonObject; readonly metadata?: ProviderMetadata };

export type VectorFormat = "float" | "base64";

/**
 * Numbers, or base64 of 32-bit floats, little-endian: as the provider sent it, so that nothing is converted that need not be. Base64
 * only where the request's format is that.
 */
export type Vector = readonly number[] | string;

export interface EmbeddingAnswer {
	/** In the order of the inputs. */
	readonly vectors: readonly Vector[];
	readonly usage: Usage;
	/** The provider's own name of the model, where it told one. */
	readonly model?: string;
}

/** The most inputs of one request. OpenAI's own limit. */
export const maxEmbeddingInputs = 2048;
