import type { OperationEvents, UsageTotals } from "@postern/core/contract";
import { PosternError } from "./error.ts";
import { type ItemStream, leavable } from "./item-stream.ts";

/** What was dropped, clamped or changed on the way to the provider. */
export type StreamWarning = OperationEvents<"streamText">["warning"];

/**
 * A stream that is also a set of promises. A promise starts the request where nothing has yet: `sessionId` reads as far as the
 * session is told, the others read to the end, and items wait for their reader meanwhile. Leaving the loop cancels the request:
 * what has not settled fails with `ABORTED`. A rejection that nobody looks at stays silent.
 */
export interface AnswerStream<Item> extends ItemStream<Item> {
	readonly sessionId: Promise<string>;
	readonly usage: Promise<UsageTotals>;
	/** The model that answered. */
	readonly model: Promise<string>;
	readonly warnings: Promise<readonly StreamWarning[]>;
}

/** The pieces of a text, and the whole. */
export interface TextStream extends AnswerStream<string> {
	readonly text: Promise<string>;
}

/** Ever more complete forms of an object, and the object itself, which matches its schema. */
export interface ObjectStream<Value> extends AnswerStream<PartialObject<Value>> {
	readonly object: Promise<Value>;
}

/** The object while it is being made: any part may still be missing. */
export type PartialObject<Value> = Value extends readonly (infer Item)[]
	? readonly PartialObject<Item>[]
	: Value extends object
		? { readonly [Key in keyof Value]?: PartialObject<Value[Key]> }
		: Value;

/** What the events have told so far. */
interface Told<Value> {
	sessionId?: string;
	usage?: UsageTotals;
	model?: string;
	object?: Value;
	text: string;
	readonly warnings: StreamWarning[];
}

type Named<Events> = { readonly [Name in keyof Events]: { readonly name: Name; readonly data: Events[Name] } }[keyof Events];
export type AnswerEvent = Named<OperationEvents<"streamText">> | Named<OperationEvents<"streamObject">>;

/** Reads the events once, for the items' reader and the promises together, and no further than one of them asks. */
export function createAnswerStream<Item, Value>(
	events: ItemStream<AnswerEvent>,
): AnswerStream<Item> & { readonly text: Promise<string>; readonly object: Promise<Value> } {
	const told: Told<Value> = { text: "", warnings: [] };
	const waiting: unknown[] = [];
	let reading: Promise<void> | undefined;
	let isEnded = false;
	let failure: unknown;

	function end(cause?: unknown): void {
		if (!isEnded) failure = cause;
		isEnded = true;
	}

	function fold({ name, data }: AnswerEvent): void {
		if (name === "warning") told.warnings.push(data);
		else if (name === "partial-object") waiting.push(data.parsed);
		else if (name === "text") {
			told.text += data.text;
			waiting.push(data.text);
		} else if (/^(session|result|object)$/.test(name)) Object.assign(told, data);
	}

	/** Reads one event, whoever asks: those who ask meanwhile wait for the same one. */
	function advance(): Promise<void> {
		reading ??= events
			.next()
			.then((result) => (result.done === true ? end() : fold(result.value)))
			.catch(end)
			.finally(() => {
				reading = undefined;
			});
		return reading;
	}

	async function* readItems(): AsyncGenerator<Item> {
		for (;;) {
			while (waiting.length > 0) yield* waiting.splice(0) as Item[];
			if (failure !== undefined) throw failure;
			if (isEnded) return;
			await advance();
		}
	}

	function promise<Key extends keyof Told<Value>>(key: Key): Promise<Required<Told<Value>>[Key]> {
		const value = read();
		value.catch(() => undefined);
		return value;

		async function read(): Promise<Required<Told<Value>>[Key]> {
			for (;;) {
				const found = told[key];
				const isWhole = isEnded && failure === undefined;
				if (found !== undefined && (isWhole || key === "sessionId")) return found as Required<Told<Value>>[Key];
				if (isEnded) throw failure ?? new PosternError("INVALID_RESPONSE", `The stream told no ${key}`);
				await advance();
			}
		}
	}

	const items = leavable(readItems(), (error) => {
		end(error);
		void events.return();
	});
	return {
		...items,
		get sessionId() {
			return promise("sessionId");
		},
		get usage() {
			return promise("usage");
		},
		get model() {
			return promise("model");
		},
		get warnings() {
			return promise("warnings");
		},
		get text() {
			return promise("text");
		},
		get object() {
			return promise("object");
		},
	};
}
