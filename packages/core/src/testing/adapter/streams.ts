import type { Reply } from "../../http/reply.ts";
import type { AdapterTests } from "./adapter-tests.ts";

const eventStream = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };

export function streamReply(body: AsyncIterable<string>): Reply {
	return { status: 200, headers: eventStream, body };
}

/** Reads text from a response as it comes. */
export function textReader(response: Response): { until(text: string): Promise<string>; rest(): Promise<string>; cancel(): Promise<void> } {
	const reader = response.body?.getReader();
	if (reader === undefined) throw new Error("The response has no body");
	const decoder = new TextDecoder();
	let text = "";
	const more = async (): Promise<boolean> => {
		const { done, value } = await reader.read();
		text += decoder.decode(value, { stream: !done });
		return !done;
	};
	return {
		async until(end) {
			while (!text.includes(end)) {
				if (!(await more())) throw new Error(`The stream ended before ${JSON.stringify(end)}: ${JSON.stringify(text)}`);
			}
			return text;
		},
		async rest() {
			while (await more());
			return text;
		},
		cancel: () => reader.cancel(),
	};
}

export function streamTests({ describe, it, expect, mounted }: AdapterTests): void {
	describe("streams", () => {
		it("arrive item by item: each is read before the next one is made", async () => {
			const taken = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
			async function* items(): AsyncGenerator<string> {
				for (const [index, { promise }] of taken.entries()) {
					yield `data: ${index}\n\n`;
					await promise;
				}
			}
			await mounted(
				async () => streamReply(items()),
				async (call) => {
					const response = await call("/");
					expect(response.headers.get("content-type")).toBe(eventStream["content-type"]);
					const reader = textReader(response);
					for (const [index, { resolve }] of taken.entries()) {
						await reader.until(`data: ${index}\n\n`);
						resolve();
					}
					expect(await reader.rest()).toBe("data: 0\n\ndata: 1\n\ndata: 2\n\n");
				},
			);
		});

		it("send their headers before the first item is there", async () => {
			const answered = Promise.withResolvers<void>();
			async function* items(): AsyncGenerator<string> {
				await answered.promise;
				yield "late";
			}
			await mounted(
				async () => streamReply(items()),
				async (call) => {
					const response = await call("/");
					answered.resolve();
					expect(await response.text()).toBe("late");
				},
			);
		});

		it("keep every character, in order, and skip empty items", async () => {
			const parts = Array.from({ length: 500 }, (_, index) => (index % 7 === 3 ? "" : `${index} grüße 😀 [DONE]\r\n`));
			async function* items(): AsyncGenerator<string> {
				yield* parts;
			}
			await mounted(
				async () => streamReply(items()),
				async (call) => void expect(await (await call("/")).text()).toBe(parts.join("")),
			);
		});

		it("may be empty", async () => {
			async function* items(): AsyncGenerator<string> {}
			await mounted(
				async () => streamReply(items()),
				async (call) => void expect(await (await call("/")).text()).toBe(""),
			);
		});

		it("end as they are told after an error that came behind the headers", async () => {
			async function* items(): AsyncGenerator<string> {
				yield "data: some\n\n";
				yield "event: error\ndata: {}\n\n";
			}
			await mounted(
				async () => streamReply(items()),
				async (call) => void expect(await (await call("/")).text()).toBe("data: some\n\nevent: error\ndata: {}\n\n"),
			);
		});

		it("break off, and say nothing, where their iterator has a bug", async () => {
			async function* items(): AsyncGenerator<string> {
				yield "data: some\n\n";
				throw new Error("secret detail");
			}
			await mounted(
				async () => streamReply(items()),
				async (call) => {
					let told = "";
					try {
						const reader = textReader(await call("/"));
						told = await reader.until("some");
						told += await reader.rest();
						throw new Error("The stream ended as if it were whole");
					} catch (error) {
						told += String(error);
					}
					expect(told).not.toContain("as if it were whole");
					expect(told).not.toContain("secret detail");
				},
			);
		});

		it("are made no faster than they are read, and let go of at a hang-up", async () => {
			// Nothing that a compressor could make small.
			const item = Array.from({ length: 64 * 1024 }, (_, index) => String.fromCharCode(33 + ((index * index * 2654435761) % 90))).join("");
			let made = 0;
			const returned = Promise.withResolvers<void>();
			async function* items(): AsyncGenerator<string> {
				try {
					for (;;) {
						made++;
						yield item;
					}
				} finally {
					returned.resolve();
				}
			}
			await mounted(
				async () => streamReply(items()),
				async (call) => {
					const reader = textReader(await call("/"));
					await reader.until(item.slice(0, 10));
					// Buffers of the system and of the client take some; then it must stand still.
					let before = -1;
					while (before !== made) {
						before = made;
						await new Promise((resolve) => setTimeout(resolve, 100));
						expect(made).toBeLessThan(1000);
					}
					await reader.cancel();
					await returned.promise;
				},
			);
		});
	});
}
