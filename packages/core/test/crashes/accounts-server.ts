import { createGateway, openai } from "../../src/index.ts";
import { sqliteStore } from "../../src/node/sqlite/sqlite-store.ts";
import { token } from "../gateway/support.ts";
import { serve } from "./serve.ts";

/** `accounts-server.ts <file>` */
serve(
	createGateway({
		providers: { openai: openai({ apiKey: "sk-configured" }) },
		surfaces: ["accounts"],
		token,
		encryptionKeys: [`${"k".repeat(42)}A=`],
		store: sqliteStore({ path: process.argv[2] ?? "", maintenanceDelayMs: 3, walLimitBytes: 64 * 1024 }),
	}),
);
