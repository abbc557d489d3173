import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startPostern } from "./postern-process.ts";

const setup = fileURLToPath(new URL("telemetry-setup.ts", import.meta.url));

async function promptOnce(url: string): Promise<void> {
	const headers = { "content-type": "application/json", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
	const answer = await fetch(`${url}/v1/prompt`, { method: "POST", headers, body: JSON.stringify({ prompt: "Explain recursion" }) });
	expect(answer.status).toBe(200);
	await answer.text();
}

test("with an SDK that was registered before it, the server tells it", async () => {
	const postern = startPostern({ NODE_OPTIONS: `--import=${setup}` });
	await promptOnce(await postern.url());
	postern.kill("SIGTERM");
	await postern.ended;
	const output = postern.output();
	expect(output).toContain("traceId: '0af7651916cd43dd8448eb211c80319c'");
	expect(output).toContain("'gen_ai.operation.name': 'chat'");
	expect(output).toContain("name: 'gen_ai.server.request.duration'");
	expect(output.match(/name: 'chat echo'/g)).toHaveLength(2);
});

test("the guide shows that very setup", () => {
	const guide = readFileSync(new URL("../../../../docs/telemetry.md", import.meta.url), "utf8");
	expect(guide).toContain(readFileSync(setup, "utf8"));
});

test("where the API is not installed, the server starts without a word of it", async () => {
	const hook = `import { registerHooks } from "node:module";
		registerHooks({ resolve(specifier, context, next) {
			if (!specifier.startsWith("@opentelemetry/")) return next(specifier, context);
			throw Object.assign(new Error("Cannot find package '" + specifier + "'"), { code: "ERR_MODULE_NOT_FOUND" });
		} });`;
	const postern = startPostern({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` });
	await promptOnce(await postern.url());
	expect(postern.output()).not.toContain("opentelemetry");
	expect(postern.stderr()).toBe("");
});
