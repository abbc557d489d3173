import type { Failure } from "../../../contract/failure.ts";
import type { JsonObject } from "../../../contract/json.ts";
import type { ProviderMetadata, Source } from "../../../contract/prompt.ts";
import type { StreamEvent } from "../../../contract/stream-event.ts";
import { mergeMetadata } from "../../sessions/fold.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject, asText } from "../json-fields.ts";
import { decodeMetadata } from "./own-metadata.ts";
import { decodeCitation } from "./source-decoder.ts";

/**
 * The texts and thoughts of one answer. Models keep a text open while they call tools and cite its sources behind it; told is one
 * part at a time, which begins with its first words and ends when another one begins.
 */
export interface TextDecoder {
	start(kind: TextKind, part: JsonObject): void;
	delta(kind: TextKind, part: JsonObject, events: StreamEvent[]): Failure | undefined;
	end(kind: TextKind, part: JsonObject, events: StreamEvent[]): Failure | undefined;
	/** A source belongs to the text that is open, else to the next one. */
	cite(source: Source): void;
	/** Something else begins. */
	close(events: StreamEvent[]): void;
	/** Sources that no text has carried. */
	leftSources(): readonly Source[];
}
export type TextKind = "text" | "reasoning";

interface Begun {
	readonly kind: TextKind;
	/** `undefined` until the first words. */
	id: string | undefined;
	metadata: ProviderMetadata | undefined;
	citations: readonly Source[];
}

/** @param freeId makes an id unlike every other one of the answer. */
export function createTextDecoder(freeId: (wanted: string) => string): TextDecoder {
	const begun = new Map<string, Begun>();
	let current: Begun | undefined;
	let sources: Source[] = [];
	let partCount = 0;

	function find(kind: TextKind, part: JsonObject): Begun | undefined {
		return begun.get(keyOf(kind, part));
	}

	function keep(text: Begun, part: JsonObject): void {
		text.metadata = mergeMetadata(text.metadata, decodeMetadata(part["providerMetadata"], text.kind === "reasoning" ? "reasoning" : "other").metadata);
	}

	function open(text: Begun, events: StreamEvent[]): string {
		if (current === text && text.id !== undefined) return text.id;
		close(events);
		current = text;
		text.id = freeId(String(partCount++));
		events.push({ type: `${text.kind}-start`, id: text.id });
		return text.id;
	}

	function close(events: StreamEvent[]): void {
		const id = current?.id;
		if (current === undefined || id === undefined) return;
		const { kind, citations } = current;
		const metadata = current.metadata ?? (kind === "reasoning" ? bareThought : undefined);
		if (kind === "text") {
			const cited = new Set(citations.map(({ url, title }) => url ?? title));
			for (const source of [...citations, ...sources.filter(({ url, title }) => !cited.has(url ?? title))]) events.push({ type: "source", id, source });
			sources = [];
		}
		events.push({ type: `${kind}-end`, id, ...(metadata === undefined ? {} : { metadata }) });
		current.metadata = undefined;
		current.citations = [];
		current = undefined;
	}

	return {
		start(kind, part) {
			const text: Begun = { kind, id: undefined, metadata: undefined, citations: [] };
			keep(text, part);
			begun.set(keyOf(kind, part), text);
		},
		delta(kind, part, events) {
			const text = find(kind, part);
			const delta = part["delta"];
			if (text === undefined || typeof delta !== "string") return outOfOrder;
			keep(text, part);
			if (delta === "") return undefined;
			events.push({ type: `${kind}-delta`, id: open(text, events), delta });
			return undefined;
		},
		end(kind, part, events) {
			const text = find(kind, part);
			if (text === undefined) return outOfOrder;
			keep(text, part);
			begun.delete(keyOf(kind, part));
			// State without words: redacted thoughts, a signature of its own.
			const isState = text.metadata !== undefined && (kind === "reasoning" || text.metadata["google"] !== undefined);
			if (current !== text && isState) open(text, events);
			const citations = (asArray(part["citations"]) ?? []).map(asObject).flatMap((citation) => decodeCitation(citation ?? {}) ?? []);
			if (current === text) text.citations = citations;
			else sources.push(...citations);
			return undefined;
		},
		cite(source) {
			sources.push(source);
		},
		close,
		leftSources: () => sources,
	};
}

/** A thought of which nothing is said is marked all the same: callers give back what carries a state, and drop what carries none. */
const bareThought: ProviderMetadata = { aiSdk: {} };

function keyOf(kind: TextKind, part: JsonObject): string {
	return `${kind} ${asText(part["id"]) ?? ""}`;
}

const outOfOrder = protocolFailure("The model's parts came in an impossible order");
