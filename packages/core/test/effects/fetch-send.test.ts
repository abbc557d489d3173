import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fetchSend } from "../../src/effects/fetch-send.ts";
import { SendError, type UpstreamRequest } from "../../src/rules/providers/transport.ts";

const url = "https://api.example.com/v1/x";
const network = setupServer();
beforeAll(() => network.listen());
afterEach(() => network.resetHandlers());
afterAll(() => network.close());

function request(more: Partial<UpstreamRequest> = {}): UpstreamRequest {
	return { method: "POST", url, headers: { authorization: "Bearer k" }, body: "hello", signal: new AbortController().signal, connectTimeoutMs: 1, ...more };
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	return error instanceof SendError ? error.reason : `not a SendError: ${String(error)}`;
}

function streamed(pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void | Promise<void>, cancel: () => void = () => {}): typeof fetch {
	return async () => new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 0 }));
}

describe("fetchSend", () => {
	it("sends and answers through the global fetch of the moment", async () => {
		const send = fetchSend();
		network.use(
			http.post(url, async ({ request: seen }) =>
				HttpResponse.text(`${seen.headers.get("authorization")} ${await seen.text()}`, { status: 202, headers: [["X-A", "1"], ["x-a", "2"], ["set-cookie", "c=1"], ["set-cookie", "d=2"]] }),
			),
		);
		const response = await send(request());
		expect(response.status).toBe(202);
		expect(response.headers).toMatchObject({ "x-a": "1, 2", "set-cookie": "c=1, d=2" });
		expect(new TextDecoder().decode(await response.body.read())).toBe("Bearer k hello");
		expect(await response.body.read()).toBeUndefined();
	});

	it("does not follow redirects", async () => {
		network.use(http.post(url, () => HttpResponse.redirect("https://evil.example.com/", 307)));
		expect((await fetchSend()(request())).status).toBe(307);
	});

	it("reports a failed fetch as `network`", async () => {
		network.use(http.post(url, () => HttpResponse.error()));
		expect(await reasonOf(fetchSend()(request()))).toBe("network");
	});

	it("answers an empty body", async () => {
		const { body } = await fetchSend(async () => new Response(null, { status: 204 }))(request());
		expect(await body.read()).toBeUndefined();
		body.cancel();
	});

	it("reads no more than is asked for", async () => {
		let pulls = 0;
		const { body } = await fetchSend(streamed((controller) => controller.enqueue(new Uint8Array([++pulls]))))(request());
		expect(await body.read()).toEqual(new Uint8Array([1]));
		expect(pulls).toBe(1);
		body.cancel();
	});

	it("reports a body that breaks as `network`", async () => {
		const { body } = await fetchSend(streamed((controller) => controller.error(new TypeError("terminated"))))(request());
		expect(await reasonOf(body.read())).toBe("network");
	});

	it("aborts before, while waiting, and while reading", async () => {
		expect(await reasonOf(fetchSend()(request({ signal: AbortSignal.abort() })))).toBe("aborted");

		const arrived = Promise.withResolvers<void>();
		const closed = Promise.withResolvers<void>();
		let count = 0;
		const server = createServer((incoming, response) => {
			incoming.socket.on("close", () => closed.resolve());
			if (++count === 1) arrived.resolve();
			else response.write("x");
		}).listen(0, "127.0.0.1");
		await new Promise((resolve) => server.on("listening", resolve));
		network.close();
		try {
			const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
			const first = new AbortController();
			const waiting = reasonOf(fetchSend()(request({ url: address, signal: first.signal })));
			await arrived.promise;
			first.abort();
			expect(await waiting).toBe("aborted");
			await closed.promise;

			const second = new AbortController();
			const { body } = await fetchSend()(request({ url: address, signal: second.signal }));
			await body.read();
			const reading = reasonOf(body.read());
			second.abort();
			expect(await reading).toBe("aborted");
			expect(await reasonOf(body.read())).toBe("aborted");
		} finally {
			network.listen();
			server.closeAllConnections();
			server.close();
		}
	});

	it("cancel lets go of the rest and fails the read that waits", async () => {
		const cancelled = Promise.withResolvers<void>();
		const { body } = await fetchSend(streamed(() => new Promise(() => {}), cancelled.resolve))(request());
		const reading = reasonOf(body.read());
		body.cancel();
		body.cancel();
		expect(await reading).toBe("aborted");
		await cancelled.promise;
		expect(await reasonOf(body.read())).toBe("aborted");
	});
});
