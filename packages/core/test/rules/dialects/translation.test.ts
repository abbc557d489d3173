import { describe, expect, it } from "vitest";
import type { DialectId } from "../../../src/contract/prompt.ts";
import type { Answer, FinishReason, StreamEvent } from "../../../src/contract/stream-event.ts";
import { anthropicMessages } from "../../../src/rules/dialects/anthropic-messages/index.ts";
import type { CallerCodec, ProviderCodec, StreamDecoder } from "../../../src/rules/dialects/dialect.ts";
import { gemini } from "../../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../../src/rules/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../../src/rules/dialects/openai-responses/index.ts";
import { createAnswerFold } from "../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../src/rules/sessions/unfold.ts";
import { findRecorded, recordedSkip } from "./recorded.ts";
import { unsayable } from "./unsayable.ts";

interface Codecs {
	readonly provider: ProviderCodec;
	readonly caller: Pick<CallerCodec, "createStreamEncoder" | "encodeAnswer">;
	/** A recorded event in its envelope. */
	readonly frame: (data: string) => string;
	readonly end: string;
}
const dialects: Readonly<Record<DialectId, Codecs>> = {
	"openai-chat": { ...openaiChat, frame: (data) => `data: ${data}\n\n`, end: "data: [DONE]\n\n" },
	"openai-responses": { ...openaiResponses, frame: (data) => `data: ${data}\n\n`, end: "" },
	"anthropic-messages": { ...anthropicMessages, frame: (data) => `event: ${JSON.parse(data).type}\ndata: ${data}\n\n`, end: "" },
	gemini: { ...gemini, frame: (data) => `data: ${data}\n\n`, end: "" },
};
/** Broken on purpose: a failure in its own dialect already. */
const broken = new Set(["anthropic/spliced-message-start", "openai/parallel-tool-call-wrapper.1"]);
const context = { model: "m", answerId: "id_1", createdAt: 0, requestId: "req_1", includeUsage: true };

function eventsOf(decoder: StreamDecoder, text: string): readonly StreamEvent[] {
	return [...decoder.push(new TextEncoder().encode(text)), ...decoder.close()];
}
function fold(events: readonly StreamEvent[]): Answer {
	const folded = createAnswerFold();
	folded.push(events);
	return folded.answer();
}

/**
 * What both dialects can say: the words, the thoughts, the calls that a caller must run, the pictures, where it was read, why it ended,
 * what it cost. What one of them has no place for is told by {@link unsayable}.
 */
function common({ content, finish }: Answer, to: DialectId) {
	const { without } = unsayable[to];
	const textOf = (type: "text" | "reasoning") => content.map((part) => (part.type === type ? part.text : "")).join("");
	const calls = content.flatMap((part) =>
		part.type === "tool-call" && !part.providerExecuted ? [{ id: part.toolCallId, name: part.toolName, input: JSON.parse(part.input) }] : [],
	);
	const pictures = content.flatMap((part) => (part.type === "file" && part.mediaType.startsWith("image/") ? [part.data] : []));
	const read = content.flatMap((part) => (part.type === "text" ? (part.sources ?? []).flatMap(({ url }) => url ?? []) : []));
	const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = finish.usage;
	return {
		words: textOf("text"),
		thoughts: textOf("reasoning"),
		calls,
		pictures: without.includes("pictures") ? [] : pictures,
		read: [...new Set(read)].sort(),
		reason: unsayable[to].reasons[finish.reason] ?? finish.reason,
		usage: {
			inputTokens,
			outputTokens,
			...(cachedInputTokens ? { cachedInputTokens } : {}),
			...(reasoningTokens && !without.includes("reasoning tokens") ? { reasoningTokens } : {}),
		},
	};
}

const pairs: readonly (readonly [DialectId, DialectId])[] = [
	["openai-chat", "anthropic-messages"],
	["anthropic-messages", "openai-chat"],
	["openai-chat", "openai-responses"],
	["openai-responses", "openai-chat"],
	["anthropic-messages", "openai-responses"],
	["openai-responses", "anthropic-messages"],
	["gemini", "openai-chat"],
	["gemini", "openai-responses"],
	["gemini", "anthropic-messages"],
	["openai-chat", "gemini"],
	["openai-responses", "gemini"],
	["anthropic-messages", "gemini"],
];

describe.each(pairs)("recorded answers of %s, told in %s", (from, to) => {
	const source = dialects[from];
	const target = dialects[to];
	/** The answer as its own dialect reads it, from the stream where there is one. */
	const recorded = findRecorded(from).flatMap(({ name, chunks, whole }) => {
		if (broken.has(name)) return [];
		if (chunks !== undefined) return [{ name, read: () => eventsOf(source.provider.createStreamDecoder(), chunks.map(source.frame).join("") + source.end) }];
		const decoded = source.provider.decodeAnswer(JSON.parse(whole ?? "null"));
		return decoded.ok ? [{ name, read: () => unfoldAnswer(decoded.value) }] : [];
	});

	if (recorded.length === 0) it.skip(recordedSkip, () => {});
	it.each(recorded)("$name keeps what both can say, streamed and whole", ({ read }) => {
		const events = read();
		expect(events.at(-1)?.type).toBe("finish");
		const expected = common(fold(events), to);
		const text = target.caller.createStreamEncoder(context).push(events);
		expect(common(fold(eventsOf(target.provider.createStreamDecoder(), text)), to)).toEqual(expected);
		const whole = target.provider.decodeAnswer(JSON.parse(JSON.stringify(target.caller.encodeAnswer(fold(events), context))));
		if (!whole.ok) throw new Error(whole.problem.message);
		expect(common(whole.value, to)).toEqual(expected);
	});
});

describe.each(Object.keys(unsayable) as readonly DialectId[])("why an answer ended, told in %s", (to) => {
	it.each<FinishReason>(["stop", "length", "content-filter", "pause", "error", "other"])("is %s, or the nearest that the dialect has a word for", (reason) => {
		const answer: Answer = { id: "a", model: "m", content: [{ type: "text", text: "Hi" }], finish: { reason, usage: { inputTokens: 1, outputTokens: 1 } } };
		const { caller, provider } = dialects[to];
		const whole = provider.decodeAnswer(JSON.parse(JSON.stringify(caller.encodeAnswer(answer, context))));
		const streamed = fold(eventsOf(provider.createStreamDecoder(), caller.createStreamEncoder(context).push(unfoldAnswer(answer))));
		expect([whole.ok ? whole.value.finish.reason : whole.problem, streamed.finish.reason]).toEqual(Array(2).fill(unsayable[to].reasons[reason] ?? reason));
	});
});
