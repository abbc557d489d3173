import type { JsonArray, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { asArray, asObject, asText, isShallow } from "../json-fields.ts";
import { decodeAnnotation } from "./sources.ts";
import { keepRest } from "./own-metadata.ts";

/** The texts of one message or reasoning item. What came in deltas is not told again by the events that repeat it. */
export interface PartDecoder {
	text(index: number, event: JsonObject, events: StreamEvent[]): void;
	textDone(index: number, event: JsonObject): void;
	refusal(index: number, event: JsonObject, events: StreamEvent[]): void;
	annotation(index: number, event: JsonObject, events: StreamEvent[]): void;
	reasoning(index: number, event: JsonObject, events: StreamEvent[]): void;
	summary(index: number, event: JsonObject, events: StreamEvent[]): void;
	contentDone(index: number, part: JsonObject, events: StreamEvent[]): void;
	/** The item is whole. */
	end(raw: JsonObject, events: StreamEvent[]): void;
	/** Ends the open part, where there is one. */
	close(events: StreamEvent[]): void;
}

type Kind = "text" | "refusal" | "summary" | "reasoning_text";

interface Part {
	hasText: boolean;
	sources: number;
	logprobs: JsonArray | undefined;
	isDone: boolean;
}

/**
 * @param freeId makes the id of a part; unlike every other one.
 * @param takeTurn ends what other items have open.
 */
export function createPartDecoder(item: JsonObject, freeId: () => string, takeTurn: (events: StreamEvent[]) => void): PartDecoder {
	const parts = new Map<string, Part>();
	let open: { readonly id: string; readonly key: string; readonly kind: Kind } | undefined;
	let reasoningCount = 0;

	function partOf(kind: Kind, index: number): { readonly key: string; readonly part: Part } {
		// A content part is one of text or refusal; summaries and reasoning texts are counted each for themselves.
		const key = `${kind === "refusal" ? "text" : kind}-${index}`;
		const known = parts.get(key);
		if (known !== undefined) return { key, part: known };
		const part: Part = { hasText: false, sources: 0, logprobs: undefined, isDone: false };
		parts.set(key, part);
		return { key, part };
	}

	function close(events: StreamEvent[], metadata?: ProviderMetadata): void {
		if (open === undefined) return;
		const { id, kind, key } = open;
		open = undefined;
		const logprobs = parts.get(key)?.logprobs;
		const told = metadata ?? (logprobs === undefined ? undefined : { responses: { logprobs } });
		const type = kind === "text" || kind === "refusal" ? "text-end" : "reasoning-end";
		events.push({ type, id, ...(told === undefined ? {} : { metadata: told }) });
	}

	function begin(kind: Kind, key: string, events: StreamEvent[]): string {
		if (open?.key === key && open.kind === kind) return open.id;
		close(events);
		takeTurn(events);
		open = { id: freeId(), key, kind };
		if (kind === "text" || kind === "refusal") {
			const phase = keepRest({ phase: asText(item.phase) });
			events.push({ type: "text-start", id: open.id, ...(kind === "refusal" ? { refusal: true } : {}), ...phase });
		} else {
			events.push({ type: "reasoning-start", id: open.id, ...reasoningPlace(kind) });
		}
		return open.id;
	}

	/** Parts of one reasoning item are told apart from those of the next by their number. */
	function reasoningPlace(kind: Kind): { readonly metadata?: ProviderMetadata } {
		const index = reasoningCount++;
		return keepRest({ index: index === 0 ? undefined : index, type: kind === "reasoning_text" ? kind : undefined });
	}

	function say(kind: Kind, index: number, delta: string | undefined, events: StreamEvent[]): void {
		if (delta === undefined) return;
		const { key, part } = partOf(kind, index);
		part.hasText = true;
		const id = begin(kind, key, events);
		events.push({ type: kind === "text" || kind === "refusal" ? "text-delta" : "reasoning-delta", id, delta });
	}

	function cite(index: number, annotation: JsonObject | undefined, events: StreamEvent[]): void {
		const { key, part } = partOf("text", index);
		part.sources++;
		if (annotation === undefined || !isShallow(annotation)) return;
		events.push({ type: "source", id: begin("text", key, events), source: decodeAnnotation(annotation) });
	}

	function keepLogprobs(index: number, value: JsonObject[string]): void {
		const logprobs = asArray(value);
		if (logprobs !== undefined && logprobs.length > 0 && isShallow(logprobs)) partOf("text", index).part.logprobs = logprobs;
	}

	function contentDone(index: number, wire: JsonObject, events: StreamEvent[]): void {
		const type = asText(wire.type);
		const kind: Kind | undefined =
			type === "output_text" || type === "text" ? "text" : type === "refusal" || type === "reasoning_text" ? type : undefined;
		if (kind === undefined) return;
		const { key, part } = partOf(kind, index);
		if (part.isDone) return;
		part.isDone = true;
		if (!part.hasText) say(kind, index, asText(wire[kind === "refusal" ? "refusal" : "text"]), events);
		if (kind !== "text") return;
		for (const annotation of (asArray(wire.annotations) ?? []).slice(part.sources)) cite(index, asObject(annotation), events);
		keepLogprobs(index, wire.logprobs);
		if (open?.key === key) close(events);
	}

	return {
		close: (events) => close(events),
		text: (index, event, events) => say("text", index, asText(event.delta), events),
		refusal: (index, event, events) => say("refusal", index, asText(event.delta), events),
		reasoning: (index, event, events) => say("reasoning_text", index, asText(event.delta), events),
		summary: (index, event, events) => say("summary", index, asText(event.delta), events),
		annotation: (index, event, events) => cite(index, asObject(event.annotation), events),
		textDone: (index, event) => keepLogprobs(index, event.logprobs),
		contentDone,
		end(raw, events) {
			for (const [index, summary] of partsOf(raw.summary).entries()) {
				if (!partOf("summary", index).part.hasText) say("summary", index, asText(summary.text), events);
			}
			for (const [index, part] of partsOf(raw.content).entries()) contentDone(index, part, events);
			const encrypted = raw.type === "reasoning" ? asText(raw.encrypted_content) : undefined;
			if (encrypted === undefined) return close(events);
			const metadata = { responses: { encrypted_content: encrypted } };
			if (open !== undefined) return close(events, metadata);
			takeTurn(events);
			const id = freeId();
			events.push({ type: "reasoning-start", id, ...reasoningPlace("summary") }, { type: "reasoning-end", id, metadata });
		},
	};
}

function partsOf(value: JsonObject[string]): readonly JsonObject[] {
	return (asArray(value) ?? []).map(asObject).filter((part) => part !== undefined);
}
