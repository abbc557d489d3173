import { BodyTooLargeError } from "../../http/reply.ts";
import type { AdapterTests } from "./adapter-tests.ts";
import { echo } from "./requests.ts";
import { streamReply } from "./streams.ts";

interface RawConnection {
	readonly host: string;
	/** The path at which the gateway is mounted. */
	readonly base: string;
	write(text: string): void;
	/** Waits until what arrived contains `text` so many times. */
	until(text: string, times?: number): Promise<string>;
	destroy(): void;
}

/** HTTP by hand, for what no client would send. Loads `node:net`. */
async function connect(url: string): Promise<RawConnection> {
	const { connect: connectTo } = await import("node:net");
	const { hostname, port, host, pathname } = new URL(url);
	const socket = connectTo({ host: hostname, port: Number(port) });
	let received = "";
	let wake = (): void => {};
	let isClosed = false;
	socket.setEncoding("utf8");
	socket.on("data", (text: string) => {
		received += text;
		wake();
	});
	socket.on("error", () => {});
	socket.on("close", () => {
		isClosed = true;
		wake();
	});
	return {
		host,
		base: pathname === "/" ? "" : pathname,
		write: (text) => void socket.write(text),
		async until(text, times = 1) {
			while (received.split(text).length <= times) {
				if (isClosed) throw new Error(`The connection closed before ${JSON.stringify(text)}: ${JSON.stringify(received)}`);
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
			return received;
		},
		destroy: () => socket.destroy(),
	};
}

export function socketTests({ describe, it, expect, mounted }: AdapterTests): void {
	describe("on a socket", () => {
		const withConnection = (handle: typeof echo, run: (connection: RawConnection) => Promise<void>): Promise<void> =>
			mounted(handle, async (_call, url) => {
				const connection = await connect(url);
				try {
					await run(connection);
				} finally {
					connection.destroy();
				}
			});

		it("repeated headers are joined", () =>
			withConnection(echo, async ({ host, base, write, until }) => {
				write(`GET ${base}/x HTTP/1.1\r\nhost: ${host}\r\nx-many: 1\r\nX-Many: 2\r\n\r\n`);
				expect(await until("hasOriginal")).toContain('"x-many":"1, 2"');
			}));

		it("a length over the limit is refused before a byte of the body is sent", () =>
			withConnection(echo, async ({ host, base, write, until }) => {
				write(`POST ${base}/x HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/octet-stream\r\ncontent-length: 1073741824\r\n\r\n`);
				expect(await until("too large")).toContain("HTTP/1.1 413 ");
			}));

		it("who goes on sending too much can still read the refusal", () =>
			withConnection(echo, async ({ host, base, write, until }) => {
				const block = "x".repeat(64 * 1024);
				const chunk = `${block.length.toString(16)}\r\n${block}\r\n`;
				write(`POST ${base}/x HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n`);
				for (let index = 0; index < 200; index++) write(chunk);
				expect(await until("too large")).toContain("HTTP/1.1 413 ");
			}));

		it("a refusal leaves the connection fit for the request behind it", () =>
			withConnection(echo, async ({ host, base, write, until }) => {
				const body = "x".repeat(100_000);
				write(
					`POST ${base}/x HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/octet-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}` +
						`GET ${base}/behind HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
				);
				const received = await until("hasOriginal");
				expect(received.indexOf("HTTP/1.1 413 ")).toBe(0);
				expect(received).toContain('"path":"/behind"');
			}));

		it("requests in a pipeline are answered in order", () =>
			withConnection(echo, async ({ host, base, write, until }) => {
				for (const name of ["a", "b", "c"]) {
					write(`POST ${base}/${name} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: text/plain\r\ncontent-length: 1\r\n\r\n${name}`);
				}
				const received = await until("hasOriginal", 3);
				expect([...received.matchAll(/"path":"\/(\w)"/g)].map((match) => match[1])).toEqual(["a", "b", "c"]);
			}));

		it("a body that breaks off aborts the signal before its reader hears of it", async () => {
			const arrived = Promise.withResolvers<void>();
			const outcome = Promise.withResolvers<unknown>();
			await withConnection(
				async (request) => {
					arrived.resolve();
					await request.body(1_000_000).then(outcome.resolve, (error: unknown) => {
						outcome.resolve({ isAborted: request.signal.aborted, isTooLarge: error instanceof BodyTooLargeError });
					});
					return { status: 499, headers: {}, body: undefined };
				},
				async ({ host, base, write, destroy }) => {
					write(`POST ${base}/x HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\nhalf`);
					await arrived.promise;
					destroy();
					expect(await outcome.promise).toEqual({ isAborted: true, isTooLarge: false });
				},
			);
		});

		it("a caller of HTTP/1.0 gets a stream that ends with the connection", async () => {
			async function* items(): AsyncGenerator<string> {
				yield "one ";
				yield "two";
			}
			await withConnection(
				async () => streamReply(items()),
				async ({ host, base, write, until }) => {
					write(`GET ${base}/x HTTP/1.0\r\nhost: ${host}\r\n\r\n`);
					expect(await until("two")).toContain("one two");
				},
			);
		});
	});
}
