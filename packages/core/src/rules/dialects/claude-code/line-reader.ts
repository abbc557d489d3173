import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ToolResultPart } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { openBlock } from "../anthropic-messages/block-decoder.ts";
import { createMessageReader, type MessageReader } from "../anthropic-messages/message-reader.ts";
import { decodeToolResult } from "../anthropic-messages/part-decoder.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject, asText, isShallow } from "../json-fields.ts";
import { failureOfReport, failureOfResult } from "./failure-decoder.ts";
import { processReport } from "./invocation.ts";
import { sessionMetadata } from "./own-metadata.ts";
import { finishOfResult, textOfResult } from "./result.ts";

/** What the lines of one run mean, together. */
export interface LineReader {
	/** @returns what breaks the stream. */
	read(line: JsonObject, events: StreamEvent[]): Failure | undefined;
	/** The process is well, and has nothing to say. */
	live(events: StreamEvent[]): void;
	/** The result has come: what follows is not looked at. */
	isFinished(): boolean;
}

/**
 * One answer is made of several messages of the model, with the tools in between that Claude Code runs: their calls and results are
 * told as `providerExecuted`. What subagents say among themselves is not said to the caller.
 */
export function createLineReader(cap: number): LineReader {
	let sessionId: string | undefined;
	let message: MessageReader | undefined;
	/** The open message has said something. */
	let hasSpoken = false;
	let hasStreamed = false;
	let isIntroduced = false;
	let isFinished = false;
	let partCount = 0;
	const nextId = () => String(partCount++);
	const toolNames = new Map<string, string>();
	/** Calls that are begun and not told whole yet: a result can come before that, for the message must end first. */
	const openCalls = new Set<string>();
	let earlyResults: ToolResultPart[] = [];

	function read(line: JsonObject, events: StreamEvent[]): Failure | undefined {
		sessionId ??= asText(line["session_id"]);
		const isSubagent = asText(line["parent_tool_use_id"]) !== undefined;
		switch (line["type"]) {
			case "stream_event":
				return isSubagent ? undefined : readEvent(asObject(line["event"]), events);
			case "assistant":
				if (isSubagent) live(events);
				return isSubagent || hasStreamed ? undefined : readMessage(line, events);
			case "user":
				if (!isSubagent) readResults(asObject(line["message"])?.["content"], events);
				return undefined;
			case "system":
				if (line["subtype"] === "api_retry") live(events);
				return undefined;
			case "result":
				return finish(line, events);
			case processReport:
				return failureOfReport(line);
			default:
				return undefined;
		}
	}

	/** No protocol begins with a sign of life. */
	function live(events: StreamEvent[]): void {
		if (isIntroduced) events.push({ type: "ping" });
	}

	function readEvent(data: JsonObject | undefined, events: StreamEvent[]): Failure | undefined {
		hasStreamed = true;
		// A stream that broke off before it said anything was asked for again.
		if (message === undefined || (data?.["type"] === "message_start" && !hasSpoken)) {
			message = createMessageReader(cap, nextId);
			hasSpoken = false;
		}
		const told: StreamEvent[] = [];
		const failure = message.read(data, told);
		const misplaced = tellAll(told, events);
		if (message.isFinished()) message = undefined;
		return misplaced ?? failure;
	}

	function tellAll(told: readonly StreamEvent[], events: StreamEvent[]): Failure | undefined {
		for (const event of told) {
			if (event.type === "tool-input-start" && toolNames.has(event.id)) return protocolFailure("Claude Code told two calls of a tool by one id");
			tell(event, events);
		}
		return undefined;
	}

	function tell(event: StreamEvent, events: StreamEvent[]): void {
		switch (event.type) {
			case "response-metadata":
				if (!isIntroduced) events.push(event);
				isIntroduced = true;
				return;
			case "finish":
				return;
			case "text-start":
				events.push(withSession(event));
				break;
			case "tool-input-start":
				toolNames.set(event.id, event.toolName);
				openCalls.add(event.id);
				events.push({ ...event, providerExecuted: true });
				break;
			case "tool-call":
				events.push({ ...event, providerExecuted: true });
				openCalls.delete(event.toolCallId);
				events.push(...earlyResults.filter(({ toolCallId }) => toolCallId === event.toolCallId));
				earlyResults = earlyResults.filter(({ toolCallId }) => toolCallId !== event.toolCallId);
				break;
			default:
				events.push(event);
		}
		if (event.type !== "ping") hasSpoken = true;
	}

	function withSession(event: StreamEvent & { type: "text-start" }): StreamEvent {
		const metadata = sessionMetadata(sessionId);
		return metadata === undefined ? event : { ...event, metadata: { ...event.metadata, ...metadata } };
	}

	/** Where nothing is streamed every content block comes as a message of its own, whole. Those of Claude Code itself are errors. */
	function readMessage(line: JsonObject, events: StreamEvent[]): Failure | undefined {
		const whole = asObject(line["message"]) ?? {};
		if (line["error"] !== undefined || whole["model"] === "<synthetic>") return undefined;
		const id = asText(whole["id"]);
		const model = asText(whole["model"]);
		tell({ type: "response-metadata", ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }) }, events);
		for (const value of asArray(whole["content"]) ?? []) {
			const told: StreamEvent[] = [];
			const block = asObject(value);
			const open = block === undefined || !isShallow(block) ? undefined : openBlock(block, nextId(), cap, told);
			const ended = open?.stop(told);
			if (ended === undefined) return protocolFailure("Claude Code told a content block that cannot be read");
			if (ended !== "told") told.push({ type: "tool-input-end", id: ended.toolCallId }, ended);
			const misplaced = tellAll(told, events);
			if (misplaced !== undefined) return misplaced;
		}
		return undefined;
	}

	function readResults(content: Json | undefined, events: StreamEvent[]): void {
		for (const value of asArray(content) ?? []) {
			const block = asObject(value);
			const result = block?.["type"] === "tool_result" && isShallow(block) ? decodeToolResult(block) : undefined;
			const toolName = result === undefined ? undefined : toolNames.get(result.toolCallId);
			if (result === undefined || toolName === undefined) continue;
			(openCalls.has(result.toolCallId) ? earlyResults : events).push({ ...result, toolName, providerExecuted: true });
		}
	}

	function finish(result: JsonObject, events: StreamEvent[]): Failure | undefined {
		const failure = failureOfResult(result);
		if (failure !== undefined) return failure;
		if (message !== undefined && hasSpoken) return protocolFailure("Claude Code ended in the middle of a message");
		if (partCount === 0) tellText(textOfResult(result), events);
		isFinished = true;
		events.push({ type: "finish", ...finishOfResult(result) });
		return undefined;
	}

	function tellText(text: string | undefined, events: StreamEvent[]): void {
		if (text === undefined) return;
		const id = nextId();
		events.push(withSession({ type: "text-start", id }), { type: "text-delta", id, delta: text }, { type: "text-end", id });
	}

	return { read, live, isFinished: () => isFinished };
}
