import { type ByteSource, SendError } from "../../rules/providers/transport.ts";
import { writeJson } from "./json-writer.ts";
import { errorText, sendErrorOf } from "./thrown.ts";

/**
 * A model's stream as JSON lines. One read asks the model for one part; whoever stops reading, or aborts, stops the model. What the
 * model throws on the way is its last part, unless the connection broke.
 */
export function partSource(stream: ReadableStream<unknown>, signal: AbortSignal): ByteSource {
	const reader = stream.getReader();
	const encoder = new TextEncoder();
	let isOver = false;
	let isLetGo = false;
	let giveUp: ((error: SendError) => void) | undefined;

	function release(): void {
		isOver = true;
		signal.removeEventListener("abort", letGo);
	}

	function letGo(): void {
		if (isOver) return;
		release();
		isLetGo = true;
		reader.cancel().catch(() => {});
		giveUp?.(aborted());
	}

	/** @returns `undefined` at the end. */
	async function nextLine(): Promise<Uint8Array | undefined> {
		try {
			for (;;) {
				const { done, value } = await reader.read();
				if (done) {
					release();
					return undefined;
				}
				// Raw chunks are long, and of no use here.
				if (!isRaw(value)) return encoder.encode(`${writeJson(value)}\n`);
			}
		} catch (error) {
			release();
			reader.cancel().catch(() => {});
			const sendError = sendErrorOf(error, signal);
			if (sendError !== undefined) throw sendError;
			return encoder.encode(`${errorText(error, { type: "error" })}\n`);
		}
	}

	if (signal.aborted) letGo();
	else signal.addEventListener("abort", letGo, { once: true });
	return {
		read() {
			if (isLetGo) return Promise.reject(aborted());
			if (isOver) return Promise.resolve(undefined);
			return new Promise((resolve, reject) => {
				giveUp = reject;
				nextLine().then(resolve, reject);
			});
		},
		cancel: letGo,
	};
}

function isRaw(part: unknown): boolean {
	return typeof part === "object" && part !== null && Reflect.get(part, "type") === "raw";
}

function aborted(): SendError {
	return new SendError("aborted", "The request was cancelled");
}
