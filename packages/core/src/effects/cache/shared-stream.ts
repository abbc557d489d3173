import { gatewayError } from "../../contract/errors.ts";
import type { ExchangeEvent, StreamResult } from "../exchange.ts";
import type { Landing } from "./flight.ts";

export type Batch = readonly ExchangeEvent[];

/**
 * A stream that several read, each at its own pace and from its beginning: a list of batches in which each knows the next one. Whoever
 * comes to the end first asks the provider for more, so that the fastest reader sets the pace.
 */
export interface SharedStream extends StreamResult {
	/** Holds nothing; the first batch stands behind it. */
	readonly head: LogNode;
	after(node: LogNode): Promise<LogNode>;
	/** Nobody will read on: the exchange is told. */
	letGo(): void;
}

export interface LogNode {
	readonly batch: Batch;
	next?: Promise<LogNode>;
}

export type StreamLanding = Landing<SharedStream>;

/** @param onEnd called before anybody sees the last batch. */
export function shareStream(result: StreamResult, onEnd: (isComplete: boolean) => Promise<void>): SharedStream {
	const { batches } = result;
	let isBegun = false;

	async function pull(): Promise<LogNode> {
		isBegun = true;
		const read = await batches.next();
		const batch: Batch = read.done === true ? [{ type: "error", error: gatewayError("CANCELLED") }] : read.value;
		if (isLast(batch)) {
			await onEnd(batch.at(-1)?.type === "finish");
			await batches.return();
		}
		return { batch };
	}

	return {
		...result,
		head: { batch: [] },
		after: (node) => (node.next ??= pull()),
		letGo() {
			// A generator that never began has no `finally` to run.
			const begun = isBegun ? Promise.resolve() : batches.next();
			begun.then(() => batches.return()).catch(() => undefined);
		},
	};
}

export function isLast(batch: Batch): boolean {
	const type = batch.at(-1)?.type;
	return type === "finish" || type === "error";
}
