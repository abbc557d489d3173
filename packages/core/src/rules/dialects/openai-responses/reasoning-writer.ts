import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import { mergeMetadata } from "../../sessions/fold.ts";
import type { ItemPlace } from "./item-place.ts";
import { ownFields } from "./own-metadata.ts";
import { encryptedContent } from "./reasoning-state.ts";

interface Part {
	readonly metadata?: ProviderMetadata;
}

/** One reasoning item with its summaries, or with the reasoning itself where a model shows it. */
export interface ReasoningWriter {
	start(part: Part): void;
	delta(delta: string): void;
	end(part: Part): void;
	close(): void;
}

export function createReasoningWriter({ index: output_index, key, emit, added, done }: ItemPlace): ReasoningWriter {
	const id = `rs_${key}`;
	const summary: JsonObject[] = [];
	const content: JsonObject[] = [];
	let state: ProviderMetadata | undefined;
	let isOpenText = false;
	let text: string | undefined;
	const item = (): JsonObject => {
		const encrypted = encryptedContent(state);
		return {
			id,
			type: "reasoning",
			summary: [...summary],
			...(content.length === 0 ? {} : { content: [...content] }),
			...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
		};
	};
	added(item());

	function place(): JsonObject {
		const index = isOpenText ? { content_index: content.length } : { summary_index: summary.length };
		return { item_id: id, output_index, ...index };
	}
	const wirePart = (said: string): JsonObject => ({ type: isOpenText ? "reasoning_text" : "summary_text", text: said });

	return {
		start({ metadata }) {
			state = mergeMetadata(state, metadata);
			isOpenText = ownFields(metadata).type === "reasoning_text";
			text = undefined;
		},
		delta(delta) {
			const begun = isOpenText ? "response.content_part.added" : "response.reasoning_summary_part.added";
			if (text === undefined) emit(begun, { ...place(), part: wirePart("") });
			text = (text ?? "") + delta;
			emit(isOpenText ? "response.reasoning_text.delta" : "response.reasoning_summary_text.delta", { ...place(), delta });
		},
		end({ metadata }) {
			state = mergeMetadata(state, metadata);
			// A part without words only carries the state.
			if (text === undefined) return;
			const part = wirePart(text);
			emit(isOpenText ? "response.reasoning_text.done" : "response.reasoning_summary_text.done", { ...place(), text });
			emit(isOpenText ? "response.content_part.done" : "response.reasoning_summary_part.done", { ...place(), part });
			(isOpenText ? content : summary).push(part);
			text = undefined;
		},
		close: () => done(item()),
	};
}
