import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { createGateway, openaiCompatible, sqliteStore } from "@postern/core/node";
import { postern } from "@postern/server-hono";
import { Hono } from "hono";
import { serveCommands } from "./control.ts";
import { startProfile, stopProfile } from "./profile.ts";

/** The gateway as an app team would mount it: Hono, a token, the ledger on disk. */
const folder = mkdtempSync(join(tmpdir(), "postern-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const store = process.env["BENCH_STORE"] === "memory" ? undefined : sqliteStore(join(folder, "postern.db"));
const gateway = createGateway({
	providers: { upstream: openaiCompatible({ baseUrl: `http://127.0.0.1:${process.env["UPSTREAM_PORT"]}/v1`, apiKey: "bench-upstream-key" }) },
	...(store === undefined ? {} : { store }),
	token: process.env["BENCH_TOKEN"] ?? "bench-token",
});
const app = new Hono();
app.route("/", postern(gateway));
const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });

server.listen(0, "127.0.0.1", () => {
	serveCommands({
		port: () => (server.address() as AddressInfo).port,
		/** Of the newest `limit` records of the ledger, how many there are: proof that it was on. */
		countRecords: async (limit: number) => (await store?.listUsage({ limit }))?.length ?? limit,
		startProfile,
		stopProfile,
	});
});
