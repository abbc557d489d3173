import type { GatewayError } from "../contract/errors.ts";
import type { SurfaceId } from "../contract/operation.ts";
import { converseStream, converseWhole } from "../effects/converse.ts";
import type { StreamResult } from "../effects/exchange.ts";
import type { IdentifierPrefix } from "../effects/identifiers.ts";
import type { Services } from "../effects/services.ts";
import { validationError } from "../http/body.ts";
import { jsonReply, warningHeader } from "../http/json-reply.ts";
import type { Reply } from "../http/reply.ts";
import { eventStreamReply } from "../http/server-sent-events.ts";
import type { CallerCodec, Decoded, EncodeAnswerContext, StreamEncoder } from "../rules/dialects/dialect.ts";
import type { Call } from "../http/surface.ts";

/** Answers a call whose body is a request of a dialect: what the drop-in surfaces share. */
export async function answerInDialect<Body>(
	call: Call<Body>,
	services: Services,
	{ surface, codec, idPrefix }: { readonly surface: SurfaceId; readonly codec: CallerCodec<Body>; readonly idPrefix: IdentifierPrefix },
): Promise<Decoded<Reply, GatewayError>> {
	const decoded = codec.decodeRequest(call.body);
	if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
	const { model, stream, prompt, includeUsage } = decoded.value;
	const { requestId, operation, principal, request } = call;
	const conversation = { surface, operation, requestId, principal, signal: request.signal, prompt, model };
	const context: EncodeAnswerContext = {
		model,
		answerId: services.createId(idPrefix),
		createdAt: services.runtime.now(),
		requestId,
		...(includeUsage === undefined ? {} : { includeUsage }),
	};
	if (stream) {
		const result = await converseStream(conversation, services);
		if (!result.ok) return result;
		return { ok: true, value: eventStreamReply(encodeBatches(result.value, codec.createStreamEncoder(context)), warningHeader(result.value.warnings)) };
	}
	const result = await converseWhole(conversation, services);
	if (!result.ok) return result;
	return { ok: true, value: jsonReply(codec.encodeAnswer(result.value.answer, context), warningHeader(result.value.warnings)) };
}

async function* encodeBatches({ batches }: StreamResult, encoder: StreamEncoder): AsyncGenerator<string, void, undefined> {
	for await (const batch of batches) {
		const last = batch.at(-1);
		const events = batch.filter((event) => event.type !== "error");
		const written = encoder.push(events) + (last?.type === "error" ? encoder.fail(last.error) : "");
		if (written !== "") yield written;
	}
}
