import type { Failure } from "../../../contract/failure.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { ToolCallPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asText, jsonText, parseJson } from "../json-fields.ts";
import { decodeMetadata } from "./own-metadata.ts";

/** The tool calls of one answer. Inputs of several may come at once; each call is told once it is whole. */
export interface CallDecoder {
	start(part: JsonObject, events: StreamEvent[]): Failure | undefined;
	delta(part: JsonObject, events: StreamEvent[]): Failure | undefined;
	/** The whole call. It is held until it is known whether the answer was cut off behind it. */
	call(part: JsonObject, events: StreamEvent[]): Failure | undefined;
	/** Tells the call that is held. */
	flush(isCutOff: boolean, events: StreamEvent[]): void;
	/** Ends what was begun and never told whole. */
	close(events: StreamEvent[]): void;
	/** The id under which a call was told: providers may use one twice. */
	idOf(wireId: string): string;
	/** Whether the caller has a call to answer. */
	hasCalls(): boolean;
}

interface OpenCall {
	readonly id: string;
	readonly toolName: string;
	readonly flags: Pick<ToolCallPart, "providerExecuted" | "metadata">;
	/** The deltas are bare text: only the call itself tells the JSON. */
	readonly isText: boolean;
	input: string;
}

/** @param freeId makes an id unlike every other one of the answer. @param cap of one input, in UTF-16 units. */
export function createCallDecoder(freeId: (wanted: string) => string, cap: number): CallDecoder {
	const open = new Map<string, OpenCall>();
	const ids = new Map<string, string>();
	let held: ToolCallPart | undefined;
	let hasCalls = false;

	function begin(wireId: string, part: JsonObject, events: StreamEvent[]): OpenCall | undefined {
		const toolName = asText(part["toolName"]);
		if (toolName === undefined) return undefined;
		const id = freeId(wireId);
		const providerExecuted = part["providerExecuted"] === true ? ({ providerExecuted: true } as const) : {};
		const flags = { ...providerExecuted, ...decodeMetadata(part["providerMetadata"], "other") };
		const call: OpenCall = { id, toolName, flags, isText: part["inputEncoding"] === "text", input: "" };
		open.set(wireId, call);
		ids.set(wireId, id);
		hasCalls ||= !("providerExecuted" in providerExecuted);
		events.push({ type: "tool-input-start", id, toolName, ...flags });
		return call;
	}

	/** What was streamed stands; the call's own words fill in what was not. */
	function settle(call: OpenCall, whole: string, events: StreamEvent[]): string {
		const streamed = call.isText ? "" : call.input;
		const missing = streamed === "" ? (whole.trim() === "" ? "{}" : whole) : whole.startsWith(streamed) ? whole.slice(streamed.length) : "";
		if (missing !== "") events.push({ type: "tool-input-delta", id: call.id, delta: missing });
		return streamed + missing;
	}

	function tell(call: ToolCallPart, isCutOff: boolean, events: StreamEvent[]): void {
		const isWhole = !isCutOff && parseJson(call.input) !== undefined;
		events.push({ type: "tool-input-end", id: call.toolCallId }, isWhole ? call : { ...call, incomplete: true });
	}

	return {
		idOf: (wireId) => ids.get(wireId) ?? wireId,
		hasCalls: () => hasCalls,
		start(part, events) {
			const wireId = asText(part["id"]);
			if (wireId === undefined || open.has(wireId)) return outOfOrder;
			return begin(wireId, part, events) === undefined ? nameless : undefined;
		},
		delta(part, events) {
			const call = open.get(asText(part["id"]) ?? "");
			const delta = part["delta"];
			if (call === undefined || typeof delta !== "string") return outOfOrder;
			call.input += delta;
			if (call.input.length > cap) return protocolFailure("The model sent the input of a tool call that is too large");
			if (delta !== "" && !call.isText) events.push({ type: "tool-input-delta", id: call.id, delta });
			return undefined;
		},
		call(part, events) {
			const wireId = asText(part["toolCallId"]);
			if (wireId === undefined) return nameless;
			const call = open.get(wireId) ?? begin(wireId, part, events);
			const { input } = part;
			const whole = typeof input === "string" ? input : jsonText(input ?? {});
			if (call === undefined || whole === undefined) return nameless;
			open.delete(wireId);
			const { metadata = call.flags.metadata } = decodeMetadata(part["providerMetadata"], "other");
			held = {
				type: "tool-call",
				toolCallId: call.id,
				toolName: call.toolName,
				input: settle(call, whole, events),
				...call.flags,
				...(metadata === undefined ? {} : { metadata }),
			};
			return undefined;
		},
		flush(isCutOff, events) {
			if (held !== undefined) tell(held, isCutOff, events);
			held = undefined;
		},
		close(events) {
			for (const call of open.values()) {
				const input = call.isText ? JSON.stringify(call.input) : call.input;
				tell({ type: "tool-call", toolCallId: call.id, toolName: call.toolName, input: settle(call, input, events), ...call.flags }, true, events);
			}
			open.clear();
		},
	};
}

const nameless = protocolFailure("The model sent a tool call without an id, a name or a readable input");
const outOfOrder = protocolFailure("The model's parts came in an impossible order");
