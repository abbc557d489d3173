import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata, ToolCallPart } from "../../../contract/prompt.ts";
import { packForeign } from "../foreign-state.ts";
import { customType, unwrapInput } from "./custom-tools.ts";
import type { ItemPlace, ItemStatus } from "./item-place.ts";
import { ownFields } from "./own-metadata.ts";

/** The calls of the caller's own tools. Several may be open at once. */
export interface CallWriter {
	start(id: string, toolName: string, metadata: ProviderMetadata | undefined): void;
	delta(id: string, delta: string): void;
	end(call: ToolCallPart): void;
	has(id: string): boolean;
}

interface Sent {
	readonly place: ItemPlace;
	readonly isCustom: boolean;
	hasInput: boolean;
}

export function createCallWriter(newPlace: () => ItemPlace, customTools: ReadonlySet<string>): CallWriter {
	const sent = new Map<string, Sent>();

	function start(id: string, toolName: string, metadata: ProviderMetadata | undefined): Sent {
		const isCustom = customTools.has(toolName) || ownFields(metadata).type === customType;
		const call: Sent = { place: newPlace(), isCustom, hasInput: false };
		sent.set(id, call);
		call.place.added(wireCall(call, { toolCallId: id, toolName, metadata }, "", "in_progress"));
		return call;
	}

	function tellInput({ place: { key, index, emit }, isCustom }: Sent, delta: string): void {
		emit(isCustom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta", {
			item_id: itemId(isCustom, key),
			output_index: index,
			delta,
		});
	}

	return {
		start,
		has: (id) => sent.has(id),
		delta(id, delta) {
			const call = sent.get(id);
			// Free text arrives wrapped in JSON: it can be told once it is whole.
			if (call === undefined || call.isCustom || delta === "") return;
			call.hasInput = true;
			tellInput(call, delta);
		},
		end(part) {
			const call = sent.get(part.toolCallId) ?? start(part.toolCallId, part.toolName, part.metadata);
			const { place, isCustom } = call;
			const input = isCustom ? unwrapInput(part.input) : part.input;
			if (!call.hasInput && input !== "") tellInput(call, input);
			const whole = { item_id: itemId(isCustom, place.key), output_index: place.index };
			if (isCustom) place.emit("response.custom_tool_call_input.done", { ...whole, input });
			else place.emit("response.function_call_arguments.done", { ...whole, name: part.toolName, arguments: input });
			place.done(wireCall(call, part, input, part.incomplete ? "incomplete" : "completed"));
		},
	};
}

function itemId(isCustom: boolean, key: string): string {
	return `${isCustom ? "ctc" : "fc"}_${key}`;
}

function wireCall(
	{ place, isCustom }: Sent,
	part: { readonly toolCallId: string; readonly toolName: string; readonly metadata?: ProviderMetadata | undefined },
	input: string,
	status: ItemStatus,
): JsonObject {
	// What another vendor wants back with its call stands where reasoning has its state.
	const foreign = packForeign(part.metadata, "responses");
	return { ...encodeCall(part, input, isCustom), ...(foreign === undefined ? {} : { encrypted_content: foreign }), id: itemId(isCustom, place.key), status };
}

/** A call without its id and status: as an answer and a request alike say it. */
export function encodeCall(
	{ toolCallId, toolName, metadata }: { readonly toolCallId: string; readonly toolName: string; readonly metadata?: ProviderMetadata | undefined },
	input: string,
	isCustom: boolean,
): JsonObject {
	const { type: _, ...rest } = ownFields(metadata);
	const call = { ...rest, call_id: toolCallId, name: toolName };
	return isCustom ? { ...call, type: "custom_tool_call", input } : { ...call, type: "function_call", arguments: input };
}
