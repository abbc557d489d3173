import { describe, expect, it } from "vitest";
import type { Store } from "../../../src/effects/store/store.ts";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { storeConformance } from "../../../src/testing/store-conformance.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder();
const paths = new WeakMap<Store, string>();
let files = 0;

function openStore(path: string): Store {
	const store = sqliteStore({ path, maintenanceDelayMs: 20 });
	paths.set(store, path);
	return store;
}

storeConformance(
	"sqlite, a file",
	{
		makeStore: () => openStore(folder.file(`${(files += 1)}.db`)),
		reopen: (closed) => openStore(paths.get(closed) ?? ""),
	},
	{ describe, it, expect },
);

storeConformance("sqlite, in memory", { makeStore: () => sqliteStore(":memory:") }, { describe, it, expect });
