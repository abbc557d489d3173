import { type CustomFetchOptions } from "oauth4webapi";
import { SendError } from "../../rules/providers/transport.ts";
import { readAll } from "../byte-source.ts";
import type { Runtime } from "../runtime.ts";

/** What oauth4webapi asks the network with. */
export type ProviderFetch = (url: string, options: CustomFetchOptions<string, unknown>) => Promise<Response>;

/** Of one request, its answer read: a browser waits meanwhile. */
const deadlineMs = 10_000;
/** Key sets and profiles have some kilobytes. */
const maxAnswerBytes = 1024 * 1024;

/** `fetch` over the gateway's own transport: with a deadline, a limit, and without redirects. */
export function createProviderFetch({ send, schedule }: Pick<Runtime, "send" | "schedule">): ProviderFetch {
	return async (url, { method, headers, body }) => {
		const controller = new AbortController();
		const cancel = schedule(deadlineMs, () => controller.abort());
		try {
			const response = await send({
				method: method === "POST" ? "POST" : "GET",
				url,
				headers: { ...headers, "user-agent": "postern" },
				signal: controller.signal,
				connectTimeoutMs: deadlineMs,
				...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
			});
			const { value, isCut } = await readAll(response.body, maxAnswerBytes);
			if (isCut) throw new SendError("network", "The identity provider's answer is too long");
			return new Response(value === "" ? null : value, { status: response.status, headers: response.headers });
		} finally {
			cancel();
		}
	};
}
