import type { GatewayError } from "../../../contract/errors.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata, Source } from "../../../contract/prompt.ts";
import type { Finish, ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import { mergeMetadata } from "../../sessions/fold.ts";
import type { EncodeAnswerContext, StreamEncoder } from "../dialect.ts";
import { encodeEnd, encodeHead } from "./answer-encoder.ts";
import { encodeError } from "./error-encoder.ts";
import { encodeAnswerPart, encodeText, encodeThoughtForCaller } from "./part-encoder.ts";

interface OpenPart {
	readonly metadata: ProviderMetadata | undefined;
	/** Everything of a chunk around the text, so that a delta costs one JSON string. */
	readonly before: string;
	readonly after: string;
}

/**
 * Chunks as Google sends them: each is a small answer. Function calls come whole, as they do from Google's own API; a signature comes
 * with an empty text behind the part that it belongs to.
 */
export function createStreamEncoder(context: EncodeAnswerContext): StreamEncoder {
	let response: ResponseMetadata = {};
	let head: string | undefined;
	let isDead = false;
	const open = new Map<string, OpenPart>();
	const sources: Source[] = [];
	let hasRefusal = false;

	/** `,"modelVersion":...}` and the end of the event. */
	function tail(): string {
		head ??= `,${JSON.stringify(encodeHead(response, context)).slice(1)}\n\n`;
		return head;
	}

	function chunk(part: Json): string {
		return `data: {"candidates":[{"content":{"parts":[${JSON.stringify(part)}],"role":"model"},"index":0}]${tail()}`;
	}

	function start({ type, id, metadata }: Extract<StreamEvent, { type: "text-start" | "reasoning-start" }>): void {
		const thought = type === "text-start" ? "" : ',"thought":true';
		open.set(id, {
			metadata,
			before: 'data: {"candidates":[{"content":{"parts":[{"text":',
			after: `${thought}}],"role":"model"},"index":0}]`,
		});
	}

	function delta(id: string, text: string): string {
		const part = open.get(id);
		return part === undefined || text === "" ? "" : `${part.before}${JSON.stringify(text)}${part.after}${tail()}`;
	}

	/** Fields of the part that came with or behind its text. */
	function end(event: Extract<StreamEvent, { type: "text-end" | "reasoning-end" }>): string {
		const part = open.get(event.id);
		if (part === undefined) return "";
		const metadata = mergeMetadata(part.metadata, event.metadata);
		const kept = { text: "", ...(metadata === undefined ? {} : { metadata }) };
		const wire: JsonObject = event.type === "text-end" ? encodeText(kept) : encodeThoughtForCaller(kept);
		return wire.thoughtSignature === undefined ? "" : chunk(wire);
	}

	function whole(event: Extract<StreamEvent, { type: "tool-call" | "tool-result" | "file" | "opaque" }>): string {
		const part = encodeAnswerPart(event);
		return part === undefined ? "" : chunk(part);
	}

	function finish(event: Finish): string {
		isDead = true;
		const body = JSON.stringify(encodeEnd(event, [{ text: "" }], { sources, hasRefusal }));
		return body === "{}" ? `data: {${tail().slice(1)}` : `data: ${body.slice(0, -1)}${tail()}`;
	}

	function encode(event: StreamEvent): string {
		switch (event.type) {
			case "text-delta":
			case "reasoning-delta":
				return delta(event.id, event.delta);
			case "response-metadata": {
				const { type: _, ...told } = event;
				response = { ...response, ...told };
				return "";
			}
			case "text-start":
				hasRefusal ||= event.refusal === true;
				start(event);
				return "";
			case "reasoning-start":
				start(event);
				return "";
			case "text-end":
			case "reasoning-end":
				return end(event);
			case "source":
				sources.push(event.source);
				return "";
			case "tool-call":
			case "tool-result":
			case "file":
			case "opaque":
				return whole(event);
			case "ping":
				return ": ping\n\n";
			case "finish":
				return finish(event);
			case "tool-input-start":
			case "tool-input-delta":
			case "tool-input-end":
			case "error":
				return "";
			default:
				return event satisfies never;
		}
	}

	return {
		push(events) {
			let text = "";
			for (const event of events) {
				if (isDead) break;
				text += encode(event);
			}
			return text;
		},
		fail(error: GatewayError) {
			if (isDead) return "";
			isDead = true;
			return `data: ${JSON.stringify(encodeError(error, context.requestId))}\n\n`;
		},
	};
}
