import { PosternError } from "./error.ts";

/** Items for one `for await`, each read when it is asked for. Leaving the loop cancels the request. */
export interface ItemStream<Item> extends AsyncIterableIterator<Item, undefined, undefined> {
	return(): Promise<IteratorResult<Item, undefined>>;
}

/** Lets a reader leave at once: a generator alone would first wait for what it is waiting for. */
export function leavable<Item>(items: AsyncGenerator<Item, undefined, undefined>, leave: (error: PosternError) => void): ItemStream<Item> {
	return {
		next: () => items.next(),
		return() {
			leave(new PosternError("ABORTED", "The stream was left early"));
			return items.return(undefined);
		},
		[Symbol.asyncIterator]() {
			return this;
		},
	};
}
