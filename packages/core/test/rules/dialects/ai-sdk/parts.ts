import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Json } from "../../../../src/contract/json.ts";
import type { StreamEvent } from "../../../../src/contract/stream-event.ts";
import { aiSdk } from "../../../../src/rules/dialects/ai-sdk/index.ts";
import type { StreamDecoderOptions } from "../../../../src/rules/dialects/dialect.ts";
import { createAnswerFold } from "../../../../src/rules/sessions/fold.ts";

/** Typed by the package itself, so that no part is told here as no model tells it. */
export type Part = LanguageModelV4StreamPart;

export const usage: LanguageModelV4Usage = {
	inputTokens: { total: 35, noCache: 5, cacheRead: 20, cacheWrite: 10 },
	outputTokens: { total: 9, text: 7, reasoning: 2 },
};
export const finish = (unified: "stop" | "length" | "tool-calls" | "content-filter" | "error" | "interrupted" | "other" = "stop", raw: string | undefined = unified): Part => ({
	type: "finish",
	finishReason: { unified, raw },
	usage,
});
export const said = (text: string, id = "0"): readonly Part[] => [
	{ type: "text-start", id },
	{ type: "text-delta", id, delta: text },
	{ type: "text-end", id },
];

/** As the gateway's `send` writes them. */
export function wire(parts: readonly unknown[]): Uint8Array {
	return new TextEncoder().encode(parts.map((part) => `${JSON.stringify(part)}\n`).join(""));
}

export function decodePieces(pieces: readonly Uint8Array[], options?: StreamDecoderOptions): StreamEvent[] {
	const decoder = aiSdk.createStreamDecoder(options);
	return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.close()];
}

export const decode = (...parts: readonly Part[]): StreamEvent[] => decodePieces([wire(parts)]);

/** Parts that no version of the package knows, or no longer. */
export const decodeOdd = (...parts: readonly unknown[]): StreamEvent[] => decodePieces([wire(parts)]);

export function answerOf(events: readonly StreamEvent[]) {
	const fold = createAnswerFold();
	fold.push(events);
	return fold.answer();
}

export function decodeWhole(result: Partial<LanguageModelV4GenerateResult> & Pick<LanguageModelV4GenerateResult, "content">) {
	const json: Json = JSON.parse(JSON.stringify({ finishReason: { unified: "stop", raw: "stop" }, usage, warnings: [], ...result }));
	return aiSdk.decodeAnswer(json);
}

export const failureOf = (events: readonly StreamEvent[]) => {
	const last = events.at(-1);
	return last?.type === "error" ? last.failure : undefined;
};
