import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata, Source } from "../../../contract/prompt.ts";
import { ownFields } from "./own-metadata.ts";
import type { ItemPlace, ItemStatus } from "./item-place.ts";
import { encodeSource } from "./sources.ts";

/** One message item and its content parts. */
export interface MessageWriter {
	/** What the model said the message is (`commentary`, `final_answer`): messages of different phases are not joined. */
	readonly phase: JsonObject[string];
	start(part: { readonly id: string; readonly refusal?: true }): void;
	delta(id: string, delta: string): void;
	source(id: string, source: Source): void;
	end(part: { readonly id: string; readonly metadata?: ProviderMetadata }): void;
	close(status: ItemStatus): void;
}

interface OpenText {
	readonly index: number;
	readonly isRefusal: boolean;
	text: string;
	readonly annotations: JsonObject[];
}

export function createMessageWriter({ index: output_index, key, emit, added, done }: ItemPlace, phase: JsonObject[string]): MessageWriter {
	const id = `msg_${key}`;
	const content: JsonObject[] = [];
	const open = new Map<string, OpenText>();
	const item = (status: ItemStatus): JsonObject => ({
		id,
		type: "message",
		status,
		role: "assistant",
		content: [...content],
		...(phase === undefined ? {} : { phase }),
	});
	added(item("in_progress"));

	function place(part: OpenText): JsonObject {
		return { item_id: id, output_index, content_index: part.index };
	}

	return {
		phase,
		start({ id: partId, refusal }) {
			const part: OpenText = { index: content.length, isRefusal: refusal === true, text: "", annotations: [] };
			open.set(partId, part);
			const empty = wirePart(part, []);
			content.push(empty);
			emit("response.content_part.added", { ...place(part), part: empty });
		},
		delta(partId, delta) {
			const part = open.get(partId);
			if (part === undefined) return;
			part.text += delta;
			if (part.isRefusal) emit("response.refusal.delta", { ...place(part), delta });
			else emit("response.output_text.delta", { ...place(part), delta, logprobs: [] });
		},
		source(partId, source) {
			const part = open.get(partId);
			const annotation = part === undefined || part.isRefusal ? undefined : encodeSource(source, 0, part.text.length);
			if (part === undefined || annotation === undefined) return;
			const annotation_index = part.annotations.push(annotation) - 1;
			emit("response.output_text.annotation.added", { ...place(part), annotation_index, annotation });
		},
		end({ id: partId, metadata }) {
			const part = open.get(partId);
			if (part === undefined) return;
			open.delete(partId);
			const logprobs = ownFields(metadata).logprobs ?? [];
			const whole = wirePart(part, logprobs);
			content[part.index] = whole;
			if (part.isRefusal) emit("response.refusal.done", { ...place(part), refusal: part.text });
			else emit("response.output_text.done", { ...place(part), text: part.text, logprobs });
			emit("response.content_part.done", { ...place(part), part: whole });
		},
		close: (status) => done(item(status)),
	};
}

function wirePart({ isRefusal, text, annotations }: OpenText, logprobs: Json): JsonObject {
	return isRefusal ? { type: "refusal", refusal: text } : { type: "output_text", text, annotations: [...annotations], logprobs };
}
