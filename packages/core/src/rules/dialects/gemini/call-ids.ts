/**
 * Older models of Gemini give their function calls no ids: callers of every other dialect need one. Ours are made of the place of
 * the call, so that the same answer has the same ids whenever it is read, and they are known by their beginning: they are never
 * sent to Google, which pairs calls and responses without ids by name and order.
 */
const prefix = "call_nameless_";

/** @param seed tells the ids of one answer from those of another. */
export function inventCallId(index: number, seed: string): string {
	return `${prefix}${index}${seed === "" ? "" : `_${seed}`}`;
}

export function isInventedCallId(id: string): boolean {
	return id.startsWith(prefix);
}

/** What of a response's id goes into the ids of its calls. */
export function seedOf(responseId: string | undefined): string {
	return responseId?.slice(-64).replaceAll(/[^A-Za-z0-9]/g, "").slice(-24) ?? "";
}
