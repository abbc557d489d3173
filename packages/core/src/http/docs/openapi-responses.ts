import { z } from "zod";
import type { ZodOpenApiContentObject, ZodOpenApiResponseObject } from "zod-openapi";
import { type ErrorCode, errorTable } from "../../contract/errors.ts";
import { type EventsOutput, idempotencyErrors, type Operation, type Output } from "../../contract/operation.ts";
import { surfaceHabits } from "./openapi-habits.ts";

type Responses = Record<`${1 | 2 | 3 | 4 | 5}${string}`, ZodOpenApiResponseObject>;

/** The answers of success: one content type each, and every form that a content type can take. */
export function describeOutputs(operations: readonly Operation[]): Responses {
	const outputs = operations.flatMap(({ output }) => ("kind" in output ? [output] : output));
	const content: ZodOpenApiContentObject = {};
	const bodies = outputs.filter((output) => output.kind !== "empty");
	for (const [contentType, same] of Map.groupBy(bodies, contentTypeOf)) content[contentType] = { schema: oneOf(same.map(schemaOf)) };
	const description = outputs.map((output) => (output.kind === "events" ? output.description : "")).filter((text) => text !== "");
	const response = { description: description.join("\n\n") || "Success", ...(bodies.length === 0 ? {} : { content }) };
	const statuses = new Set(operations.map(({ status = 200 }) => status));
	const alsoStatuses = operations.flatMap(({ alsoStatus }) => alsoStatus ?? []);
	return {
		...Object.fromEntries([...statuses].map((status) => [status, response])),
		...Object.fromEntries(alsoStatuses.map((status) => [status, { ...response, description: "The same, with bad news" }])),
	};
}

function contentTypeOf(output: BodyOutput): string {
	if (output.kind === "json") return "application/json";
	if (output.kind === "events") return "text/event-stream";
	return output.contentType;
}

type BodyOutput = Exclude<Output, { kind: "empty" }>;

function schemaOf(output: BodyOutput): z.ZodType {
	if (output.kind === "json") return output.schema;
	if (output.kind === "events") return eventSchema(output);
	return z.string();
}

/** OpenAPI 3.1 cannot say "a stream of": the schema is that of one event. */
function eventSchema({ events }: EventsOutput): z.ZodType {
	return oneOf(
		Object.entries(events).map(([name, data]) =>
			name === "message"
				? z.object({ data }).meta({ title: "event without a name" })
				: z.object({ event: z.literal(name), data }).meta({ title: name }),
		),
	);
}

/** The answers of failure, by status: which codes it stands for, in the error body of the surface. */
export function describeErrors(operations: readonly Operation[]): Responses {
	const found = operations.flatMap(({ surface, errors, idempotency }) => [...errors, ...idempotencyCodes(idempotency)].map((code) => ({ code, body: surfaceHabits[surface].error })));
	const responses: Responses = {};
	for (const [status, errors] of Map.groupBy(found, ({ code }) => errorTable[code].status)) {
		const codes = [...new Set(errors.map(({ code }) => code))];
		const bodies = [...new Set(errors.map(({ body }) => body))];
		responses[`${status}` as keyof Responses] = {
			description: codes.map((code) => `\`${code}\`: ${errorTable[code].message}`).join("\n\n"),
			...(codes.some(tellsWhenToReturn) ? { headers: retryHeaders } : {}),
			content: { "application/json": { schema: oneOf(bodies) } },
		};
	}
	return responses;
}

function idempotencyCodes(idempotency: Operation["idempotency"]): readonly ErrorCode[] {
	if (idempotency === undefined) return [];
	return idempotency === "sealed" ? [...idempotencyErrors, "IDEMPOTENCY_SPENT"] : idempotencyErrors;
}

const retryHeaders = z.object({
	"retry-after": z.string().optional().meta({ description: "Seconds to wait before the next try, where they are known" }),
});

function tellsWhenToReturn(code: ErrorCode): boolean {
	const { retryable, status } = errorTable[code];
	return retryable && (status === 429 || status === 503);
}

function oneOf(schemas: readonly z.ZodType[]): z.ZodType {
	const [first, ...rest] = schemas;
	if (first === undefined) throw new RangeError("Nothing to choose from");
	return rest.length === 0 ? first : z.union([first, ...rest]);
}
