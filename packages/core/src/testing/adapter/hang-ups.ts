import type { AdapterTests } from "./adapter-tests.ts";
import { echo, json } from "./requests.ts";
import { streamReply, textReader } from "./streams.ts";

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener("abort", () => resolve());
	});
}

export function hangUpTests({ describe, it, expect, mounted }: AdapterTests): void {
	describe("a hang-up", () => {
		it("aborts the signal, then returns the iterator, while the provider is silent", async () => {
			const order: string[] = [];
			const ended = Promise.withResolvers<void>();
			async function* items(signal: AbortSignal): AsyncGenerator<string> {
				try {
					yield "data: first\n\n";
					await aborted(signal);
					order.push("aborted");
				} finally {
					order.push("returned");
					ended.resolve();
				}
			}
			await mounted(
				async ({ signal }) => streamReply(items(signal)),
				async (call) => {
					const controller = new AbortController();
					const reader = textReader(await call("/", { signal: controller.signal }));
					await reader.until("first");
					const reading = reader.rest().catch(() => {});
					controller.abort();
					await reading;
					await ended.promise;
					expect(order).toEqual(["aborted", "returned"]);
				},
			);
		});

		it("is felt where the iterator waits to be asked for more", async () => {
			const returned = Promise.withResolvers<boolean>();
			const item = "x".repeat(64 * 1024);
			await mounted(
				async ({ signal }) => {
					const iterator: AsyncIterableIterator<string> = {
						next: async () => ({ done: false, value: item }),
						return: async () => {
							returned.resolve(signal.aborted);
							return { done: true, value: undefined };
						},
						[Symbol.asyncIterator]: () => iterator,
					};
					return streamReply(iterator);
				},
				async (call) => {
					const controller = new AbortController();
					const reader = textReader(await call("/", { signal: controller.signal }));
					await reader.until("x");
					controller.abort();
					expect(await returned.promise).toBe(true);
				},
			);
		});

		it("aborts the signal while the answer is still being made", async () => {
			const arrived = Promise.withResolvers<void>();
			const felt = Promise.withResolvers<void>();
			await mounted(
				async ({ signal }) => {
					arrived.resolve();
					await aborted(signal);
					felt.resolve();
					return json(499, {});
				},
				async (call) => {
					const controller = new AbortController();
					const calling = Promise.resolve(call("/", { signal: controller.signal })).catch(() => {});
					await arrived.promise;
					controller.abort();
					await felt.promise;
					await calling;
				},
			);
		});

		it("is not felt after a whole answer", async () => {
			const signals: AbortSignal[] = [];
			await mounted(
				async (request) => {
					signals.push(request.signal);
					return request.path === "/stream" ? streamReply(once("data: all\n\n")) : echo(request);
				},
				async (call) => {
					await (await call("/stream")).text();
					await (await call("/whole", { method: "POST", body: "x", headers: { "content-type": "text/plain" } })).text();
					await (await call("/whole")).text();
					expect(signals.map((signal) => signal.aborted)).toEqual([false, false, false]);
				},
			);
		});

		it("is what HEAD is to a stream", async () => {
			const felt = Promise.withResolvers<void>();
			await mounted(
				async ({ signal }) => {
					void aborted(signal).then(felt.resolve);
					return streamReply(once("data: never\n\n"));
				},
				async (call) => {
					const response = await call("/", { method: "HEAD" });
					expect([response.status, await response.text()]).toEqual([200, ""]);
					await felt.promise;
				},
			);
		});
	});
}

async function* once(item: string): AsyncGenerator<string> {
	yield item;
}
