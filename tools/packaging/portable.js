// The main entry stands on every runtime: it asks for nothing of Node, and does not load the documentation's libraries to answer.
import assert from "node:assert/strict";
import { isBuiltin, registerHooks } from "node:module";

const asked = new Set();
registerHooks({
	resolve(specifier, context, next) {
		if (isBuiltin(specifier) || /^(undici|pg|ioredis)(\/|$)/.test(specifier)) throw new Error(`${context.parentURL} imports ${specifier}`);
		asked.add(specifier);
		return next(specifier, context);
	},
});

const { createGateway, simulator } = await import("@postern/core");
const gateway = createGateway({ providers: { sim: simulator() }, auth: false });
const body = JSON.stringify({ prompt: "Explain recursion" });
const headers = { "content-type": "application/json" };
const answer = await gateway.fetch(new Request("http://gateway/v1/prompt", { method: "POST", headers, body }));
assert.equal(answer.status, 200);
assert.ok(asked.has("zod"));
for (const library of ["zod-openapi", "yaml", "kysely"]) assert.ok(!asked.has(library), `${library} was loaded`);

const document = await gateway.fetch(new Request("http://gateway/openapi.json"));
assert.equal(document.status, 200);
assert.ok(asked.has("zod-openapi"));
