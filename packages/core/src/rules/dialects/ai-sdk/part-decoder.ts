import type { Failure } from "../../../contract/failure.ts";
import type { JsonArray, JsonObject } from "../../../contract/json.ts";
import type { ToolResultPart } from "../../../contract/prompt.ts";
import type { ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asCount, asObject, asText, isShallow, jsonText } from "../json-fields.ts";
import { createCallDecoder } from "./call-decoder.ts";
import { failureOfErrorPart } from "./failure-decoder.ts";
import { decodeFile } from "./file-decoder.ts";
import { decodeFinish, isCutOff, readReason } from "./finish.ts";
import { decodeMetadata } from "./own-metadata.ts";
import { decodeSource } from "./source-decoder.ts";
import { createTextDecoder } from "./text-decoder.ts";

/** Reads the parts of one answer in their order: those of a stream, or a whole answer's as if they had come so. */
export interface PartDecoder {
	/** @param size of the part as text: what has to be kept until the end may not grow past the cap. */
	read(part: JsonObject, size: number, events: StreamEvent[]): Failure | undefined;
	isFinished(): boolean;
}

export interface PartDecoderOptions {
	/** Of what is kept, in UTF-16 units. */
	readonly cap: number;
	/** A whole answer cannot stop in the middle. */
	readonly isWhole: boolean;
}

/** Parts that only pass through: they are long, and nothing of them is kept. */
const passing: ReadonlySet<string> = new Set(["custom", "file", "raw", "reasoning-file", "tool-call", "tool-input-delta", "tool-result"]);

/** Content that the canonical form has no words for. It comes back to the model as it was. */
const opaque: ReadonlySet<string> = new Set(["custom", "reasoning-file", "tool-approval-request"]);

export function createPartDecoder({ cap, isWhole }: PartDecoderOptions): PartDecoder {
	const usedIds = new Set<string>();
	const texts = createTextDecoder(freeId);
	const calls = createCallDecoder(freeId, cap);
	let warnings: JsonArray = [];
	let kept = 0;
	let isFinished = false;

	function freeId(wanted: string): string {
		let id = wanted;
		for (let number = 2; usedIds.has(id); number++) id = `${wanted}_${number}`;
		usedIds.add(id);
		return id;
	}

	/** Something that is no text begins. */
	function interrupt(events: StreamEvent[]): void {
		texts.close(events);
		calls.flush(false, events);
	}

	function readContent(type: string, part: JsonObject, events: StreamEvent[]): Failure | undefined {
		switch (type) {
			case "text-start":
			case "reasoning-start":
				texts.start(kindOf(type), part);
				return undefined;
			case "text-delta":
			case "reasoning-delta":
				calls.flush(false, events);
				return texts.delta(kindOf(type), part, events);
			case "text-end":
			case "reasoning-end":
				return texts.end(kindOf(type), part, events);
			case "tool-input-start":
				interrupt(events);
				return calls.start(part, events);
			case "tool-input-delta":
				interrupt(events);
				return calls.delta(part, events);
			case "tool-call":
				interrupt(events);
				return calls.call(part, events);
			case "tool-result": {
				const result = decodeResult(part, calls.idOf);
				if (result === undefined) return unreadable;
				// Preliminary results replace each other until the last one.
				if (part["preliminary"] === true) return undefined;
				interrupt(events);
				events.push(result);
				return undefined;
			}
			case "source": {
				const source = decodeSource(part);
				if (source !== undefined) texts.cite(source);
				return undefined;
			}
			case "file": {
				const file = decodeFile(part);
				if (file === undefined) return unreadable;
				interrupt(events);
				events.push(file);
				return undefined;
			}
			default:
				if (!opaque.has(type)) return undefined;
				if (!isShallow(part)) return unreadable;
				interrupt(events);
				events.push({ type: "opaque", dialect: "ai-sdk", value: part });
				return undefined;
		}
	}

	function finish(part: JsonObject, events: StreamEvent[]): Failure | undefined {
		const reason = readReason(part["finishReason"]);
		if (reason === undefined) return protocolFailure("The model ended its answer without a reason");
		if (reason.isWordless && !isWhole) return protocolFailure("The model's stream ended before its answer was complete");
		isFinished = true;
		texts.close(events);
		calls.flush(isCutOff(reason), events);
		calls.close(events);
		const told = { reason, hasToolCalls: calls.hasCalls(), warnings, sources: texts.leftSources() };
		events.push({ type: "finish", ...decodeFinish(part, told) });
		return undefined;
	}

	return {
		isFinished: () => isFinished,
		read(part, size, events) {
			const type = asText(part["type"]);
			if (type === undefined) return protocolFailure("The model sent a part without a type");
			const isKept = !passing.has(type) && (!type.endsWith("-delta") || part["providerMetadata"] !== undefined);
			if (isKept) kept += size;
			if (kept > cap) return protocolFailure("The model's answer has too much beside its words");
			switch (type) {
				case "stream-start":
					warnings = (asArray(part["warnings"]) ?? []).filter((warning) => asObject(warning) !== undefined && isShallow(warning, 8));
					return undefined;
				case "response-metadata": {
					const metadata = decodeResponse(part);
					if (Object.keys(metadata).length > 0) events.push({ type: "response-metadata", ...metadata });
					return undefined;
				}
				case "ping":
					events.push({ type: "ping" });
					return undefined;
				case "error":
					return failureOfErrorPart(part["error"]);
				case "finish":
					return finish(part, events);
				default:
					return readContent(type, part, events);
			}
		},
	};
}

function kindOf(type: string): "text" | "reasoning" {
	return type.startsWith("text") ? "text" : "reasoning";
}

function decodeResponse({ id, modelId, timestamp }: JsonObject): ResponseMetadata {
	const createdAt = asCount(Date.parse(asText(timestamp) ?? ""));
	return {
		...(asText(id) === undefined ? {} : { id: String(id) }),
		...(asText(modelId) === undefined ? {} : { model: String(modelId) }),
		...(createdAt === undefined ? {} : { createdAt }),
	};
}

/** Only tools that the provider ran have their results in an answer. @returns `undefined` where it cannot be read. */
function decodeResult(part: JsonObject, idOf: (wireId: string) => string): ToolResultPart | undefined {
	const wireId = asText(part["toolCallId"]);
	const toolName = asText(part["toolName"]);
	const { result } = part;
	const text = typeof result === "string" ? result : jsonText(result ?? null);
	if (wireId === undefined || text === undefined) return undefined;
	return {
		type: "tool-result",
		toolCallId: idOf(wireId),
		...(toolName === undefined ? {} : { toolName }),
		output: { type: "text", text },
		...(part["isError"] === true ? { isError: true } : {}),
		providerExecuted: true,
		...decodeMetadata(part["providerMetadata"], "other"),
	};
}

const unreadable = protocolFailure("The model sent content that cannot be read");
