import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asCount, asObject, asText, isShallow, textOf } from "../json-fields.ts";
import { decodeFinishReason } from "./finish-reason.ts";
import { decodeImage } from "./image-parts.ts";
import { decodeErrorObject } from "./provider-error.ts";
import { createDetailsFold, detailsField, ownReasoning, type ReasoningField } from "./reasoning-details.ts";
import { createToolCallDeltas } from "./tool-call-deltas.ts";
import { decodeUsage } from "./usage.ts";

/** The JSON of a stream's chunks to events. A whole answer is read as one chunk, so that both say the same. */
export interface ChunkDecoder {
	/** @returns a failure where the chunk is an error, or no chunk at all. */
	push(chunk: Json | undefined, events: StreamEvent[]): Failure | undefined;
	/** Ends the open parts and the answer. @returns a failure where the provider never said how it ended. */
	finish(events: StreamEvent[]): Failure | undefined;
}

export function createChunkDecoder(): ChunkDecoder {
	let response: ResponseMetadata | undefined;
	let open: { readonly type: "text" | "reasoning" | "refusal"; readonly id: string; readonly field: ReasoningField } | undefined;
	let partCount = 0;
	let rawReason: string | undefined;
	let usage: JsonObject = {};
	let audio: JsonObject | undefined;
	const details = createDetailsFold();
	const logprobs = new Map<string, Json[]>();
	const toolCalls = createToolCallDeltas(() => response?.id?.slice(-64).replaceAll(/[^A-Za-z0-9]/g, "").slice(-24) ?? "");

	function tellResponse(chunk: JsonObject, events: StreamEvent[]): void {
		if (response !== undefined) return;
		const told = decodeResponse(chunk);
		// Azure's first chunk holds filter results and an empty id: the next one tells.
		if (told.id === undefined && asArray(chunk.choices)?.length === 0) return;
		response = told;
		if (Object.keys(told).length > 0) events.push({ type: "response-metadata", ...told });
	}

	function close(events: StreamEvent[]): void {
		if (open === undefined) return;
		if (open.type === "reasoning") events.push({ type: "reasoning-end", id: open.id, ...endOfReasoning(open.field) });
		else events.push({ type: "text-end", id: open.id });
		open = undefined;
	}

	function endOfReasoning(field: ReasoningField) {
		const told = details.take();
		return told.length === 0 ? {} : ownReasoning(field, told);
	}

	function opened(type: "text" | "reasoning" | "refusal", events: StreamEvent[], field: ReasoningField = "reasoning"): string {
		if (open?.type === type) return open.id;
		close(events);
		open = { type, id: `${type}-${partCount++}`, field };
		if (type === "reasoning") events.push({ type: "reasoning-start", id: open.id, ...ownReasoning(field) });
		else events.push({ type: "text-start", id: open.id, ...(type === "refusal" ? { refusal: true } : {}) });
		return open.id;
	}

	function pushText(type: "text" | "refusal", delta: string, events: StreamEvent[]): void {
		if (delta !== "") events.push({ type: "text-delta", id: opened(type, events), delta });
	}

	/** @param field where it stood: a provider wants its reasoning back in the same place. */
	function pushReasoning(delta: string, field: ReasoningField, events: StreamEvent[]): void {
		if (delta !== "") events.push({ type: "reasoning-delta", id: opened("reasoning", events, field), delta });
	}

	/** A part of the message that only this dialect can say: kept as a fragment of it. */
	function pushFragment(value: JsonObject, events: StreamEvent[]): void {
		if (!isShallow(value)) return;
		close(events);
		events.push({ type: "opaque", dialect: "openai-chat", value });
	}

	function pushImage(image: Json, events: StreamEvent[]): void {
		const file = decodeImage(image);
		if (file === undefined) return pushFragment({ images: [image] }, events);
		close(events);
		events.push(file);
	}

	/** State without words, or behind them: it has a part of its own. */
	function tellDetails(events: StreamEvent[]): void {
		const told = details.take();
		if (told.length === 0) return;
		const id = `reasoning-${partCount++}`;
		events.push({ type: "reasoning-start", id, ...ownReasoning("reasoning", told) }, { type: "reasoning-end", id });
	}

	function pushContent(content: Json | undefined, events: StreamEvent[]): void {
		if (typeof content === "string") return pushText("text", content, events);
		// Mistral's content is an array of typed chunks as soon as the model thinks or cites.
		for (const item of asArray(content) ?? []) {
			const part = asObject(item);
			if (part === undefined) continue;
			if (part.type === "text") pushText("text", asText(part.text) ?? "", events);
			else if (part.type === "refusal") pushText("refusal", asText(part.refusal) ?? "", events);
			else if (part.type === "thinking") pushReasoning(textOf(part.thinking), "thinking", events);
			else pushFragment({ content: [part] }, events);
		}
	}

	function pushToolCalls(delta: JsonObject, events: StreamEvent[]): void {
		const calls = asArray(delta.tool_calls) ?? [];
		const legacy = asObject(delta.function_call);
		if (calls.length === 0 && legacy === undefined) return;
		close(events);
		for (const item of calls) {
			const call = asObject(item);
			if (call !== undefined) toolCalls.push(call, events);
		}
		if (legacy !== undefined) toolCalls.push({ index: -1, function: legacy }, events);
	}

	function pushAudio(piece: JsonObject): void {
		if (!isShallow(piece)) return;
		const joined = (key: string) => (asText(audio?.[key]) ?? "") + (asText(piece[key]) ?? "");
		audio = {
			...audio,
			...piece,
			...("data" in piece ? { data: joined("data") } : {}),
			...("transcript" in piece ? { transcript: joined("transcript") } : {}),
		};
	}

	function pushDelta(delta: JsonObject, events: StreamEvent[]): void {
		const reasoning = asText(delta.reasoning_content);
		if (reasoning !== undefined) pushReasoning(reasoning, "reasoning_content", events);
		else if (typeof delta.reasoning === "string") pushReasoning(delta.reasoning, "reasoning", events);
		details.push(delta[detailsField]);
		pushContent(delta.content, events);
		for (const item of asArray(delta.annotations) ?? []) {
			const annotation = asObject(item);
			if (annotation !== undefined && isShallow(annotation)) {
				events.push({ type: "source", id: opened("text", events), source: decodeAnnotation(annotation) });
			}
		}
		if (typeof delta.refusal === "string") pushText("refusal", delta.refusal, events);
		for (const image of asArray(delta.images) ?? []) pushImage(image, events);
		const piece = asObject(delta.audio);
		if (piece !== undefined) pushAudio(piece);
		pushToolCalls(delta, events);
	}

	function pushLogprobs(told: JsonObject): void {
		for (const [kind, entries] of Object.entries(told)) {
			const list = asArray(entries);
			if (list === undefined || !isShallow(list)) continue;
			const known = logprobs.get(kind);
			if (known === undefined) logprobs.set(kind, [...list]);
			else for (const entry of list) known.push(entry);
		}
	}

	return {
		push(value, events) {
			const chunk = asObject(value);
			if (chunk === undefined) return protocolFailure("The provider sent an event that is no JSON object");
			if (chunk.error !== undefined && chunk.error !== null) return decodeErrorObject(chunk.error);
			tellResponse(chunk, events);
			const choice = firstChoice(chunk.choices);
			// Groq tells the usage under its own name, Moonshot inside the choice; others twice, growing: the last word counts.
			usage = asObject(chunk.usage) ?? asObject(choice?.usage) ?? asObject(asObject(chunk.x_groq)?.usage) ?? usage;
			if (choice === undefined) return undefined;
			const delta = asObject(choice.delta);
			if (delta !== undefined) pushDelta(delta, events);
			const probabilities = asObject(choice.logprobs);
			if (probabilities !== undefined) pushLogprobs(probabilities);
			rawReason ??= asText(choice.finish_reason);
			return undefined;
		},

		finish(events) {
			if (rawReason === undefined) return protocolFailure("The provider's answer ended early");
			close(events);
			tellDetails(events);
			if (audio !== undefined) pushFragment({ audio }, events);
			const reason = decodeFinishReason(rawReason, toolCalls.count() > 0);
			const isCutOff = reason !== "tool-calls" && reason !== "stop";
			if (!toolCalls.finish(isCutOff, events)) return protocolFailure("The provider sent a tool call without a name");
			events.push({
				type: "finish",
				reason,
				rawReason,
				usage: decodeUsage(usage),
				...(logprobs.size === 0 ? {} : { metadata: { openai: { logprobs: Object.fromEntries(logprobs) } } }),
			});
			return undefined;
		},
	};
}

/** Choice 0 by its number; vendors that leave numbers out have one choice only. */
function firstChoice(choices: Json | undefined): JsonObject | undefined {
	for (const item of asArray(choices) ?? []) {
		const choice = asObject(item);
		if (choice !== undefined && (typeof choice.index !== "number" || choice.index === 0)) return choice;
	}
	return undefined;
}

function decodeResponse(chunk: JsonObject): ResponseMetadata {
	const id = asText(chunk.id);
	const model = asText(chunk.model);
	const created = asCount(chunk.created);
	const fingerprint = asText(chunk.system_fingerprint);
	const tier = asText(chunk.service_tier);
	const openai = {
		...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }),
		...(tier === undefined ? {} : { service_tier: tier }),
	};
	return {
		...(id === undefined ? {} : { id }),
		...(model === undefined ? {} : { model }),
		...(created === undefined ? {} : { createdAt: created * 1000 }),
		...(Object.keys(openai).length === 0 ? {} : { metadata: { openai } }),
	};
}

function decodeAnnotation(annotation: JsonObject) {
	const citation = asObject(annotation.url_citation);
	const url = asText(citation?.url);
	const title = asText(citation?.title);
	return { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }), metadata: { openai: annotation } };
}
