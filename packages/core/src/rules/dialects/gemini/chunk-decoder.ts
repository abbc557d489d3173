import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { Source } from "../../../contract/prompt.ts";
import type { ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject, asText, isShallow, restOf } from "../json-fields.ts";
import { inventCallId, seedOf } from "./call-ids.ts";
import { decodeCode, decodeCodeResult } from "./code-execution.ts";
import { failureOfError } from "./failure-decoder.ts";
import { decodeFile } from "./file-parts.ts";
import { decodeFinish, decodeReason, isBlockedPrompt } from "./finish.ts";
import { createFunctionCalls } from "./function-calls.ts";
import { ownMetadata } from "./own-metadata.ts";
import { decodeSources } from "./sources.ts";
import { mergeUsage } from "./usage.ts";

/** The JSON of a stream's chunks to events. A whole answer is read as one chunk, so that both say the same. */
export interface ChunkDecoder {
	/** @returns a failure where the chunk is an error, or no chunk at all. */
	push(chunk: Json | undefined, events: StreamEvent[]): Failure | undefined;
	/** Ends the open parts and the answer. @returns a failure where the provider never said how it ended. */
	finish(events: StreamEvent[]): Failure | undefined;
}

interface OpenText {
	readonly type: "text" | "reasoning";
	readonly id: string;
	/** Told at the end: the signature comes last. */
	own: JsonObject | undefined;
	/** A signature closes its part: parts with one must not be merged with others. */
	isSigned: boolean;
}

const contentField: ReadonlySet<string> = new Set(["content"]);
const textFields: ReadonlySet<string> = new Set(["text"]);
const thoughtFields: ReadonlySet<string> = new Set(["text", "thought"]);

/** @param cap of what is kept of one part, in UTF-16 units. */
export function createChunkDecoder(cap: number): ChunkDecoder {
	let response: ResponseMetadata | undefined;
	let open: OpenText | undefined;
	let partCount = 0;
	let codeCount = 0;
	let codeId = "";
	let candidate: JsonObject = {};
	let usage: JsonObject = {};
	let promptFeedback: JsonObject | undefined;
	/** Sources that belong to the text that is open, or to the next one. */
	let waiting: Source[] = [];
	const knownSources = new Set<string>();
	const seed = () => seedOf(response?.id);
	const calls = createFunctionCalls(seed, cap);

	function tellResponse(chunk: JsonObject, events: StreamEvent[]): void {
		if (response !== undefined) return;
		const told = decodeResponse(chunk);
		if (Object.keys(told).length === 0) return;
		response = told;
		events.push({ type: "response-metadata", ...told });
	}

	function close(events: StreamEvent[]): void {
		if (open === undefined) return;
		tellSources(events);
		events.push({ type: open.type === "text" ? "text-end" : "reasoning-end", id: open.id, ...ownMetadata(open.own) });
		open = undefined;
	}

	function opened(type: OpenText["type"], events: StreamEvent[]): OpenText {
		if (open?.type === type && !open.isSigned) return open;
		close(events);
		const id = `${type}-${partCount++}`;
		events.push(type === "text" ? { type: "text-start", id } : { type: "reasoning-start", id, ...ownMetadata({ thought: true }) });
		open = { type, id, own: undefined, isSigned: false };
		return open;
	}

	function pushText(part: JsonObject, text: string, events: StreamEvent[]): Failure | undefined {
		const type = part.thought === true ? "reasoning" : "text";
		const rest = restOf(part, type === "text" ? textFields : thoughtFields);
		const own = rest !== undefined && isShallow(rest) ? rest : undefined;
		const isSigned = asText(own?.thoughtSignature) !== undefined;
		// The last chunk often holds an empty text only to have a part.
		if (text === "" && !isSigned) return undefined;
		// Parts come one behind the other: a call that is still open has ended.
		const failure = calls.close(false, events);
		if (failure !== undefined) return failure;
		const into = opened(type, events);
		if (text !== "") events.push(type === "text" ? { type: "text-delta", id: into.id, delta: text } : { type: "reasoning-delta", id: into.id, delta: text });
		if (own !== undefined) into.own = { ...into.own, ...own };
		into.isSigned = isSigned;
		return undefined;
	}

	function pushPart(part: JsonObject, events: StreamEvent[]): Failure | undefined {
		const call = asObject(part.functionCall);
		if (call !== undefined) {
			if (asText(call.name) !== undefined) close(events);
			return calls.push(part, call, events);
		}
		const code = asObject(part.executableCode);
		const result = asObject(part.codeExecutionResult);
		if (code === undefined && result === undefined && (typeof part.text === "string" || isBareSignature(part))) {
			return pushText(part, asText(part.text) ?? "", events);
		}
		if (!isShallow(part)) return protocolFailure("The provider sent a part that cannot be read");
		const failure = calls.close(false, events);
		if (failure !== undefined) return failure;
		close(events);
		if (code !== undefined) {
			const run = decodeCode(part, code, () => inventCallId(codeCount++, `code_${seed()}`));
			if (run === undefined) return undefined;
			const { toolCallId: id, toolName, input, metadata = {} } = run;
			codeId = id;
			events.push({ type: "tool-input-start", id, toolName, providerExecuted: true, metadata });
			events.push({ type: "tool-input-delta", id, delta: input }, { type: "tool-input-end", id }, run);
		} else if (result !== undefined) events.push(decodeCodeResult(part, result, codeId));
		else if (Object.keys(part).length > 0) events.push(decodeMade(part));
		return undefined;
	}

	function collectSources(told: JsonObject): void {
		for (const source of decodeSources(told)) {
			const key = `${source.url} ${source.title}`;
			if (!knownSources.has(key)) waiting.push(source);
			knownSources.add(key);
		}
	}

	function tellSources(events: StreamEvent[]): void {
		if (open?.type !== "text") return;
		for (const source of waiting) events.push({ type: "source", id: open.id, source });
		waiting = [];
	}

	return {
		push(value, events) {
			const chunk = asObject(value);
			if (chunk === undefined) return protocolFailure("The provider sent an event that is no JSON object");
			if (chunk.error !== undefined && chunk.error !== null) return failureOfError(chunk.error);
			tellResponse(chunk, events);
			const counts = asObject(chunk.usageMetadata);
			if (counts !== undefined && isShallow(counts)) usage = mergeUsage(usage, counts);
			const feedback = asObject(chunk.promptFeedback);
			if (feedback !== undefined && isShallow(feedback)) promptFeedback = feedback;
			const told = firstCandidate(chunk.candidates);
			if (told === undefined) return undefined;
			const rest = restOf(told, contentField);
			const kept = rest !== undefined && isShallow(rest) ? withoutEmpty(rest) : {};
			candidate = { ...candidate, ...kept };
			collectSources(kept);
			for (const item of asArray(asObject(told.content)?.parts) ?? []) {
				const failure = pushPart(asObject(item) ?? {}, events);
				if (failure !== undefined) return failure;
			}
			tellSources(events);
			return undefined;
		},

		finish(events) {
			const rawReason = asText(candidate.finishReason);
			if (rawReason === undefined && !isBlockedPrompt(promptFeedback)) return protocolFailure("The provider's answer ended early");
			const failure = calls.close(decodeReason(rawReason ?? "", false) === "length", events);
			if (failure !== undefined) return failure;
			close(events);
			events.push({ type: "finish", ...decodeFinish({ candidate, usage, promptFeedback, hasCalls: calls.count() > 0 }) });
			return undefined;
		},
	};
}

/** A picture or a clip. One that belongs to a thought must not be shown as an answer: only this dialect can say what it is. */
function decodeMade(part: JsonObject): StreamEvent {
	return (part.thought === true ? undefined : decodeFile(part)) ?? { type: "opaque", dialect: "gemini", value: part };
}

/** Candidate 0 by its number; Vertex AI leaves the number out. */
function firstCandidate(candidates: Json | undefined): JsonObject | undefined {
	for (const item of asArray(candidates) ?? []) {
		const candidate = asObject(item);
		if (candidate !== undefined && (typeof candidate.index !== "number" || candidate.index === 0)) return candidate;
	}
	return undefined;
}

function isBareSignature(part: JsonObject): boolean {
	return Object.keys(part).every((name) => name === "thoughtSignature" || name === "thought");
}

/** An empty object in a later chunk does not wipe out what was told. */
function withoutEmpty(fields: JsonObject): JsonObject {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => Object.keys(asObject(value) ?? { value }).length > 0));
}

function decodeResponse(chunk: JsonObject): ResponseMetadata {
	const id = asText(chunk.responseId);
	const model = asText(chunk.modelVersion);
	const createdAt = Date.parse(asText(chunk.createTime) ?? "");
	return {
		...(id === undefined ? {} : { id }),
		...(model === undefined ? {} : { model }),
		...(Number.isNaN(createdAt) ? {} : { createdAt }),
	};
}
