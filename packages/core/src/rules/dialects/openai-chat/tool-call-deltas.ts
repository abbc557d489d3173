import type { Json, JsonObject } from "../../../contract/json.ts";
import type { OpaquePart, ProviderMetadata, ToolCallPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { asObject, asText, isShallow, parseJson } from "../json-fields.ts";

/** Puts the pieces of parallel tool calls together, from OpenAI and from vendors who number or name them otherwise. */
export interface ToolCallDeltas {
	push(delta: JsonObject, events: StreamEvent[]): void;
	/**
	 * Ends every call. Only the end of the answer does: that the input so far happens to be JSON proves nothing.
	 * @returns `false` where a call never got a name.
	 */
	finish(isCutOff: boolean, events: StreamEvent[]): boolean;
	count(): number;
}

interface Call {
	wireId: string | undefined;
	name: string | undefined;
	/** The id under which it was opened; absent until its name is known. */
	id: string | undefined;
	readonly input: string[];
	/** A free-text call of OpenAI's custom tools: has no JSON input, so it travels whole. */
	readonly isCustom: boolean;
	metadata: ProviderMetadata | undefined;
}

/** @param idSeed goes into the ids of calls whose vendor gave none: deterministic, and unlike those of other answers. */
export function createToolCallDeltas(idSeed: () => string): ToolCallDeltas {
	const calls: Call[] = [];
	/** The newest call of a number, the first of an id. */
	const byIndex = new Map<number, Call>();
	const byWireId = new Map<string, Call>();
	const usedIds = new Set<string>();

	function find(index: number | undefined, wireId: string | undefined, name: string | undefined): Call | undefined {
		if (index === undefined) {
			const known = wireId === undefined ? undefined : byWireId.get(wireId);
			return known ?? (name === undefined ? calls.at(-1) : undefined);
		}
		const known = byIndex.get(index);
		// Some vendors number every call 0: another id together with a name is another call.
		const isOther = wireId !== undefined && name !== undefined && known?.wireId !== undefined && known.wireId !== wireId;
		return isOther ? undefined : known;
	}

	function add(index: number | undefined, isCustom: boolean): Call {
		const call: Call = { wireId: undefined, name: undefined, id: undefined, input: [], isCustom, metadata: undefined };
		calls.push(call);
		if (index !== undefined) byIndex.set(index, call);
		return call;
	}

	function freeId(wireId: string | undefined): string {
		const id = wireId === undefined || usedIds.has(wireId) ? `call_${usedIds.size}_${idSeed()}` : wireId;
		usedIds.add(id);
		return id;
	}

	return {
		push(delta, events) {
			const { index: wireIndex, id: _, type, function: __, custom: ___, ...rest } = delta;
			const custom = asObject(delta.custom);
			const made = custom ?? asObject(delta.function);
			const index = typeof wireIndex === "number" ? wireIndex : undefined;
			const wireId = asText(delta.id);
			const name = asText(made?.name);
			const call = find(index, wireId, name) ?? add(index, type === "custom" || custom !== undefined);
			call.wireId ??= wireId;
			if (wireId !== undefined && !byWireId.has(wireId)) byWireId.set(wireId, call);
			call.name ??= name;
			if (Object.keys(rest).length > 0 && isShallow(rest)) call.metadata = { openai: { ...call.metadata?.openai, ...rest } };
			const wasOpen = call.id !== undefined;
			if (!wasOpen && call.name !== undefined) {
				call.id = freeId(call.wireId);
				if (!call.isCustom) events.push(startOf(call.id, call.name, call.metadata));
			}
			const piece = inputText(call.isCustom ? made?.input : made?.arguments);
			if (piece !== "") call.input.push(piece);
			if (call.id === undefined || call.isCustom) return;
			const unsent = wasOpen ? piece : call.input.join("");
			if (unsent !== "") events.push({ type: "tool-input-delta", id: call.id, delta: unsent });
		},

		finish(isCutOff, events) {
			for (const call of calls) {
				if (call.id === undefined || call.name === undefined) return false;
				const input = call.input.join("");
				if (call.isCustom) events.push(customCall(call.id, call.name, input));
				else {
					events.push({ type: "tool-input-end", id: call.id });
					events.push(wholeCall(call.id, call.name, input, isCutOff, call.metadata));
				}
			}
			return true;
		},

		count: () => calls.length,
	};
}

function startOf(id: string, toolName: string, metadata: ProviderMetadata | undefined): StreamEvent {
	return { type: "tool-input-start", id, toolName, ...(metadata === undefined ? {} : { metadata }) };
}

function wholeCall(
	toolCallId: string,
	toolName: string,
	text: string,
	isCutOff: boolean,
	metadata: ProviderMetadata | undefined,
): ToolCallPart {
	const isIncomplete = isCutOff && parseJson(text) === undefined;
	return {
		type: "tool-call",
		toolCallId,
		toolName,
		input: text === "" && !isIncomplete ? "{}" : text,
		...(isIncomplete ? { incomplete: true } : {}),
		...(metadata === undefined ? {} : { metadata }),
	};
}

function customCall(id: string, name: string, input: string): OpaquePart {
	return { type: "opaque", dialect: "openai-chat", value: { tool_calls: [{ id, type: "custom", custom: { name, input } }] } };
}

/** JSON text, kept as it came. A few vendors send the parsed object instead. */
function inputText(value: Json | undefined): string {
	if (typeof value === "string") return value;
	return asObject(value) !== undefined && isShallow(value) ? JSON.stringify(value) : "";
}
