import type { Principal } from "../../contract/principal.ts";
import type { ResponsesInputItem, ResponsesRequest } from "../../contract/wire/openai-responses.ts";
import type { Services } from "../../effects/services.ts";
import { findResponse, outputOf } from "./stored-response.ts";

/** How many responses one request may point into: each is looked up. */
const maxResponses = 200;

/**
 * Clients that trust in `store` send ids instead of items. Those of kept responses stand in for their items; what is not found is
 * left for the decoder to refuse, by its place.
 */
export async function resolveReferences(body: ResponsesRequest, principal: Principal, { store }: Services): Promise<ResponsesRequest> {
	if (!Array.isArray(body.input)) return body;
	const referred = body.input.flatMap((item) => referenceOf(item) ?? []);
	if (referred.length === 0) return body;
	// An item's id holds that of its response. Items that a provider named itself are found with the others of the same response.
	const responses = new Set(referred.flatMap((id) => /^[a-z]+_([0-9a-f]+)_\d+$/.exec(id)?.[1] ?? []).map((key) => `resp_${key}`));
	const turns = await Promise.all([...responses].slice(0, maxResponses).map((id) => findResponse(id, principal, store)));
	const items = new Map(turns.flatMap((turn) => (turn === undefined ? [] : outputOf(turn))).map((item) => [item.id, item]));
	return { ...body, input: body.input.map((item) => (items.get(referenceOf(item)) as ResponsesInputItem | undefined) ?? item) };
}

function referenceOf({ type, role, id }: ResponsesInputItem): string | undefined {
	const isReference = type === "item_reference" || (!type && !role);
	return isReference && typeof id === "string" ? id : undefined;
}
