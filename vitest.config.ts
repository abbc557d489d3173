import { defineConfig } from "vitest/config";

const conditions = ["postern-source"];

export default defineConfig({
	resolve: { conditions },
	ssr: { resolve: { conditions } },
	test: { include: ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "tools/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 30_000 },
});
