import type { JsonObject } from "../../../contract/json.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { asCount, asObject, asText, isShallow } from "../json-fields.ts";
import { type CallDecoder, createCallDecoder, isCallType } from "./call-decoder.ts";
import { decodeImageItem } from "./image-item.ts";
import { createPartDecoder, type PartDecoder } from "./part-decoder.ts";

/** The output items of one response. Items are told apart by `output_index`, at servers that leave it out by their ids. */
export interface ItemDecoder {
	/** @returns `false` where the event is not about an item's content. */
	push(type: string, event: JsonObject, events: StreamEvent[]): boolean;
	/**
	 * Ends what is open, and tells the items of which no event came.
	 * @returns `false` where a tool call never got a name.
	 */
	finish(output: readonly (JsonObject | undefined)[], isWhole: boolean, events: StreamEvent[]): boolean;
	hasToolCalls(): boolean;
}

interface Item {
	readonly id: string | undefined;
	readonly parts: PartDecoder;
	readonly call: CallDecoder | undefined;
	raw: JsonObject;
	isDone: boolean;
}

/** @param idSeed goes into the ids of calls whose vendor gave none: deterministic, and unlike those of other answers. */
export function createItemDecoder(idSeed: () => string): ItemDecoder {
	const items = new Set<Item>();
	const byIndex = new Map<number, Item>();
	const byId = new Map<string, Item>();
	const usedCallIds = new Set<string>();
	let last: Item | undefined;
	let partCount = 0;
	/** Parts do not nest: the one that is open ends where another begins. */
	let open: PartDecoder | undefined;

	function takeTurn(next: PartDecoder | undefined, events: StreamEvent[]): void {
		if (open !== next) open?.close(events);
		open = next;
	}

	function freeCallId(wireId: string | undefined): string {
		const id = wireId === undefined || usedCallIds.has(wireId) ? `call_${usedCallIds.size}_${idSeed()}` : wireId;
		usedCallIds.add(id);
		return id;
	}

	function add(raw: JsonObject, index: number | undefined): Item {
		const type = asText(raw.type) ?? "";
		const parts = createPartDecoder(raw, () => `part-${partCount++}`, (events) => takeTurn(parts, events));
		const call = isCallType(type) ? createCallDecoder(type, freeCallId, (events) => takeTurn(undefined, events)) : undefined;
		const item: Item = { id: asText(raw.id), parts, call, raw, isDone: false };
		items.add(item);
		last = item;
		if (index !== undefined) byIndex.set(index, item);
		if (item.id !== undefined) byId.set(item.id, item);
		return item;
	}

	function find(index: number | undefined, id: string | undefined): Item | undefined {
		if (index !== undefined) return byIndex.get(index);
		return id === undefined ? undefined : byId.get(id);
	}

	/** The item of a delta; one whose beginning was never told begins here. */
	function itemOf(event: JsonObject, type: string): Item {
		const index = asCount(event.output_index);
		const id = asText(event.item_id);
		const known = find(index, id) ?? (index === undefined && id === undefined ? last : undefined);
		return known === undefined || known.isDone ? add({ type, ...(id === undefined ? {} : { id }) }, index) : known;
	}

	function begin(raw: JsonObject, index: number | undefined, events: StreamEvent[]): Item {
		const item = add(raw, index);
		item.call?.begin(raw, events);
		return item;
	}

	function end(item: Item, raw: JsonObject, isWhole: boolean, events: StreamEvent[]): boolean {
		item.isDone = true;
		item.raw = raw;
		if (item.call !== undefined) return item.call.end(raw, isWhole, events);
		const type = asText(raw.type) ?? "";
		if (type === "message" || type === "reasoning") {
			item.parts.end(raw, events);
			if (open === item.parts) open = undefined;
		} else if (type !== "" && isShallow(raw)) {
			takeTurn(undefined, events);
			events.push(decodeImageItem(raw) ?? { type: "opaque", dialect: "openai-responses", value: raw });
		}
		return true;
	}

	return {
		push(type, event, events) {
			const part = asCount(event.content_index) ?? asCount(event.summary_index) ?? 0;
			switch (type) {
				case "response.output_item.added":
					begin(asObject(event.item) ?? {}, asCount(event.output_index), events);
					return true;
				case "response.output_item.done": {
					const raw = asObject(event.item);
					if (raw === undefined) return true;
					const index = asCount(event.output_index);
					const known = find(index, asText(raw.id));
					// A name that is missing here may still come with the whole response.
					const item = known === undefined || known.isDone ? begin(raw, index, events) : known;
					if (item.call?.canEnd(raw) === false) item.raw = raw;
					else end(item, raw, true, events);
					return true;
				}
				case "response.output_text.delta":
					itemOf(event, "message").parts.text(part, event, events);
					return true;
				case "response.output_text.done":
					itemOf(event, "message").parts.textDone(part, event);
					return true;
				case "response.output_text.annotation.added":
					itemOf(event, "message").parts.annotation(part, event, events);
					return true;
				case "response.refusal.delta":
					itemOf(event, "message").parts.refusal(part, event, events);
					return true;
				case "response.content_part.done":
					itemOf(event, "message").parts.contentDone(part, asObject(event.part) ?? {}, events);
					return true;
				case "response.reasoning_text.delta":
					itemOf(event, "reasoning").parts.reasoning(part, event, events);
					return true;
				case "response.reasoning_summary_text.delta":
					itemOf(event, "reasoning").parts.summary(part, event, events);
					return true;
				case "response.function_call_arguments.delta":
					itemOf(event, "function_call").call?.delta(event, events);
					return true;
				case "response.custom_tool_call_input.delta":
					itemOf(event, "custom_tool_call").call?.delta(event, events);
					return true;
				// What these say, the end of their item says again.
				case "response.content_part.added":
				case "response.refusal.done":
				case "response.reasoning_text.done":
				case "response.reasoning_summary_part.added":
				case "response.reasoning_summary_part.done":
				case "response.reasoning_summary_text.done":
				case "response.function_call_arguments.done":
				case "response.custom_tool_call_input.done":
					return true;
				default:
					return false;
			}
		},

		finish(output, isWhole, events) {
			let isGood = true;
			for (const [index, raw] of output.entries()) {
				if (raw === undefined) continue;
				const id = asText(raw.id);
				const known = (id === undefined ? undefined : byId.get(id)) ?? byIndex.get(index);
				if (known?.isDone) continue;
				isGood = end(known ?? begin(raw, index, events), raw, isWhole, events) && isGood;
			}
			for (const item of items) if (!item.isDone) isGood = end(item, item.raw, isWhole, events) && isGood;
			takeTurn(undefined, events);
			return isGood;
		},

		hasToolCalls: () => usedCallIds.size > 0,
	};
}
