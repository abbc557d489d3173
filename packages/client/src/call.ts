import { PosternError } from "./error.ts";
import type { CallOptions } from "./options.ts";

/** The life of one request: what can stop it, and how. */
export interface Call {
	/** Its reason is the {@link PosternError} to fail with. */
	readonly signal: AbortSignal;
	/** Starts the clock and listens to the caller's signal. */
	begin(): void;
	stop(error: PosternError): void;
	/** Nothing outside can stop the call any more. */
	end(): void;
}

/** The longest delay that timers can hold: beyond it they would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

export function createCall({ signal, timeoutMs }: CallOptions & { readonly timeoutMs: number }): Call {
	const controller = new AbortController();
	let timer: ReturnType<typeof setTimeout> | undefined;
	const stop = (error: PosternError) => controller.abort(error);
	const onAbort = () => stop(new PosternError("ABORTED", "The call was aborted", { cause: signal?.reason }));
	return {
		signal: controller.signal,
		begin() {
			if (signal?.aborted) onAbort();
			signal?.addEventListener("abort", onAbort);
			if (timeoutMs <= longestTimerMs)
				timer = setTimeout(() => stop(new PosternError("TIMEOUT", `The call took longer than ${timeoutMs} ms`)), timeoutMs);
		},
		stop,
		end() {
			clearTimeout(timer);
			signal?.removeEventListener("abort", onAbort);
		},
	};
}
