import type { Gateway, GatewayRequest, Reply } from "@postern/core";
import { adapterConformance } from "@postern/core/testing";
import compression from "compression";
import express, { type Express, type Request, Router } from "express";
import { describe, expect, it } from "vitest";
import { postern } from "../src/index.ts";
import { served } from "./served.ts";

const apps: readonly [name: string, mountPath: string, build: (app: Express, gateway: Gateway) => void][] = [
	["Express", "/ai", (app, gateway) => app.use("/ai", postern(gateway))],
	["Express at the root", "", (app, gateway) => app.use(postern(gateway))],
	["Express behind json()", "/ai", (app, gateway) => app.use(express.json({ limit: "50mb" }), express.text({ limit: "50mb" })).use("/ai", postern(gateway))],
	["Express behind raw()", "/ai", (app, gateway) => app.use(express.raw({ type: "application/json", limit: "50mb" })).use("/ai", postern(gateway))],
	[
		"Express in a router in a router",
		"/tenants/t%201/ai",
		(app, gateway) => {
			const inner = Router().use("/ai", postern(gateway));
			app.use("/tenants/:tenant", Router().use("/", inner));
		},
	],
	["Express behind compression()", "/ai", (app, gateway) => app.use(compression({ threshold: 0 })).use("/ai", postern(gateway))],
];

for (const [name, mountPath, build] of apps) {
	adapterConformance(
		name,
		{
			mountPath,
			hasSocket: true,
			mount(gateway) {
				const app = express();
				build(app, gateway);
				return served(app, mountPath);
			},
		},
		{ describe, it, expect },
	);
}

adapterConformance(
	"node:http by the Express adapter",
	{ mountPath: "/ai", hasSocket: true, mount: (gateway) => served(postern(gateway, { basePath: "/ai" }), "/ai") },
	{ describe, it, expect },
);

function gatewayOf(handle: (request: GatewayRequest) => Promise<Reply>): Gateway {
	return { handle, fetch: () => Promise.reject(new Error("not by fetch")), warnings: [], close: async () => {} };
}

async function ask(app: Express, path: string, init?: RequestInit): Promise<Response> {
	const { url, close } = await served(app, "");
	try {
		const response = await fetch(url + path, init);
		return new Response(await response.arrayBuffer(), { status: response.status, headers: response.headers });
	} finally {
		await close();
	}
}

describe("postern in Express", () => {
	it("hands the request over as `original`, with what the app's own login put on it", async () => {
		const app = express();
		app.use((request: Request & { user?: string }, _response, next) => {
			request.user = "ada";
			next();
		});
		app.use("/ai", postern(gatewayOf(async ({ original }) => ({ status: 200, headers: {}, body: (original as { user: string }).user }))));
		expect(await (await ask(app, "/ai/x")).text()).toBe("ada");
	});

	it("keeps the headers that middleware has set", async () => {
		const app = express();
		app.use((_request, response, next) => {
			response.setHeader("access-control-allow-origin", "*");
			response.cookie("app", "1");
			next();
		});
		app.use(postern(gatewayOf(async () => ({ status: 200, headers: { "content-type": "text/plain", "x-answer": "1" }, body: "ok" }))));
		const response = await ask(app, "/");
		expect([response.headers.get("access-control-allow-origin"), response.headers.get("x-answer"), await response.text()]).toEqual(["*", "1", "ok"]);
		expect(response.headers.getSetCookie()).toEqual(["app=1; Path=/"]);
	});

	it("leaves other paths to the app, and answers all below its own", async () => {
		const app = express();
		app.use("/ai", postern(gatewayOf(async ({ path }) => ({ status: 404, headers: {}, body: `gateway: ${path}` }))));
		app.use((_request, response) => void response.status(404).send("app"));
		expect(await (await ask(app, "/ai/nothing")).text()).toBe("gateway: /nothing");
		expect(await (await ask(app, "/aix")).text()).toBe("app");
	});

	it("does not write over an answer that a timeout gave first", async () => {
		const app = express();
		app.use((_request, response, next) => {
			setTimeout(() => response.status(503).send("too late"), 10);
			next();
		});
		app.use(
			postern(
				gatewayOf(async () => {
					await new Promise((resolve) => setTimeout(resolve, 60));
					return { status: 200, headers: {}, body: "answer" };
				}),
			),
		);
		const response = await ask(app, "/");
		expect([response.status, await response.text()]).toEqual([503, "too late"]);
	});

	it("applies the limit to a body that json() has read", async () => {
		const app = express().use(express.json());
		app.use(
			postern(
				gatewayOf(async (request) => ({
					status: 200,
					headers: {},
					body: await request.body(10).then(
						() => "taken",
						(error: Error) => error.name,
					),
				})),
			),
		);
		const response = await ask(app, "/", { method: "POST", headers: { "content-type": "application/json" }, body: '{"prompt":"longer than ten"}' });
		expect(await response.text()).toBe("BodyTooLargeError");
	});
});
