/** What comes first: the promise's value, or `undefined` once the signal aborts. */
export async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
	if (signal.aborted) {
		promise.catch(() => undefined);
		return undefined;
	}
	const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
	const onAbort = () => resolve(undefined);
	signal.addEventListener("abort", onAbort, { once: true });
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener("abort", onAbort);
	}
}
