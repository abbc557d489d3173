import type { GatewayError } from "../../contract/errors.ts";
import { validationError } from "../../http/body.ts";
import type { GatewayRequest } from "../../http/reply.ts";
import type { Decoded } from "../../rules/dialects/dialect.ts";

/** The project that a call names, in its query or in its header. Where both name one and not the same, which one is meant nobody can say. */
export function readNamedProject(request: Pick<GatewayRequest, "header">, inQuery: string | undefined): Decoded<string | undefined, GatewayError> {
	const inHeader = request.header("x-project-id");
	if (inQuery === undefined || inHeader === undefined || inQuery === inHeader) return { ok: true, value: inQuery ?? inHeader };
	const message = `the query names ${quoted(inQuery)}, the header x-project-id ${quoted(inHeader)}: name one`;
	return { ok: false, problem: validationError([{ path: "projectId", message }], "Invalid query") };
}

/** A caller's text in a message: short, on one line. */
function quoted(text: string): string {
	return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
