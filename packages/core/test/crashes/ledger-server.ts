import { createGateway, simulator } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/sqlite/sqlite-store.ts";
import { serve } from "./serve.ts";

/** `ledger-server.ts <file>`. Files its journal and writes its log back all the time, to be killed amid that as well. */
serve(
	createGateway({
		providers: { sim: simulator() },
		routes: { spread: ["sim/error-500", "sim/slow-1"] },
		surfaces: ["prompt", "text", "openai", "anthropic"],
		limits: { surfaces: { text: { streaming: 0, nonStreaming: 0 } } },
		retry: { baseDelayMs: 0 },
		cooldown: false,
		identify: ({ header }) => ({ kind: "host", id: header("x-caller") ?? "", projectId: header("x-project") ?? "", organisationId: "org_crash" }),
		store: sqliteStore({ path: process.argv[2] ?? "", maintenanceDelayMs: 1, walLimitBytes: 64 * 1024 }),
	}),
);
