import { existsSync } from "node:fs";
import { expect, test } from "vitest";

// The root package.json pins Node as an optional dependency where npm has a binary of it.
const isPinned = existsSync(new URL("../node_modules/.bin/node", import.meta.url));

test.runIf(isPinned)("npm scripts run on the pinned Node", () => {
	expect(process.version).toMatch(/^v24\./);
});
