import { randomInt } from "node:crypto";
import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";

declare module "vitest" {
	interface ProvidedContext {
		/** What all chance in tests is thrown from. */
		readonly seed: number;
	}
}

const conditions = ["postern-source"];
const everywhere = ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "tools/**/*.test.ts"];
/** Tests that need nothing of the process they run in: many files share one, and its modules are loaded once. */
const together = [
	"packages/client/test/**/*.test.ts",
	"packages/core/test/{access,effects,end-to-end,fuzz,gateway,http,matrix,rules,sign-in,surfaces}/**/*.test.ts",
	"packages/server-*/test/*.test.ts",
];

export default defineConfig({
	resolve: { conditions },
	ssr: { resolve: { conditions } },
	test: {
		// Far beyond what anything takes on a slow machine: a limit ends what hangs, it measures nothing.
		testTimeout: 120_000,
		hookTimeout: 120_000,
		expect: { poll: { timeout: 60_000 } },
		// One fewer is the default, which leaves a core of two idle.
		maxWorkers: "100%",
		provide: { seed: chosenSeed() },
		setupFiles: ["tools/test-seed.ts"],
		// Servers that tests start find the sources compiled.
		env: { NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/node-compile") },
		projects: [
			{ extends: true, test: { name: "together", include: together, isolate: false, restoreMocks: true, unstubEnvs: true, unstubGlobals: true } },
			{ extends: true, test: { name: "apart", include: everywhere, exclude: [...configDefaults.exclude, ...together] } },
		],
	},
});

/** The same for every run, so that a change fails for what it does: `POSTERN_SEED` names another one, or asks for any. */
function chosenSeed(): number {
	const named = process.env["POSTERN_SEED"] ?? "1";
	const seed = named === "random" ? randomInt(2 ** 31) : Number(named);
	if (!Number.isSafeInteger(seed)) throw new Error(`POSTERN_SEED: expected a whole number or "random", not ${named}`);
	if (named === "random") process.stdout.write(`POSTERN_SEED=${seed}\n`);
	return seed;
}
