import type { Failure } from "../../../contract/failure.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata, ToolCallPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject, asText, isShallow, jsonText, restOf } from "../json-fields.ts";
import { inventCallId } from "./call-ids.ts";
import { ownMetadata } from "./own-metadata.ts";
import { createPartialArguments, type PartialArguments } from "./partial-arguments.ts";

/** The function calls of one answer: whole ones, and ones whose arguments come in pieces over several parts. */
export interface FunctionCalls {
	push(part: JsonObject, call: JsonObject, events: StreamEvent[]): Failure | undefined;
	/** Ends the call that is still open. Only the next call or the end of the answer does, where its own last piece is missing. */
	close(isCutOff: boolean, events: StreamEvent[]): Failure | undefined;
	count(): number;
}

interface OpenCall {
	readonly id: string;
	readonly toolName: string;
	readonly metadata: { readonly metadata?: ProviderMetadata };
	readonly pieces: PartialArguments;
	/** What was told as a whole though more was to come: the text of a call that a gateway like this one knew to be cut. */
	readonly begun: string | undefined;
	size: number;
}

const partFields: ReadonlySet<string> = new Set(["functionCall"]);

/** @param seed of the ids that are made where Google gives none. @param cap of a call's arguments in pieces, in UTF-16 units. */
export function createFunctionCalls(seed: () => string, cap: number): FunctionCalls {
	const usedIds = new Set<string>();
	let open: OpenCall | undefined;
	let count = 0;

	function start(part: JsonObject, call: JsonObject, toolName: string, events: StreamEvent[]): OpenCall {
		const told = asText(call.id);
		const id = told === undefined || usedIds.has(told) ? inventCallId(count, seed()) : told;
		usedIds.add(id);
		count++;
		const rest = restOf(part, partFields);
		const metadata = rest !== undefined && isShallow(rest) ? ownMetadata(rest) : {};
		events.push({ type: "tool-input-start", id, toolName, ...metadata });
		const { invalid_input: cut } = asObject(call.args) ?? {};
		return { id, toolName, metadata, pieces: createPartialArguments(), begun: asText(cut), size: 0 };
	}

	function end({ id, toolName, metadata }: OpenCall, input: string | undefined, isCutOff: boolean, events: StreamEvent[]): Failure | undefined {
		if (input === undefined) return unreadable;
		const part: ToolCallPart = { type: "tool-call", toolCallId: id, toolName, input, ...(isCutOff ? { incomplete: true } : {}), ...metadata };
		events.push({ type: "tool-input-delta", id, delta: input }, { type: "tool-input-end", id }, part);
		return undefined;
	}

	function close(isCutOff: boolean, events: StreamEvent[]): Failure | undefined {
		if (open === undefined) return undefined;
		const ended = open;
		open = undefined;
		return end(ended, ended.begun ?? jsonText(ended.pieces.value()), isCutOff, events);
	}

	function take(call: JsonObject, into: OpenCall): Failure | undefined {
		for (const item of asArray(call.partialArgs) ?? []) {
			const piece = asObject(item) ?? {};
			into.size += (asText(piece.jsonPath)?.length ?? 0) + (asText(piece.stringValue)?.length ?? 0);
			if (into.size > cap) return protocolFailure("The provider sent a function call that is too large");
			if (!into.pieces.add(piece)) return unreadable;
		}
		return undefined;
	}

	return {
		push(part, call, events) {
			const name = asText(call.name);
			const isContinued = call.willContinue === true;
			if (name !== undefined) {
				const failure = close(false, events);
				if (failure !== undefined) return failure;
				const begun = start(part, call, name, events);
				if (!isContinued && asArray(call.partialArgs) === undefined) return end(begun, jsonText(asObject(call.args) ?? {}), false, events);
				open = begun;
			}
			// A bare `functionCall: {}` behind a call that has ended says nothing.
			if (open === undefined) return undefined;
			return take(call, open) ?? (isContinued ? undefined : close(false, events));
		},
		close,
		count: () => count,
	};
}

const unreadable = protocolFailure("The provider sent a function call that cannot be read");
