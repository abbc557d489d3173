import { z } from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiParameters, ZodOpenApiRequestBodyObject } from "zod-openapi";
import { cacheHeaderName } from "../../contract/cache.ts";
import { explainHeaderName } from "../../contract/explanation.ts";
import type { Operation } from "../../contract/operation.ts";
import { surfaceHabits } from "./openapi-habits.ts";
import { describeErrors, describeOutputs } from "./openapi-responses.ts";

export interface NamedOperation {
	readonly id: string;
	readonly operation: Operation;
}

/**
 * One method of one path. Operations that share it are alternatives chosen by a header; OpenAPI knows one operation there, so
 * the one without a header gives its name and the answers of all are listed.
 */
export function describeOperation(alternatives: readonly NamedOperation[]): ZodOpenApiOperationObject {
	const main = alternatives.find(({ operation }) => operation.whenHeader === undefined) ?? alternatives[0];
	if (main === undefined) throw new RangeError("An endpoint has at least one operation");
	const all = alternatives.map(({ operation }) => operation);
	const { operation } = main;
	const others = all.filter((other) => other !== operation);
	const notes = others.map((other) => `With the header \`${other.whenHeader}\`: ${uncapitalise(other.summary)}.`);
	const description = [operation.description, ...notes].filter((text) => text !== undefined).join("\n\n");
	return {
		operationId: main.id,
		tags: unique(all.map(({ surface }) => surface)),
		summary: operation.summary,
		...(description === "" ? {} : { description }),
		security: describeSecurity(all),
		...describeParameters(operation, all),
		...(operation.body === undefined ? {} : { requestBody: describeBody(operation.body, operation) }),
		responses: { ...describeErrors(all), ...describeOutputs(all) },
	};
}

function describeBody(schema: z.ZodType, { example, isBodyOptional }: Operation): ZodOpenApiRequestBodyObject {
	return { required: isBodyOptional !== true, content: { "application/json": { schema, ...(example === undefined ? {} : { example }) } } };
}

function describeParameters(main: Operation, all: readonly Operation[]): { requestParams?: ZodOpenApiParameters } {
	const path = Object.entries(main.parameters ?? {}).map(([name, description]) => [name, z.string().meta({ description })]);
	const headers: [string, z.ZodType][] = unique(all.flatMap(({ whenHeader }) => (whenHeader === undefined ? [] : [whenHeader]))).map((name) => {
		const value = z.string().meta({ description: "Chooses the form of the answer by being there" });
		return [name, main.whenHeader === undefined ? value.optional() : value];
	});
	if (main.idempotency !== undefined) headers.push(["idempotency-key", idempotencyKey]);
	if (main.isCacheable) headers.push([cacheHeaderName, cacheControl], [explainHeaderName, explain]);
	const query = Object.entries(main.query ?? {}).map(([name, description]) => [name, z.string().optional().meta({ description })]);
	const requestParams: ZodOpenApiParameters = {
		...(path.length === 0 ? {} : { path: z.object(Object.fromEntries(path)) }),
		...(query.length === 0 ? {} : { query: z.object(Object.fromEntries(query)) }),
		...(headers.length === 0 ? {} : { header: z.object(Object.fromEntries(headers)) }),
	};
	return Object.keys(requestParams).length === 0 ? {} : { requestParams };
}

const cacheControl = z
	.string()
	.optional()
	.meta({
		description:
			"`on`, `off` or `refresh`, with `ttl=<seconds>`, `tool-calls` or `exact` behind commas: whether the answer may come from the cache. The answer's own `x-postern-cache` tells what became of it",
	});

const explain = z
	.string()
	.optional()
	.meta({ description: "`true`: the answer tells in `x-postern-decision`, as JSON, which target was asked and why" });

const idempotencyKey = z
	.string()
	.optional()
	.meta({
		description:
			"1 to 255 visible characters that stand for this request, such as a UUID: a repetition within 24 hours gets the same answer, with `idempotency-replayed: true`, and nothing is done twice",
	});

function describeSecurity(all: readonly Operation[]): Record<string, string[]>[] {
	const schemes = all.flatMap(({ access, surface }) => (access === "public" ? [] : surfaceHabits[surface].security));
	return unique(schemes).map((scheme) => ({ [scheme]: [] }));
}

function unique<Value>(values: readonly Value[]): Value[] {
	return [...new Set(values)];
}

function uncapitalise(text: string): string {
	return text.charAt(0).toLowerCase() + text.slice(1);
}
