import type { Settings } from "../../contract/prompt.ts";
import type { Finish, FinishReason, StreamEvent } from "../../contract/stream-event.ts";
import type { Scene, Step } from "./script.ts";

/** Words with the space before them: together they are the text again, and none is half a character. */
export function words(text: string): readonly string[] {
	return text.match(/\s*\S+|\s+$/gu) ?? [];
}

/** Pieces of at most `length` characters, as JSON arrives from a model. */
export function slices(text: string, length = 12): readonly string[] {
	return text.match(new RegExp(`[^]{1,${length}}`, "gu")) ?? [];
}

/** A text as far as the prompt's settings let it go: its words are its tokens. */
export function withinSettings(text: string, settings: Settings): { readonly pieces: readonly string[]; readonly finish: Omit<Finish, "usage"> } {
	const stop = (settings.stopSequences ?? [])
		.filter((sequence) => sequence !== "" && text.includes(sequence))
		.toSorted((a, b) => text.indexOf(a) - text.indexOf(b))[0];
	const pieces = words(stop === undefined ? text : text.slice(0, text.indexOf(stop)));
	const limit = settings.maxOutputTokens ?? Number.POSITIVE_INFINITY;
	if (pieces.length > limit) return { pieces: pieces.slice(0, limit), finish: { reason: "length" } };
	return { pieces, finish: stop === undefined ? { reason: "stop" } : { reason: "stop", stopSequence: stop } };
}

export function* open(scene: Scene): Iterable<Step> {
	yield { type: "say", events: [{ type: "response-metadata", ...scene.response, usage: scene.usage }] };
}

/** One part in pieces, each behind its pause: the first pause is that of the first token. */
export function* sayPart(
	scene: Scene,
	part: { readonly start: StreamEvent; readonly delta: (piece: string) => StreamEvent; readonly end: readonly StreamEvent[] },
	pieces: readonly string[],
	isFirst = true,
): Iterable<Step> {
	let pauseMs = isFirst ? scene.firstMs : scene.deltaMs;
	let start: readonly StreamEvent[] = [part.start];
	for (const piece of pieces) {
		if (pauseMs > 0) yield { type: "wait", ms: pauseMs };
		yield { type: "say", events: [...start, part.delta(piece)] };
		start = [];
		pauseMs = scene.deltaMs;
	}
	yield { type: "say", events: [...start, ...part.end] };
}

export function sayText(scene: Scene, pieces: readonly string[], options: { readonly refusal?: true; readonly isFirst?: boolean } = {}): Iterable<Step> {
	const id = "text";
	const refusal = options.refusal === undefined ? {} : { refusal: options.refusal };
	return sayPart(
		scene,
		{ start: { type: "text-start", id, ...refusal }, delta: (delta) => ({ type: "text-delta", id, delta }), end: [{ type: "text-end", id }] },
		pieces,
		options.isFirst ?? true,
	);
}

export function* finish(scene: Scene, outputTokens: number, told: Omit<Finish, "usage"> | FinishReason = "stop", reasoningTokens?: number): Iterable<Step> {
	const usage = { ...scene.usage, outputTokens, ...(reasoningTokens === undefined ? {} : { reasoningTokens }) };
	yield { type: "say", events: [{ type: "finish", ...(typeof told === "string" ? { reason: told } : told), usage }] };
}

/** A whole answer that is one text. */
export function* answer(scene: Scene, text: string): Iterable<Step> {
	const { pieces, finish: told } = withinSettings(text, scene.prompt.settings);
	yield* open(scene);
	yield* sayText(scene, pieces);
	yield* finish(scene, pieces.length, told);
}
