import type { JsonObject } from "../../../contract/json.ts";
import type { Finish, ResponseMetadata } from "../../../contract/stream-event.ts";
import type { EncodeAnswerContext } from "../dialect.ts";
import { asObject, asText } from "../json-fields.ts";
import { incompleteReason } from "./finish.ts";
import { ownFields } from "./own-metadata.ts";
import { encodeUsage } from "./usage.ts";

/**
 * The response without its output: how far it is, and the fields of the request that it repeats. Its id is ours whatever the
 * provider called it: the provider keeps nothing that could be asked for by it.
 */
export function encodeHead(response: ResponseMetadata, context: EncodeAnswerContext): JsonObject {
	const request = context.request ?? {};
	const conversation = asText(request.conversation) ?? asText(asObject(request.conversation)?.id);
	return {
		id: context.answerId,
		object: "response",
		created_at: Math.floor((response.createdAt ?? context.createdAt) / 1000),
		status: "in_progress",
		background: false,
		error: null,
		incomplete_details: null,
		instructions: request.instructions ?? null,
		max_output_tokens: request.max_output_tokens ?? null,
		model: response.model ?? context.model,
		parallel_tool_calls: request.parallel_tool_calls ?? true,
		previous_response_id: request.previous_response_id ?? null,
		conversation: conversation === undefined ? null : { id: conversation },
		reasoning: { effort: null, summary: null, ...asObject(request.reasoning) },
		store: request.store ?? true,
		temperature: request.temperature ?? null,
		text: { format: { type: "text" }, ...withoutNulls(asObject(request.text)) },
		tool_choice: request.tool_choice ?? "auto",
		tools: request.tools ?? [],
		top_p: request.top_p ?? null,
		truncation: request.truncation ?? "disabled",
		user: request.user ?? null,
		metadata: request.metadata ?? {},
		...ownFields(response.metadata),
	};
}

/** What the end adds to the head. */
export function encodeEnding({ reason, usage }: Finish): JsonObject {
	const incomplete = incompleteReason(reason);
	return {
		status: incomplete === undefined ? "completed" : "incomplete",
		incomplete_details: incomplete === undefined ? null : { reason: incomplete },
		usage: encodeUsage(usage),
	};
}

function withoutNulls(fields: JsonObject | undefined): JsonObject {
	return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== null));
}
