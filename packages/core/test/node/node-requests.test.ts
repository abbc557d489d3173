import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { GatewayRequest, Reply } from "../../src/http/reply.ts";
import { BodyTooLargeError } from "../../src/http/reply.ts";
import { nodeHandler, type NodeHandlerOptions } from "../../src/node/node-handler.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
	vi.useRealTimers();
	for (const cleanup of cleanups.splice(0)) cleanup();
});

async function serve(listener: RequestListener): Promise<number> {
	const server = createServer(listener).listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return (server.address() as AddressInfo).port;
}

/** Sends bytes as they are. @returns all that comes back until the server closes. */
async function exchange(port: number, text: string): Promise<string> {
	const socket = connect({ port, host: "127.0.0.1" });
	cleanups.push(() => socket.destroy());
	let received = "";
	socket.setEncoding("utf8").on("data", (part: string) => {
		received += part;
	});
	socket.write(text);
	await once(socket, "close");
	return received;
}

const seen = async ({ path, query, mountPath }: GatewayRequest): Promise<Reply> => ({ status: 200, headers: {}, body: JSON.stringify({ path, query, mountPath }) });

/** What a framework puts on a request before it hands it on. */
function behind(change: object, handle: (request: GatewayRequest) => Promise<Reply>, options?: NodeHandlerOptions): RequestListener {
	const handler = nodeHandler({ handle }, options);
	return (incoming, outgoing) => void handler(Object.assign(incoming, change), outgoing);
}

describe("where a request is for", () => {
	it.each([
		["a path", "/v1/x?a=1", {}, undefined, { path: "/v1/x", query: "a=1", mountPath: "" }],
		["a path under the base", "/ai/v1/x?a=1", {}, "/ai/", { path: "/v1/x", query: "a=1", mountPath: "/ai" }],
		["the base itself", "/ai?a=1", {}, "/ai", { path: "/", query: "a=1", mountPath: "/ai" }],
		["a path that only begins like the base", "/aix", {}, "/ai", { path: "/aix", query: "", mountPath: "" }],
		["a whole URL, as proxies write it", "http://example.com:80/ai/v1/x?a=1", {}, "/ai", { path: "/v1/x", query: "a=1", mountPath: "/ai" }],
		["a whole URL without a path", "http://example.com", {}, undefined, { path: "/", query: "", mountPath: "" }],
		["no path at all", "*", {}, undefined, { path: "/", query: "", mountPath: "" }],
		["what Express cut", "/ai/v1/x", { url: "/v1/x", baseUrl: "/ai", originalUrl: "/ai/v1/x" }, undefined, { path: "/v1/x", query: "", mountPath: "/ai" }],
		["what connect cut", "/ai/v1/x?a=1", { url: "/v1/x?a=1", originalUrl: "/ai/v1/x?a=1" }, undefined, { path: "/v1/x", query: "a=1", mountPath: "/ai" }],
	])("%s", async (_name, url, change, basePath, expected) => {
		const port = await serve(behind(change, seen, basePath === undefined ? {} : { basePath }));
		const received = await exchange(port, `OPTIONS ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
		expect(JSON.parse(received.slice(received.indexOf("{")))).toEqual(expected);
	});
});

describe("a body that was read before", () => {
	it.each([
		["bytes", { body: Uint8Array.of(104, 105) }, "hi"],
		["text", { body: '{"a":1}' }, '{"a":1}'],
		["parsed JSON", { body: { a: [1, "ü"] } }, '{"a":[1,"ü"]}'],
		["the raw body beside the parsed one", { body: { a: 1 }, rawBody: Buffer.from('{ "a": 1 }') }, '{ "a": 1 }'],
		["nothing kept", {}, ""],
	])("%s", async (_name, change, expected) => {
		const handler = nodeHandler({ handle: async (request) => ({ status: 200, headers: {}, body: await request.body(100) }) });
		const port = await serve((incoming: IncomingMessage, outgoing) => {
			incoming.resume().on("end", () => void handler(Object.assign(incoming, change), outgoing));
		});
		const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "what was sent" });
		expect(await response.text()).toBe(expected);
	});
});

describe("a refused upload", () => {
	it("is cut off in the end where it never comes", async () => {
		const port = await serve(
			behind({}, async (request) => {
				await request.body(10).catch((error: unknown) => expect(error).toBeInstanceOf(BodyTooLargeError));
				return { status: 413, headers: {}, body: "too large" };
			}),
		);
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		const socket = connect({ port, host: "127.0.0.1" });
		const closed = once(socket, "close");
		socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2000000\r\n\r\nonly this");
		const [head] = (await once(socket.setEncoding("utf8"), "data")) as [string];
		expect(head).toMatch(/^HTTP\/1\.1 413 .*\r\n(.+\r\n)*connection: close\r\n/i);
		await vi.advanceTimersByTimeAsync(5_000);
		await closed;
	});

	it("that nobody asked for is read away, and the connection kept", async () => {
		const connections = new Set<unknown>();
		const handler = nodeHandler({ handle: async () => ({ status: 401, headers: {}, body: "who are you?" }) });
		const port = await serve((incoming, outgoing) => {
			connections.add(incoming.socket);
			void handler(incoming, outgoing);
		});
		for (let index = 0; index < 3; index++) {
			const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "x".repeat(500_000) });
			expect([response.status, await response.text()]).toEqual([401, "who are you?"]);
		}
		// Two: the client frees a connection a moment after the end of its answer.
		expect(connections.size).toBeLessThanOrEqual(2);
	});
});

describe("what goes to the socket", () => {
	it.each([
		["a whole answer", "whole"],
		["the first item of a stream that is ready", "item"],
	])("is %s together with its head", async (_name, path) => {
		const items = async function* (): AsyncGenerator<string> {
			yield "item";
			await new Promise(() => {});
		};
		const port = await serve(behind({}, async (request) => ({ status: 200, headers: {}, body: request.path === "/item" ? items() : "whole" })));
		const socket = connect({ port, host: "127.0.0.1" }).setEncoding("utf8");
		cleanups.push(() => socket.destroy());
		socket.write(`GET /${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
		const [first] = (await once(socket, "data")) as [string];
		expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
		expect(first).toContain(path);
	});
});
