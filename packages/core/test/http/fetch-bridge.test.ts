import { describe, expect, it } from "vitest";
import { fetchHandler } from "../../src/http/fetch-bridge.ts";
import { adapterConformance } from "../../src/testing/adapter/conformance.ts";

for (const mountPath of ["", "/ai"]) {
	adapterConformance(
		`fetch at ${mountPath || "the root"}`,
		{
			mountPath,
			hasSocket: false,
			mount: async (gateway) => ({
				url: `https://gateway.example.com${mountPath}`,
				fetch: fetchHandler(gateway.handle, { mountPath }),
				close: async () => {},
			}),
		},
		{ describe, it, expect },
	);
}

describe("fetchHandler", () => {
	it("aborts the signal before the reader of a body hears that it broke off", async () => {
		const handle = fetchHandler(async (request) => ({
			status: 200,
			headers: {},
			body: await request.body(100).then(
				() => "whole",
				(error: unknown) => `${String(error)} ${request.signal.aborted}`,
			),
		}));
		let pulls = 0;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				if (++pulls === 1) controller.enqueue(Uint8Array.of(1));
				else controller.error(new Error("secret detail"));
			},
		});
		const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
		expect(await (await handle(new Request("https://gateway.example.com/", init))).text()).toBe("AbortError: The caller hung up true");
	});

	it.each(["/ai", "/ai/"])("is mounted at %s", async (mountPath) => {
		const handle = fetchHandler(async ({ path }) => ({ status: 200, headers: {}, body: path }), { mountPath });
		for (const [url, path] of [
			["/ai/v1/x?a=1", "/v1/x"],
			["/ai", "/"],
			["/aix", "/aix"],
			["/ai/x#part", "/x"],
		] as const) {
			expect(await (await handle(new Request(`https://gateway.example.com${url}`))).text()).toBe(path);
		}
	});

	it("takes a request whose caller has gone already", async () => {
		const handle = fetchHandler(async ({ signal }) => ({ status: 200, headers: {}, body: String(signal.aborted) }));
		expect(await (await handle(new Request("https://gateway.example.com/", { signal: AbortSignal.abort() }))).text()).toBe("true");
	});

	it("asks a stream for nothing before somebody reads", async () => {
		let asked = 0;
		const handle = fetchHandler(async () => ({
			status: 200,
			headers: {},
			body: (async function* () {
				asked++;
				yield "x";
			})(),
		}));
		const response = await handle(new Request("https://gateway.example.com/"));
		await new Promise((resolve) => setTimeout(resolve, 5));
		expect(asked).toBe(0);
		expect(await response.text()).toBe("x");
	});
});
