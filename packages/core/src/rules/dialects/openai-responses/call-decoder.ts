import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { asObject, asText, isShallow, parseJson } from "../json-fields.ts";
import { customType, wrapInput, wrappedEnd, wrappedPiece, wrappedStart } from "./custom-tools.ts";
import { keepRest } from "./own-metadata.ts";

/** One call of a tool that the caller runs. Only the end of its item ends it: that the input so far happens to be JSON proves nothing. */
export interface CallDecoder {
	begin(raw: JsonObject, events: StreamEvent[]): void;
	delta(event: JsonObject, events: StreamEvent[]): void;
	canEnd(raw: JsonObject): boolean;
	/** @returns `false` where the call never got a name. */
	end(raw: JsonObject, isWhole: boolean, events: StreamEvent[]): boolean;
}

export function isCallType(type: string): boolean {
	return type === "function_call" || type === "custom_tool_call";
}

/**
 * @param freeId makes the id under which the call is told; unlike every other one.
 * @param takeTurn ends what else is open.
 */
export function createCallDecoder(
	type: string,
	freeId: (wireId: string | undefined) => string,
	takeTurn: (events: StreamEvent[]) => void,
): CallDecoder {
	const isCustom = type === "custom_tool_call";
	const pieces: string[] = [];
	let begun: { readonly id: string; readonly name: string; readonly metadata: ProviderMetadata | undefined } | undefined;

	function open(raw: JsonObject, events: StreamEvent[]): typeof begun {
		const name = asText(raw.name);
		if (begun !== undefined || name === undefined) return begun;
		const { metadata } = callMetadata(raw, isCustom);
		const call = { id: freeId(asText(raw.call_id) ?? asText(raw.id)), name, metadata };
		begun = call;
		takeTurn(events);
		events.push({ type: "tool-input-start", id: call.id, toolName: name, ...(metadata === undefined ? {} : { metadata }) });
		const held = pieces.join("");
		if (isCustom) events.push({ type: "tool-input-delta", id: call.id, delta: wrappedStart });
		if (held !== "") say(call.id, held, events);
		return call;
	}

	function say(id: string, text: string, events: StreamEvent[]): void {
		events.push({ type: "tool-input-delta", id, delta: isCustom ? wrappedPiece(text) : text });
	}

	return {
		begin: open,
		delta(event, events) {
			const piece = asText(event.delta);
			if (piece === undefined) return;
			pieces.push(piece);
			if (begun !== undefined) say(begun.id, piece, events);
		},
		canEnd: (raw) => begun !== undefined || asText(raw.name) !== undefined,
		end(raw, isWhole, events) {
			const call = open(raw, events);
			if (call === undefined) return false;
			const said = pieces.join("");
			const text = inputText(isCustom ? raw.input : raw.arguments) ?? said;
			if (said === "" && text !== "") say(call.id, text, events);
			if (isCustom) events.push({ type: "tool-input-delta", id: call.id, delta: wrappedEnd });
			const isCut = raw.status === "incomplete" || !isWhole;
			const isIncomplete = isCut && (isCustom ? raw.status !== "completed" : parseJson(text) === undefined);
			const { metadata } = callMetadata(raw, isCustom);
			events.push({ type: "tool-input-end", id: call.id });
			events.push({
				type: "tool-call",
				toolCallId: call.id,
				toolName: call.name,
				input: isCustom ? wrapInput(text) : text === "" && !isIncomplete ? "{}" : text,
				...(isIncomplete ? { incomplete: true } : {}),
				...(metadata === undefined ? {} : { metadata }),
			});
			return true;
		},
	};
}

/** `namespace`, `caller` and whatever else stands on a call: its provider wants it back. */
export function callMetadata(raw: JsonObject, isCustom: boolean): { readonly metadata?: ProviderMetadata } {
	const { id: _, type: __, status: ___, call_id: ____, name: _____, arguments: ______, input: _______, ...rest } = raw;
	return keepRest({ ...(isShallow(rest) ? rest : {}), ...(isCustom ? { type: customType } : {}) });
}

/** JSON text, kept as it came. Some servers send the parsed object instead. @returns `undefined` where nothing is said. */
function inputText(value: Json | undefined): string | undefined {
	if (typeof value === "string") return value === "" ? undefined : value;
	return asObject(value) !== undefined && isShallow(value) ? JSON.stringify(value) : undefined;
}
