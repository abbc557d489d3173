import type { JsonObject } from "../../../contract/json.ts";
import type { ReasoningPart } from "../../../contract/prompt.ts";
import { asText } from "../json-fields.ts";
import { ownFields } from "./own-metadata.ts";

/**
 * Puts the parts of one reasoning item together again. The provider stores nothing, so the item goes with its encrypted state and
 * without an id; an id alone would be refused. Reasoning of another vendor must not be sent at all, least as visible text.
 */
export interface ReasoningReplay {
	/** Whether the part continues the item that is being put together. */
	belongs(part: ReasoningPart): boolean;
	add(part: ReasoningPart): void;
	/** `isLost`: there was reasoning, and it cannot be replayed. */
	take(): { readonly item: JsonObject | undefined; readonly isLost: boolean };
}

export function createReasoningReplay(): ReasoningReplay {
	let parts: ReasoningPart[] = [];
	return {
		belongs: (part) => parts.length > 0 && ownFields(part.metadata).index !== undefined,
		add: (part) => void parts.push(part),
		take() {
			const taken = parts;
			parts = [];
			const encrypted = asText(ownFields(taken.at(-1)?.metadata).encrypted_content);
			const isOpenText = (part: ReasoningPart) => ownFields(part.metadata).type === "reasoning_text";
			const content = taken.filter(isOpenText).map(({ text }) => ({ type: "reasoning_text", text }));
			const isReplayable = encrypted !== undefined || content.length > 0;
			if (!isReplayable) return { item: undefined, isLost: taken.length > 0 };
			const summaries = taken.filter((part) => !isOpenText(part) && part.text !== "");
			return {
				item: {
					type: "reasoning",
					summary: summaries.map(({ text }) => ({ type: "summary_text", text })),
					...(content.length === 0 ? {} : { content }),
					...(encrypted === undefined ? {} : { encrypted_content: encrypted }),
				},
				isLost: false,
			};
		},
	};
}
