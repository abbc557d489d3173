import type { z } from "zod";
import type { GatewayError, Issue } from "../contract/errors.ts";
import type { Decoded } from "../rules/dialects/dialect.ts";
import { validationError } from "./body.ts";
import type { GatewayRequest } from "./reply.ts";

/** Reads the parameters of a query. One that is there twice is refused: which one is meant nobody can say. */
export function readQuery<Schema extends z.ZodType>({ query }: Pick<GatewayRequest, "query">, schema: Schema): Decoded<z.output<Schema>, GatewayError> {
	const given = [...new URLSearchParams(query)];
	const twice = given.map(([name]) => name).filter((name, index, names) => names.indexOf(name) !== index);
	if (twice.length > 0) return refuse(twice.map((path) => ({ path, message: "is given more than once" })));
	const checked = schema.safeParse(Object.fromEntries(given));
	if (checked.success) return { ok: true, value: checked.data };
	return refuse(
		checked.error.issues.flatMap((issue) =>
			issue.code === "unrecognized_keys"
				? issue.keys.map((path) => ({ path, message: "Unknown parameter" }))
				: [{ path: issue.path.map(String).join("."), message: issue.message }],
		),
	);
}

function refuse(issues: readonly Issue[]): { readonly ok: false; readonly problem: GatewayError } {
	return { ok: false, problem: validationError(issues, "Invalid query") };
}
