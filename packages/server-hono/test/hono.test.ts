import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { fetchHandler, type Gateway, type GatewayRequest, type Reply } from "@postern/core";
import { adapterConformance, type MountedAdapter } from "@postern/core/testing";
import { type Context, Hono } from "hono";
import { compress } from "hono/compress";
import { cors } from "hono/cors";
import { poweredBy } from "hono/powered-by";
import { timing } from "hono/timing";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { postern } from "../src/index.ts";

async function served(app: Hono, mountPath: string, overrideGlobalObjects = true): Promise<MountedAdapter> {
	const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects });
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${mountPath}`,
		async close() {
			if ("closeAllConnections" in server) server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

const apps: readonly [name: string, mountPath: string, build: (gateway: Gateway) => Hono, seenMountPath?: string][] = [
	["route", "/ai", (gateway) => new Hono().route("/ai", postern(gateway))],
	["route at the root", "", (gateway) => new Hono().route("/", postern(gateway))],
	["by itself", "", (gateway) => postern(gateway)],
	["an app in an app", "/api/ai", (gateway) => new Hono().route("/api", new Hono().route("/ai", postern(gateway)))],
	["behind a parameter", "/tenants/t%201/ai", (gateway) => new Hono().basePath("/tenants").route("/:tenant/ai", postern(gateway))],
	[
		"behind middleware",
		"/ai",
		(gateway) =>
			new Hono()
				.use(timing(), poweredBy(), async (c, next) => {
					c.header("x-before", "1");
					await next();
					c.header("x-after", "1");
				})
				.route("/ai", postern(gateway)),
	],
	// The path is cut by Hono, and the gateway does not learn of it.
	["mount of gateway.fetch", "/ai", (gateway) => new Hono().mount("/ai", gateway.fetch), ""],
];

const triedByFetchToo = new Set(["route", "behind middleware", "mount of gateway.fetch"]);

for (const [name, mountPath, build, seenMountPath = mountPath] of apps) {
	const test = { describe, it, expect };
	const onNode = { mountPath: seenMountPath, hasSocket: true, tellsAddress: name !== "mount of gateway.fetch" };
	adapterConformance(`Hono on Node: ${name}`, { ...onNode, mount: (gateway) => served(build(gateway), mountPath) }, test);
	if (!triedByFetchToo.has(name)) continue;
	adapterConformance(
		`Hono by fetch: ${name}`,
		{
			mountPath: seenMountPath,
			hasSocket: false,
			mount: async (gateway) => ({ url: `http://localhost${mountPath}`, fetch: build(gateway).fetch, close: async () => {} }),
		},
		test,
	);
}

function gatewayOf(handle: (request: GatewayRequest) => Promise<Reply>): Gateway {
	return { handle, fetch: fetchHandler(handle), warnings: [], close: async () => {} };
}

const whole: Reply = { status: 200, headers: { "content-type": "text/plain", "x-answer": "1" }, body: "ok" };
const streaming = (): Reply => ({
	status: 200,
	headers: { "content-type": "text/event-stream", "x-answer": "1" },
	body: (async function* () {
		yield "o";
		await new Promise((resolve) => setTimeout(resolve, 5));
		yield "k";
	})(),
});

/** Asks over a socket, with the node server's own light Response and with the platform's, and without a socket. */
async function askEverywhere(app: Hono, path: string, check: (response: Response) => Promise<void>, init?: RequestInit): Promise<void> {
	for (const overrideGlobalObjects of [true, false]) {
		const { url, close } = await served(app, "", overrideGlobalObjects);
		try {
			await check(await fetch(url + path, init));
		} finally {
			await close();
		}
	}
	await check(await app.request(path, init));
}

describe("postern in Hono", () => {
	it.each([
		["whole", () => whole],
		["streaming", streaming],
	])("lets middleware before and behind it set headers: %s", async (_name, reply) => {
		const app = new Hono();
		app.use(cors({ origin: "https://app.example.com" }), poweredBy(), timing(), async (c, next) => {
			c.header("x-before", "1");
			await next();
			c.header("x-after", "1");
			c.res.headers.set("x-after-too", "1");
		});
		app.route("/ai", postern(gatewayOf(async () => reply())));
		const check = async (response: Response): Promise<void> => {
			expect(response.status).toBe(200);
			expect(await response.text()).toBe("ok");
			for (const name of ["x-before", "x-after", "x-after-too", "x-answer", "x-powered-by", "server-timing", "access-control-allow-origin", "content-type"]) {
				expect([name, response.headers.has(name)]).toEqual([name, true]);
			}
		};
		await askEverywhere(app, "/ai/x", check, { headers: { origin: "https://app.example.com" } });
	});

	it.each([
		["whole", () => whole],
		["streaming", streaming],
	])("is served by a server that leaves the platform's Response alone: %s", async (_name, reply) => {
		await askEverywhere(new Hono().route("/ai", postern(gatewayOf(async () => reply()))), "/ai/x", async (response) => {
			expect([response.status, response.headers.get("x-answer"), await response.text()]).toEqual([200, "1", "ok"]);
		});
	});

	it("may be compressed", async () => {
		const body = JSON.stringify({ text: "x".repeat(5000) });
		const app = new Hono().use(compress()).route("/ai", postern(gatewayOf(async () => ({ status: 200, headers: { "content-type": "application/json" }, body }))));
		await askEverywhere(
			app,
			"/ai/x",
			async (response) => {
				if (response.headers.get("content-encoding") !== "gzip") throw new Error("not compressed");
				// The global fetch decompresses, Hono's own request does not.
				const bytes = new Uint8Array(await response.arrayBuffer());
				const text = bytes[0] === 0x1f ? await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text() : new TextDecoder().decode(bytes);
				expect(text).toBe(body);
			},
			{ headers: { "accept-encoding": "gzip" } },
		);
	});

	it("hands the context over as `original`, with what the app's own login has set", async () => {
		const app = new Hono<{ Bindings: HttpBindings; Variables: { user: string } }>();
		app.use(async (c, next) => {
			c.set("user", "ada");
			await next();
		});
		app.route("/ai", postern(gatewayOf(async ({ original }) => ({ status: 200, headers: {}, body: String((original as Context).get("user")) }))));
		await askEverywhere(app as unknown as Hono, "/ai/x", async (response) => expect(await response.text()).toBe("ada"));
	});

	it("takes a body that middleware has read", async () => {
		const app = new Hono().use(async (c, next) => {
			await c.req.json();
			await next();
		});
		const read = async (request: GatewayRequest): Promise<Reply> => ({
			status: 200,
			headers: {},
			body: await request.body(20).then(
				(bytes) => new TextDecoder().decode(bytes),
				(error: Error) => error.name,
			),
		});
		app.route("/ai", postern(gatewayOf(read)));
		const init = (body: string): RequestInit => ({ method: "POST", headers: { "content-type": "application/json" }, body });
		await askEverywhere(app, "/ai/x", async (response) => expect(await response.text()).toBe('{"a":1}'), init('{"a":1}'));
		await askEverywhere(app, "/ai/x", async (response) => expect(await response.text()).toBe("BodyTooLargeError"), init(`{"a":"${"x".repeat(20)}"}`));
	});

	it("leaves other paths to the app, and answers all below its own", async () => {
		const app = new Hono().route("/ai", postern(gatewayOf(async ({ path }) => ({ status: 404, headers: {}, body: `gateway: ${path}` }))));
		app.notFound((c) => c.text("app", 404));
		await askEverywhere(app, "/ai/nothing", async (response) => expect(await response.text()).toBe("gateway: /nothing"));
		await askEverywhere(app, "/ai", async (response) => expect(await response.text()).toBe("gateway: /"));
		await askEverywhere(app, "/aix", async (response) => expect(await response.text()).toBe("app"));
	});
});
