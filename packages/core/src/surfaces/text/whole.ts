import type { GatewayError } from "../../contract/errors.ts";
import type { ObjectRequest, TextRequest } from "../../contract/operations/text.ts";
import type { JsonObject } from "../../contract/json.ts";
import { converseWhole } from "../../effects/converse.ts";
import type { WholeResult } from "../../effects/exchange.ts";
import type { Services } from "../../effects/services.ts";
import { validationError } from "../../http/body.ts";
import { answerHeaders } from "../../http/answer-headers.ts";
import { jsonReply } from "../../http/json-reply.ts";
import type { Reply } from "../../http/reply.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";
import { compileSchema, type ObjectSchema } from "../../rules/output/object-schema.ts";
import { readObject } from "../../rules/output/review.ts";
import { answerText } from "../../rules/output/structured.ts";
import type { Call } from "../../http/surface.ts";
import { beginTurn, usageTotals } from "./conversation.ts";

export async function generateText(call: Call<TextRequest>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	return generate(call, services, undefined, ({ answer }) => ({ text: answerText(answer.content) }));
}

export async function generateObject(call: Call<ObjectRequest>, services: Services): Promise<Decoded<Reply, GatewayError>> {
	const schema = compileSchema(call.body.schema as JsonObject);
	if (!schema.ok) return { ok: false, problem: validationError(schema.problem) };
	return generate(call, services, schema.value, ({ answer }) => {
		const read = readObject(answer, schema.value);
		if (!read.ok) throw new Error("An answer that the review accepted cannot be read");
		return { object: read.object, rawText: answerText(answer.content) };
	});
}

async function generate(
	call: Call<TextRequest>,
	services: Services,
	schema: ObjectSchema | undefined,
	content: (result: WholeResult) => object,
): Promise<Decoded<Reply, GatewayError>> {
	const begun = await beginTurn(call, services, schema);
	if (!begun.ok) return begun;
	const { turn, conversation } = begun.value;
	try {
		const result = await converseWhole(conversation, services);
		if (!result.ok) return result;
		const { answer, target, warnings, costMicroUsd } = result.value;
		const body = {
			...content(result.value),
			usage: usageTotals(answer.finish.usage),
			sessionId: turn.sessionId,
			model: `${target.providerName}/${target.model}`,
			...(costMicroUsd === undefined ? {} : { costUsd: costMicroUsd / 1e6 }),
			...(warnings.length === 0 ? {} : { warnings }),
		};
		return { ok: true, value: jsonReply(body, answerHeaders(result.value)) };
	} finally {
		turn.leave();
	}
}
