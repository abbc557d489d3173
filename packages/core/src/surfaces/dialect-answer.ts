import type { GatewayError } from "../contract/errors.ts";
import type { SurfaceId } from "../contract/operation.ts";
import type { DialectId, Prompt } from "../contract/prompt.ts";
import type { Conversation } from "../effects/conversation.ts";
import { converseStream, converseWhole } from "../effects/converse.ts";
import type { ExchangeEvent } from "../effects/exchange.ts";
import type { IdentifierPrefix } from "../effects/identifiers.ts";
import type { Services } from "../effects/services.ts";
import { validationError } from "../http/body.ts";
import { answerHeaders, askedByHeaders, warningHeader } from "../http/answer-headers.ts";
import { jsonTextReply } from "../http/json-reply.ts";
import type { GatewayRequest, Reply } from "../http/reply.ts";
import { encodeStream } from "../http/encoded-stream.ts";
import { eventStreamReply } from "../http/server-sent-events.ts";
import type { CallerCodec, Decoded, EncodeAnswerContext, PassedText, StreamEncoder } from "../rules/dialects/dialect.ts";
import type { Call } from "../http/surface.ts";

export interface DialectSurface<Body> {
	readonly surface: SurfaceId;
	readonly dialect: DialectId;
	readonly codec: CallerCodec<Body>;
	readonly idPrefix: IdentifierPrefix;
	/** Headers of the caller that go on to a provider of the same dialect. */
	readonly passedHeaders?: readonly string[];
}

/** Answers a call whose body is a request of a dialect: what the drop-in surfaces share. */
export async function answerInDialect<Body>(
	call: Call<Body>,
	services: Services,
	{ surface, codec, idPrefix, dialect, passedHeaders = [] }: DialectSurface<Body>,
): Promise<Decoded<Reply, GatewayError>> {
	const decoded = codec.decodeRequest(call.body);
	if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
	const { model, stream, prompt, includeUsage } = decoded.value;
	const { requestId, operation, principal, request } = call;
	const conversation = {
		surface, operation, requestId, principal, model,
		signal: request.signal,
		prompt: withHeaders(prompt, dialect, passedHeaders, request),
		pass: { dialect, hidesUsage: includeUsage === false },
		...askedByHeaders(request),
	};
	const context: EncodeAnswerContext = {
		model,
		answerId: services.createId(idPrefix),
		createdAt: services.runtime.now(),
		requestId,
		...(includeUsage === undefined ? {} : { includeUsage }),
	};
	return await answerConversation(conversation, { codec, context, isStreamed: stream }, services);
}

export interface DialectAnswer {
	readonly codec: Pick<CallerCodec, "encodeAnswer" | "createStreamEncoder">;
	readonly context: EncodeAnswerContext;
	readonly isStreamed: boolean;
	/** Called once, when all is over: the answer's end has been read, or nobody reads it any more. */
	readonly onEnd?: () => void;
}

/** The answer to a conversation in the caller's dialect, whole or streamed. */
export async function answerConversation(
	conversation: Conversation,
	{ codec, context, isStreamed, onEnd }: DialectAnswer,
	services: Services,
): Promise<Decoded<Reply, GatewayError>> {
	if (isStreamed) {
		const result = await converseStream(conversation, services);
		if (!result.ok) {
			onEnd?.();
			return result;
		}
		const { batches, warnings } = result.value;
		const body = encodeStream(batches, encodeBatches(codec.createStreamEncoder(context)), onEnd);
		return { ok: true, value: eventStreamReply(body, { ...warningHeader(warnings), ...answerHeaders(result.value) }) };
	}
	const answering = converseWhole(conversation, services);
	const result = await (onEnd === undefined ? answering : answering.finally(onEnd));
	if (!result.ok) return result;
	const { answer, passed, warnings } = result.value;
	const body = passed ?? JSON.stringify(codec.encodeAnswer(answer, context));
	return { ok: true, value: jsonTextReply(body, { ...warningHeader(warnings), ...answerHeaders(result.value) }) };
}

/** The caller's own headers of the dialect, beside its own fields. */
export function withHeaders(prompt: Prompt, dialect: DialectId, names: readonly string[], request: GatewayRequest): Prompt {
	const sent = names.flatMap((name): [string, string][] => {
		const value = request.header(name);
		return value === undefined ? [] : [[name, value]];
	});
	if (sent.length === 0) return prompt;
	const headers = Object.fromEntries(sent);
	return { ...prompt, extras: { dialect, fields: prompt.extras?.fields ?? {}, headers } };
}

/** What passes as it came is not encoded again, only put into the stream's frames; an error is always the gateway's own. */
function encodeBatches(encoder: StreamEncoder): (batch: readonly ExchangeEvent[]) => string {
	let isPassed = false;
	return (batch) => {
		let passed = "";
		let error: GatewayError | undefined;
		const events: Exclude<ExchangeEvent, PassedText | { readonly type: "error" }>[] = [];
		for (const event of batch) {
			if (event.type === "passed") passed += event.text;
			else if (event.type === "error") error = event.error;
			else events.push(event);
		}
		isPassed ||= passed !== "";
		const said = isPassed ? (encoder.pass?.(passed, events.at(-1)?.type === "finish") ?? passed) : encoder.push(events);
		return error === undefined ? said : said + encoder.fail(error);
	};
}
