import type { StreamBody } from "./reply.ts";

/**
 * Batches of events as text, one for one; an empty text is nothing to write. A plain iterator and not a generator: it stands in the path of
 * every read.
 * @param onEnd called once, when the batches have ended or were let go.
 */
export function encodeStream<Batch extends readonly { readonly type: string }[]>(
	batches: AsyncGenerator<Batch, void, undefined>,
	encode: (batch: Batch) => string,
	onEnd?: () => void,
): StreamBody {
	let lastType: string | undefined;
	/** A bug in the encoder: what the batches hold is given back all the same. */
	const letGo = (error: unknown): never => {
		void batches.return().finally(onEnd);
		throw error;
	};
	const encoded = (result: IteratorResult<Batch, void>): IteratorResult<string> => {
		if (result.done === true) {
			onEnd?.();
			return { done: true, value: undefined };
		}
		lastType = result.value.at(-1)?.type ?? lastType;
		try {
			return { done: false, value: encode(result.value) };
		} catch (error) {
			return letGo(error);
		}
	};
	return {
		isComplete: () => lastType === "finish",
		[Symbol.asyncIterator]: () => ({
			next: () => batches.next().then(encoded, letGo),
			return: () => batches.return().then(encoded),
		}),
	};
}
