import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const core = join(import.meta.dirname, "../..");

/** What a fresh process loads for an entry, where the API of OpenTelemetry cannot be had. */
function loaded(entry: string): string {
	const code = `
		import { registerHooks } from "node:module";
		registerHooks({ resolve(specifier, context, next) {
			if (specifier.startsWith("@opentelemetry/")) throw new Error(specifier + " is asked for");
			return next(specifier, context);
		} });
		await import("@postern/core${entry}").then(() => console.log("loaded"), (error) => console.log(error.message));
	`;
	return execFileSync(process.execPath, ["--conditions=postern-source", "--input-type=module", "-e", code], { cwd: core, encoding: "utf8" }).trim();
}

test.each(["", "/contract", "/node", "/testing", "/testing/node"])("@postern/core%s does without the API of OpenTelemetry", (entry) => {
	expect(loaded(entry)).toBe("loaded");
});

test("its own entry asks for it", () => {
	expect(loaded("/opentelemetry")).toBe("@opentelemetry/api is asked for");
});
