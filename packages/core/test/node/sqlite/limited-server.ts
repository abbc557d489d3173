import { setTimeout as pause } from "node:timers/promises";
import { createGateway, simulator } from "../../../src/index.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { limitedParty, modelFacts } from "./limited-party.ts";

/**
 * A process of its own for the tests: `limited-server.ts <file> <time>`. Serves callers with limits, as many at once as it can, until it
 * is killed. Prints `answered <request id>` once a caller has the whole answer, and `refused <status>` where one has none.
 * @param time where its clock begins, in milliseconds since 1970.
 */
const [path = "", time = "0"] = process.argv.slice(2);
const startedAt = performance.now();
const gateway = createGateway({
	providers: { sim: simulator() },
	models: modelFacts,
	identify: () => ({ kind: "host", id: "someone", limits: [limitedParty] }),
	store: sqliteStore({ path, maintenanceDelayMs: 20 }),
	runtime: { now: () => Number(time) + Math.floor(performance.now() - startedAt) },
});

async function call(path: string, model: string): Promise<void> {
	const body = JSON.stringify({ prompt: "Say something kind to the gatekeeper, please", model, maxTokens: 60 });
	const request = new Request(`http://gateway.local${path}`, { method: "POST", headers: { "content-type": "application/json" }, body });
	const response = await gateway.fetch(request);
	await response.text();
	if (response.ok) process.stdout.write(`answered ${response.headers.get("x-request-id")}\n`);
	else {
		process.stdout.write(`refused ${response.status}\n`);
		await pause(20);
	}
}

async function keepCalling(path: string, model: string): Promise<never> {
	for (;;) await call(path, model);
}
// Some in step with each other, some on their way at any moment.
const models = ["sim/echo", "sim/echo", "sim/slow-1", "sim/slow-2", "sim/slow-3"];
await Promise.all(["/v1/prompt", "/v1/stream"].flatMap((path) => models.map((model) => keepCalling(path, model))));
