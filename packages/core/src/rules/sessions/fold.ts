import type { AssistantPart, ProviderMetadata, Source, TextPart } from "../../contract/prompt.ts";
import type { Answer, Finish, ResponseMetadata, StreamEvent } from "../../contract/stream-event.ts";

/**
 * Folds the events of one stream into the answer they make. `answer()` may be asked at any time: before `finish` it is what
 * was said so far, with reason `other` and no usage. Parts stand in the order in which they were opened.
 */
export interface AnswerFold {
	push(events: readonly StreamEvent[]): void;
	answer(): Answer;
}

interface OpenText {
	readonly type: "text" | "reasoning";
	readonly deltas: string[];
	readonly sources: Source[];
	readonly refusal: boolean;
	metadata: ProviderMetadata | undefined;
}

export function createAnswerFold(): AnswerFold {
	const slots: (AssistantPart | OpenText | undefined)[] = [];
	const open = new Map<string, OpenText>();
	const callSlots = new Map<string, number>();
	let response: ResponseMetadata = {};
	let finish: Finish | undefined;

	function push(event: StreamEvent): void {
		switch (event.type) {
			case "response-metadata": {
				const { type: _, ...told } = event;
				response = { ...response, ...told };
				return;
			}
			case "text-start":
			case "reasoning-start": {
				const part: OpenText = {
					type: event.type === "text-start" ? "text" : "reasoning",
					deltas: [],
					sources: [],
					refusal: event.type === "text-start" && event.refusal === true,
					metadata: event.metadata,
				};
				open.set(event.id, part);
				slots.push(part);
				return;
			}
			case "text-delta":
			case "reasoning-delta":
				open.get(event.id)?.deltas.push(event.delta);
				return;
			case "source":
				open.get(event.id)?.sources.push(event.source);
				return;
			case "text-end":
			case "reasoning-end": {
				const part = open.get(event.id);
				if (part !== undefined) part.metadata = mergeMetadata(part.metadata, event.metadata);
				return;
			}
			case "tool-input-start":
				callSlots.set(event.id, slots.push(undefined) - 1);
				return;
			case "tool-call": {
				const slot = callSlots.get(event.toolCallId);
				if (slot === undefined || slots[slot] !== undefined) slots.push(event);
				else slots[slot] = event;
				return;
			}
			case "tool-result":
			case "file":
			case "opaque":
				slots.push(event);
				return;
			case "finish": {
				const { type: _, ...told } = event;
				finish = told;
				return;
			}
			case "tool-input-delta":
			case "tool-input-end":
			case "ping":
			case "error":
				return;
			default:
				event satisfies never;
		}
	}

	return {
		push(events) {
			for (const event of events) push(event);
		},
		answer: () => ({
			...response,
			content: slots.flatMap((slot) => (slot === undefined ? [] : [isOpenText(slot) ? closeText(slot) : slot])),
			finish: finish ?? { reason: "other", usage: {} },
		}),
	};
}

function isOpenText(slot: AssistantPart | OpenText): slot is OpenText {
	return "deltas" in slot;
}

function closeText(open: OpenText): AssistantPart {
	const text = open.deltas.join("");
	const metadata = open.metadata === undefined ? {} : { metadata: open.metadata };
	if (open.type === "reasoning") return { type: "reasoning", text, ...metadata };
	const part: TextPart = {
		type: "text",
		text,
		...(open.refusal ? { refusal: true } : {}),
		...(open.sources.length > 0 ? { sources: open.sources } : {}),
		...metadata,
	};
	return part;
}

/** Merges by vendor and field; the second wins. */
export function mergeMetadata(
	first: ProviderMetadata | undefined,
	second: ProviderMetadata | undefined,
): ProviderMetadata | undefined {
	if (first === undefined || second === undefined) return first ?? second;
	const merged: Record<string, ProviderMetadata[string]> = { ...first };
	for (const [vendor, fields] of Object.entries(second)) merged[vendor] = { ...merged[vendor], ...fields };
	return merged;
}
