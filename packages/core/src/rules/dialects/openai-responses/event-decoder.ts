import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { ResponseMetadata, StreamEvent } from "../../../contract/stream-event.ts";
import { failureOfKind, protocolFailure } from "../failure.ts";
import { asArray, asCount, asObject, asText } from "../json-fields.ts";
import { decodeEnding } from "./finish.ts";
import { createItemDecoder } from "./item-decoder.ts";
import { keepRest } from "./own-metadata.ts";
import { decodeResponseError } from "./provider-error.ts";
import { decodeUsage } from "./usage.ts";

/** The JSON of a stream's events to canonical ones. A whole answer is read as the last event of its stream, so that both say the same. */
export interface EventDecoder {
	/** @returns a failure where the event is an error, or none at all. */
	push(event: Json | undefined, events: StreamEvent[]): Failure | undefined;
	/** A response that has ended. @returns a failure where it failed, or never said how it ended. */
	finish(response: JsonObject, status: string, events: StreamEvent[]): Failure | undefined;
	isFinished(): boolean;
}

const errorEvents = new Set(["error", "response.error"]);
const lifecycleEvents = new Set(["response.created", "response.queued", "response.in_progress"]);
const endEvents = new Set(["response.completed", "response.incomplete", "response.failed", "response.cancelled"]);

export function createEventDecoder(): EventDecoder {
	let told: ResponseMetadata | undefined;
	let isFinished = false;
	const items = createItemDecoder(() => told?.id?.slice(-64).replaceAll(/[^A-Za-z0-9]/g, "").slice(-24) ?? "");

	function tellResponse(response: JsonObject, events: StreamEvent[]): void {
		if (told !== undefined) return;
		const decoded = decodeResponse(response);
		if (Object.keys(decoded).length === 0) return;
		told = decoded;
		events.push({ type: "response-metadata", ...decoded });
	}

	function finish(response: JsonObject, status: string, events: StreamEvent[]): Failure | undefined {
		if (status === "failed") return decodeResponseError(asObject(response.error) ?? {});
		if (status === "cancelled") return failureOfKind("upstream");
		if (status !== "completed" && status !== "incomplete") return protocolFailure("The provider ended its answer before it was finished");
		tellResponse(response, events);
		const output = (asArray(response.output) ?? []).map(asObject);
		const isWhole = status === "completed";
		if (!items.finish(output, isWhole, events)) return protocolFailure("The provider sent a tool call without a name");
		isFinished = true;
		events.push({
			type: "finish",
			...decodeEnding(status, response, items.hasToolCalls()),
			usage: decodeUsage(asObject(response.usage) ?? {}),
		});
		return undefined;
	}

	return {
		finish,
		isFinished: () => isFinished,
		push(value, events) {
			const event = asObject(value);
			if (event === undefined) return protocolFailure("The provider sent an event that is no JSON object");
			const type = asText(event.type);
			if (type === undefined) return asObject(event.error) === undefined ? undefined : decodeResponseError(event);
			if (errorEvents.has(type)) return decodeResponseError(type === "error" ? event : { ...event, type: "error" });
			if (endEvents.has(type)) {
				const response = asObject(event.response) ?? {};
				return finish(response, asText(response.status) ?? type.slice("response.".length), events);
			}
			if (lifecycleEvents.has(type)) {
				tellResponse(asObject(event.response) ?? {}, events);
				events.push({ type: "ping" });
			} else if (!items.push(type, event, events) && type.startsWith("response.")) {
				// Tools that the provider runs report their steps: signs of life for a caller who waits.
				events.push({ type: "ping" });
			}
			return undefined;
		},
	};
}

function decodeResponse(response: JsonObject): ResponseMetadata {
	const id = asText(response.id);
	const model = asText(response.model);
	const created = asCount(response.created_at);
	const tier = asText(response.service_tier);
	return {
		...(id === undefined ? {} : { id }),
		...(model === undefined ? {} : { model }),
		...(created === undefined ? {} : { createdAt: created * 1000 }),
		...keepRest({ service_tier: tier }),
	};
}
