// Plain JavaScript, the published files, nothing but declared dependencies: as an app that has just installed them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { createClient } from "@postern/client";
import { createGateway, simulator } from "@postern/core";
import { createGateway as createNodeGateway, sqliteStore } from "@postern/core/node";
import { postern } from "@postern/server-express";

const portable = createGateway({ providers: { sim: simulator() }, auth: false });
const { text } = await createClient({ fetch: portable.fetch }).prompt({ prompt: "Explain recursion" });
assert.notEqual(text, "");

const gateway = createNodeGateway({ providers: { sim: simulator() }, auth: false, store: sqliteStore("smoke.db") });
const server = createServer(postern(gateway)).listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const client = createClient({ baseUrl: `http://127.0.0.1:${server.address().port}` });
let streamed = "";
for await (const delta of client.stream({ prompt: "Explain recursion" })) streamed += delta;
assert.notEqual(streamed, "");
assert.equal((await client.health()).status, "ok");

const docs = await gateway.fetch(new Request("http://gateway/docs/scalar.js", { headers: { "accept-encoding": "br" } }));
assert.equal(docs.status, 200);
assert.equal(docs.headers.get("content-encoding"), "br");
const openApi = await gateway.fetch(new Request("http://gateway/openapi.yaml"));
assert.match(await openApi.text(), /^openapi: 3\.1/);
server.close();
server.closeAllConnections();
await gateway.close();
await portable.close();

const manifest = createRequire(import.meta.url)("@postern/server-hono/package.json");
const command = `node_modules/@postern/server-hono/${manifest.bin.postern}`;
assert.equal(execFileSync(process.execPath, [command, "--version"], { encoding: "utf8" }).trim(), manifest.version);
assert.match(execFileSync(process.execPath, [command, "check"], { encoding: "utf8", env: {} }), /^ok: /m);
