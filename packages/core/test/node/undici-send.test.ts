import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { MockAgent } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import { undiciSend } from "../../src/node/undici-send.ts";
import { type ByteSource, type Send, SendError, type UpstreamRequest } from "../../src/rules/providers/transport.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ url: string; server: Server }> {
	const server = createServer(listener).listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function serveTcp(listener: (socket: Socket) => void): Promise<string> {
	const sockets = new Set<Socket>();
	const server = createTcpServer((socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		listener(socket);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function request(url: string, more: Partial<UpstreamRequest> = {}): UpstreamRequest {
	return { method: "POST", url, headers: { "content-type": "text/plain" }, body: "hello", signal: new AbortController().signal, connectTimeoutMs: 10_000, ...more };
}

async function textOf(body: ByteSource): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	for (let bytes = await body.read(); bytes !== undefined; bytes = await body.read()) text += decoder.decode(bytes, { stream: true });
	return text;
}

async function failureOf(promise: Promise<unknown>): Promise<SendError> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof SendError)) throw new Error(`expected a SendError, got ${String(error)}`);
	return error;
}

/** Counts the listeners that a transport leaves on a signal. */
function countedSignal(): { controller: AbortController; listeners: () => number } {
	const controller = new AbortController();
	let count = 0;
	const { signal } = controller;
	const add = signal.addEventListener.bind(signal);
	const remove = signal.removeEventListener.bind(signal);
	signal.addEventListener = (...args: Parameters<typeof add>) => {
		count++;
		add(...args);
	};
	signal.removeEventListener = (...args: Parameters<typeof remove>) => {
		count--;
		remove(...args);
	};
	return { controller, listeners: () => count };
}

describe("undiciSend", () => {
	it("sends method, path, query, headers and body, and gives status and lower-case headers", async () => {
		const { url } = await serve((incoming, response) => {
			incoming.setEncoding("utf8").on("data", (body: string) => {
				response.writeHead(201, { "X-Answer": "yes", "Set-Cookie": ["a=1", "b=2"] });
				response.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body }));
			});
		});
		const response = await undiciSend()(request(`${url}/a%20b/c?d=e%26`, { body: "grüße" }));
		expect(response.status).toBe(201);
		expect(response.headers["x-answer"]).toBe("yes");
		expect(response.headers["set-cookie"]).toBe("a=1, b=2");
		const seen = JSON.parse(await textOf(response.body)) as { headers: Record<string, string> };
		expect(seen).toMatchObject({ method: "POST", url: "/a%20b/c?d=e%26", body: "grüße" });
		expect(seen.headers).toMatchObject({ "content-type": "text/plain", "content-length": "7", "accept-encoding": "identity" });
	});

	it.each([
		["without a path", ""],
		["with a query alone", "?x=1"],
		["with a fragment", "/p#part"],
	])("takes a url %s", async (_name, suffix) => {
		const { url } = await serve((incoming, response) => response.end(incoming.url));
		const { body } = await undiciSend()(request(url + suffix));
		expect(await textOf(body)).toBe(suffix === "" ? "/" : suffix.startsWith("?") ? "/?x=1" : "/p");
	});

	it("keeps an accept-encoding that the request names", async () => {
		const { url } = await serve((incoming, response) => response.end(incoming.headers["accept-encoding"]));
		expect(await textOf((await undiciSend()(request(url, { headers: { "accept-encoding": "gzip" } }))).body)).toBe("gzip");
	});

	it("answers through a MockAgent", async () => {
		const agent = new MockAgent();
		agent.disableNetConnect();
		agent.get("https://api.example.com").intercept({ path: "/v1/x", method: "POST", body: "hello" }).reply(429, "slow down", { headers: { "retry-after": "7" } });
		const response = await undiciSend({ dispatcher: agent })(request("https://api.example.com/v1/x"));
		expect([response.status, response.headers["retry-after"], await textOf(response.body)]).toEqual([429, "7", "slow down"]);
		const refused = await failureOf(undiciSend({ dispatcher: agent })(request("https://elsewhere.example.com/")));
		expect(refused.reason).toBe("network");
		await agent.close();
	});

	it("gives a streamed chunk before the next one is written", async () => {
		let response: ServerResponse | undefined;
		const { url } = await serve((_incoming, outgoing) => {
			response = outgoing;
			outgoing.write("one");
		});
		const { body } = await undiciSend()(request(url));
		expect(String(Buffer.from((await body.read()) ?? []))).toBe("one");
		response?.write("two");
		expect(String(Buffer.from((await body.read()) ?? []))).toBe("two");
		response?.end();
		expect(await body.read()).toBeUndefined();
		expect(await body.read()).toBeUndefined();
	});

	it("gives all that came since the last read as one chunk", async () => {
		const frames = Array.from({ length: 50 }, (_, index) => `data: ${index}\n\n`);
		const { url } = await serve((incoming, response) => {
			incoming.resume().on("end", () => {
				const { socket } = response;
				// All frames in one packet, each an HTTP chunk of its own.
				socket?.end(
					`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${frames.map((frame) => `${frame.length.toString(16)}\r\n${frame}\r\n`).join("")}0\r\n\r\n`,
				);
			});
		});
		const { body } = await undiciSend()(request(url));
		const first = await body.read();
		expect(String(Buffer.from(first ?? []))).toBe(frames.join(""));
		expect(await body.read()).toBeUndefined();
	});

	it("coalesces in front of a reader that waits already", async () => {
		const socketSeen = Promise.withResolvers<Socket>();
		const address = await serveTcp((socket) => {
			socket.once("data", () => {
				socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
				socketSeen.resolve(socket);
			});
		});
		const { body } = await undiciSend()(request(`http://${address}/`));
		const reading = body.read();
		(await socketSeen.promise).write("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n");
		expect(String(Buffer.from((await reading) ?? []))).toBe("abc");
		body.cancel();
	});

	it("stops the network for a slow reader", async () => {
		const total = 32 * 1024 * 1024;
		let written = 0;
		const { url } = await serve((incoming, response) => {
			incoming.resume();
			response.socket?.setMaxListeners(0);
			const block = Buffer.alloc(256 * 1024);
			const write = (): void => {
				while (written < total) {
					written += block.length;
					if (!response.write(block)) {
						response.once("drain", write);
						return;
					}
				}
				response.end();
			};
			write();
		});
		const { body } = await undiciSend()(request(url));
		const first = await body.read();
		let read = first?.byteLength ?? 0;
		// The server stalls: what it wrote stops growing although nobody read on. Socket buffers of the system take some.
		let before = -1;
		for (let stable = 0; stable < 5; stable = before === written ? stable + 1 : 0) {
			before = written;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect(written).toBeLessThan(total);
		let largest = 0;
		for (let bytes = await body.read(); bytes !== undefined; bytes = await body.read()) {
			read += bytes.byteLength;
			largest = Math.max(largest, bytes.byteLength);
		}
		expect(read).toBe(total);
		expect(largest).toBeLessThanOrEqual(256 * 1024);
	});

	it("fails with `network` where the connection breaks amid the body", async () => {
		const address = await serveTcp((socket) => {
			socket.once("data", () => {
				socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", () => socket.resetAndDestroy());
			});
		});
		const { body } = await undiciSend()(request(`http://${address}/`));
		const failure = await failureOf(textOf(body));
		expect(failure.reason).toBe("network");
		expect((await failureOf(body.read())).reason).toBe("network");
	});

	it.each([
		["a chunked body ends early", "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"],
		["a body is shorter than its length", "content-length: 10\r\n\r\nabc"],
	])("fails with `network` where %s", async (_name, head) => {
		const address = await serveTcp((socket) => {
			socket.once("data", () => socket.end(`HTTP/1.1 200 OK\r\n${head}`));
		});
		const { body } = await undiciSend()(request(`http://${address}/`));
		expect((await failureOf(textOf(body))).reason).toBe("network");
	});

	it.each([
		["refused", async () => "http://127.0.0.1:1/"],
		["garbage", async () => `http://${await serveTcp((socket) => socket.end("SSH-2.0-OpenSSH_9\r\n"))}/`],
		["closed without an answer", async () => `http://${await serveTcp((socket) => socket.once("data", () => socket.destroy()))}/`],
		["an unknown host", async () => "http://no-such-host.invalid/"],
		["not TLS", async () => `https://${await serveTcp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))}/`],
	])("fails with `network`: %s", async (_name, url) => {
		const failure = await failureOf(undiciSend()(request(await url())));
		expect(failure.reason).toBe("network");
		expect(failure.message).not.toMatch(/127\.0|invalid|\n/);
	});

	it.each([
		["an invalid header value", { headers: { authorization: "Bearer a\nb" } }],
		["an invalid header name", { headers: { "a b": "c" } }],
	])("fails instead of throwing: %s", async (_name, more) => {
		const failure = await failureOf(undiciSend()(request("http://127.0.0.1:1/", more)));
		expect(failure.reason).toBe("network");
		expect(failure.message).not.toContain("Bearer");
	});

	it("gives up connecting after `connectTimeoutMs` and closes the socket", async () => {
		// TCP connects, but TLS never does: that too is connecting.
		const closed = Promise.withResolvers<void>();
		const address = await serveTcp((socket) => void socket.resume().on("close", () => closed.resolve()));
		const failure = await failureOf(undiciSend()(request(`https://${address}/`, { connectTimeoutMs: 50 })));
		expect(failure.reason).toBe("connect-timeout");
		await closed.promise;
	});

	it("does not count waiting for the answer as connecting", async () => {
		const { url } = await serve((_incoming, response) => void setTimeout(() => response.end("late"), 1200));
		const response = await undiciSend()(request(url, { connectTimeoutMs: 1000 }));
		expect(await textOf(response.body)).toBe("late");
	});

	it("applies the connect clock to a connection that replaces a closed one", async () => {
		// `connection: close` makes undici connect anew, outside of the dispatch call.
		const { url } = await serve((_incoming, response) => void response.writeHead(200, { connection: "close" }).end("ok"));
		const send = undiciSend();
		for (let index = 0; index < 5; index++) expect(await textOf((await send(request(url))).body)).toBe("ok");
	});

	it("keeps the connection between requests, and opens more for requests that run at once", async () => {
		const sockets = new Set<unknown>();
		const { url } = await serve((incoming, response) => {
			sockets.add(incoming.socket);
			setTimeout(() => response.end("ok"), 20);
		});
		const send = undiciSend();
		for (let index = 0; index < 5; index++) await textOf((await send(request(url))).body);
		// Two: undici frees a connection a moment after the end of its answer.
		expect(sockets.size).toBeLessThanOrEqual(2);
		await Promise.all(Array.from({ length: 10 }, async () => textOf((await send(request(url))).body)));
		expect(sockets.size).toBeGreaterThanOrEqual(10);
	});

	it("sends over a new connection after the server closed the idle one", async () => {
		const { url, server } = await serve((_incoming, response) => response.end("ok"));
		const send = undiciSend();
		await textOf((await send(request(url))).body);
		const gone = once(server, "connection");
		server.closeIdleConnections();
		server.closeAllConnections();
		// Nothing tells when the client has heard of it; every turn asks the system what came.
		for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
		expect(await textOf((await send(request(url))).body)).toBe("ok");
		await gone;
	});

	it("fails with `network` where a kept connection turns out dead before a byte came back", async () => {
		let count = 0;
		const { url } = await serve((incoming, response) => {
			if (++count === 2) incoming.socket.resetAndDestroy();
			else response.end("ok");
		});
		const send = undiciSend();
		await textOf((await send(request(url))).body);
		expect((await failureOf(send(request(url)))).reason).toBe("network");
		expect(await textOf((await send(request(url))).body)).toBe("ok");
	});

	describe("aborting", () => {
		it("before sending sends nothing", async () => {
			expect((await failureOf(undiciSend()(request("http://127.0.0.1:1/", { signal: AbortSignal.abort() })))).reason).toBe("aborted");
		});

		it("while connecting closes the socket", async () => {
			const connected = Promise.withResolvers<void>();
			const closed = Promise.withResolvers<void>();
			const address = await serveTcp((socket) => {
				socket.resume().on("close", () => closed.resolve());
				connected.resolve();
			});
			const { controller, listeners } = countedSignal();
			const failure = failureOf(undiciSend()(request(`https://${address}/`, { signal: controller.signal })));
			await connected.promise;
			controller.abort();
			expect((await failure).reason).toBe("aborted");
			await closed.promise;
			expect(listeners()).toBe(0);
		});

		it("while waiting for the headers closes the socket", async () => {
			const arrived = Promise.withResolvers<void>();
			const closed = Promise.withResolvers<void>();
			const { url } = await serve((incoming) => {
				incoming.socket.on("close", () => closed.resolve());
				arrived.resolve();
			});
			const { controller, listeners } = countedSignal();
			const failure = failureOf(undiciSend()(request(url, { signal: controller.signal })));
			await arrived.promise;
			controller.abort();
			expect((await failure).reason).toBe("aborted");
			await closed.promise;
			expect(listeners()).toBe(0);
		});

		it.each([
			["a read that waits", true],
			["the next read", false],
		])("while the body is read fails %s and closes the socket", async (_name, isWaiting) => {
			const closed = Promise.withResolvers<void>();
			const { url } = await serve((incoming, response) => {
				incoming.socket.on("close", () => closed.resolve());
				response.write("x");
			});
			const { controller, listeners } = countedSignal();
			const { body } = await undiciSend()(request(url, { signal: controller.signal }));
			await body.read();
			const waiting = isWaiting ? failureOf(body.read()) : undefined;
			controller.abort();
			expect((await (waiting ?? failureOf(body.read()))).reason).toBe("aborted");
			await closed.promise;
			expect(listeners()).toBe(0);
		});

		it("leaves no listener after a whole answer, and keeps its connection", async () => {
			const { url, server } = await serve((_incoming, response) => response.end("ok"));
			const { controller, listeners } = countedSignal();
			const { body } = await undiciSend()(request(url, { signal: controller.signal }));
			await textOf(body);
			expect(listeners()).toBe(0);
			controller.abort();
			expect(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(1);
		});
	});

	describe("cancel", () => {
		it("closes the connection where something is still to come, and fails the read that waits", async () => {
			const closed = Promise.withResolvers<void>();
			const { url } = await serve((incoming, response) => {
				incoming.socket.on("close", () => closed.resolve());
				response.write("x");
			});
			const { body } = await undiciSend()(request(url));
			await body.read();
			const waiting = failureOf(body.read());
			body.cancel();
			body.cancel();
			expect((await waiting).reason).toBe("aborted");
			await closed.promise;
		});

		it("does nothing after the end", async () => {
			const sockets = new Set<unknown>();
			const { url } = await serve((incoming, response) => {
				sockets.add(incoming.socket);
				response.end("ok");
			});
			const send = undiciSend();
			for (let index = 0; index < 5; index++) {
				const { body } = await send(request(url));
				expect(await textOf(body)).toBe("ok");
				body.cancel();
			}
			expect(sockets.size).toBeLessThanOrEqual(2);
		});
	});

	it("does not touch the global dispatcher", async () => {
		const { getGlobalDispatcher } = await import("undici");
		const before = getGlobalDispatcher();
		const send: Send = undiciSend();
		await failureOf(send(request("http://127.0.0.1:1/")));
		expect(getGlobalDispatcher()).toBe(before);
	});
});
