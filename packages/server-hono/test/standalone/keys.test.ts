import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configurationFromEnvironment, createLog, startServer } from "../../src/standalone/index.ts";
import { loadConfiguration } from "../../src/standalone/load-configuration.ts";
import { temporaryFolder } from "./postern-process.ts";

const silent = createLog("silent", []);

async function running<Result>(env: Readonly<Record<string, string>>, run: (call: Call) => Promise<Result>): Promise<Result> {
	const result = loadConfiguration({ PORT: "0", POSTERN_TOKEN: "operator-token", ...env });
	if (!result.ok) throw new Error(JSON.stringify(result.problems));
	const server = await startServer(result.value, silent);
	try {
		return await run(async (token, method, path, body) => {
			const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) };
			const answer = await fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
			return { status: answer.status, json: await answer.json() };
		});
	} finally {
		await server.close();
	}
}
type Call = (token: string, method: string, path: string, body?: object) => Promise<{ readonly status: number; readonly json: Record<string, string> }>;

test("the operator makes projects and keys, which outlive a restart and another prefix", async () => {
	const folder = temporaryFolder();
	const env = { POSTERN_DATA: join(folder, "data") };
	const { apiKey = "" } = await running(env, async (call) => (await call("operator-token", "POST", "/v1/projects", { name: "x", organisationId: "acme" })).json);
	expect(apiKey).toMatch(/^pst_/);
	const file = join(folder, "postern.json");
	writeFileSync(file, JSON.stringify({ keyPrefix: "acme_" }));
	await running({ ...env, POSTERN_CONFIG: file }, async (call) => {
		expect((await call(apiKey, "POST", "/v1/prompt", { prompt: "Hi" })).status).toBe(200);
		expect((await call("operator-token", "POST", "/v1/projects", { name: "y", organisationId: "acme" })).json.apiKey).toMatch(/^acme_/);
	});
});

test("a prefix that cannot be is told before anything listens", async () => {
	const folder = temporaryFolder();
	const configured = configurationFromEnvironment({ PORT: "0", POSTERN_TOKEN: "t", POSTERN_DATA: join(folder, "data") }, '{"keyPrefix": "Acme"}');
	if (!configured.ok) throw new Error("The file is well-formed");
	await expect(startServer(configured.value, silent)).rejects.toThrow("keyPrefix");
});
