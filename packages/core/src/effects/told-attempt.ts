import type { EmbeddingRequest } from "../contract/embedding.ts";
import type { Prompt } from "../contract/prompt.ts";
import type { Answer, ResponseMetadata, StreamEvent } from "../contract/stream-event.ts";
import type { PassedText } from "../rules/dialects/dialect.ts";
import { hasContent } from "../rules/routing/commit.ts";
import type { Metered } from "../rules/usage/totals.ts";
import type { Attempt, Batch } from "./attempt.ts";
import type { AnswerFacts, AskedSettings, AttemptTelemetry } from "./telemetry.ts";

/** The attempt, with what it asks and what comes of it told; its failures are told where it is decided what they mean. */
export function toldAttempt(attempt: Attempt, telemetry: AttemptTelemetry, now: () => number): Attempt {
	return {
		...attempt,

		async whole(prompt) {
			telemetry.asked(settingsOf(prompt, false));
			const result = await attempt.whole(prompt);
			if (result.ok) telemetry.answered(factsOf(result.value.answer), now());
			return result;
		},

		async stream(prompt) {
			telemetry.asked(settingsOf(prompt, true));
			const result = await attempt.stream(prompt);
			if (!result.ok) return result;
			const { held, read } = result.value;
			if (hasContent(held)) telemetry.firstContent(now());
			const tell = createStreamTeller(telemetry, now);
			tell(held);
			const toldRead = async () => {
				const batch = await read();
				tell(batch);
				return batch;
			};
			return { ok: true, value: { ...result.value, read: toldRead } };
		},

		async embed(request, fold) {
			telemetry.asked(settingsOfEmbeddings(request));
			const before = fold.metered();
			const result = await attempt.embed(request, fold);
			if (result.ok) {
				const { model } = result.value.answer();
				telemetry.answered({ ...(model === undefined ? {} : { model }), usage: usageSince(before, result.value.metered()) }, now());
			}
			return result;
		},
	};
}

function settingsOf({ settings, output }: Prompt, isStreamed: boolean): AskedSettings {
	const { reasoning: _, user: __, stopSequences: ___, ...numbers } = settings;
	return { ...numbers, isStreamed, ...(output === undefined ? {} : { output: output.type }) };
}

function settingsOfEmbeddings({ dimensions }: EmbeddingRequest): AskedSettings {
	return { isStreamed: false, ...(dimensions === undefined ? {} : { dimensions }) };
}

function factsOf({ id, model, finish }: Pick<Answer, "id" | "model" | "finish">): AnswerFacts {
	return { ...(id === undefined ? {} : { id }), ...(model === undefined ? {} : { model }), finishReason: finish.reason, usage: finish.usage };
}

function createStreamTeller(telemetry: AttemptTelemetry, now: () => number): (batch: Batch) => void {
	let metadata: ResponseMetadata = {};
	const take = (event: StreamEvent | PassedText): void => {
		if (event.type === "response-metadata") metadata = { ...metadata, ...event };
		else if (event.type === "finish") telemetry.answered(factsOf({ ...metadata, finish: event }), now());
	};
	return (batch) => batch.forEach(take);
}

/** A retry asks only for what is missing: what an earlier attempt has got is not its own. Estimates are not told. */
function usageSince(before: Metered, { usage, isEstimated }: Metered): AnswerFacts["usage"] {
	if (isEstimated === true || usage.inputTokens === undefined) return {};
	return { inputTokens: usage.inputTokens - (before.usage.inputTokens ?? 0) };
}
