import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configurationFromEnvironment, createLog, type StandaloneConfiguration, StartError, startServer } from "../../src/standalone/index.ts";
import { temporaryFolder } from "./postern-process.ts";

const silent = createLog("silent", []);

function configured(env: Readonly<Record<string, string>>): StandaloneConfiguration {
	const result = configurationFromEnvironment({ PORT: "0", POSTERN_DATA: join(temporaryFolder(), "data"), ...env });
	if (!result.ok) throw new Error(result.problems.map(({ where, what }) => `${where}: ${what}`).join("\n"));
	return result.value;
}

async function failure(env: Readonly<Record<string, string>>): Promise<string> {
	try {
		const server = await startServer(configured(env), silent);
		await server.close();
		return "it started";
	} catch (error) {
		expect(error).toBeInstanceOf(StartError);
		return (error as StartError).message;
	}
}

test("embedded: starts on a free port, answers, closes", async () => {
	const server = await startServer(configured({}), silent);
	expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: "ok" });
	expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
	await server.close();
	await expect(fetch(`${server.url}/health`)).rejects.toThrow();
});

test("closing twice is closing once", async () => {
	const server = await startServer(configured({}), silent);
	await Promise.all([server.close(), server.close()]);
});

test("two servers with one file of kept answers, one after the other", async () => {
	const file = join(temporaryFolder(), "answers.db");
	const states = [];
	for (let time = 0; time < 2; time++) {
		const server = await startServer(configured({ POSTERN_CACHE_PATH: file }), silent);
		const headers = { "content-type": "application/json", "x-postern-cache": "on" };
		const answer = await fetch(`${server.url}/v1/prompt`, { method: "POST", headers, body: JSON.stringify({ prompt: "Hi" }) });
		await answer.text();
		states.push(answer.headers.get("x-postern-cache"));
		await server.close();
	}
	expect(states).toEqual(["miss", "hit"]);
});

describe("a start that cannot be says why, in one line with the remedy", () => {
	test("a folder that cannot be", async () => {
		const folder = temporaryFolder();
		writeFileSync(join(folder, "file"), "");
		expect(await failure({ POSTERN_DATA: join(folder, "file", "data") })).toMatch(/^POSTERN_DATA: the folder .* cannot be written \(ENOTDIR\); .+$/);
	});

	test("a database that is none", async () => {
		const folder = join(temporaryFolder(), "data");
		mkdirSync(folder);
		writeFileSync(join(folder, "postern.db"), "this is no database".repeat(500));
		expect(await failure({ POSTERN_DATA: folder })).toMatch(/^POSTERN_DATA: the database .*postern\.db cannot be opened \(.+\); .+$/);
	});

	test("a file of kept answers that is none", async () => {
		const file = join(temporaryFolder(), "answers.db");
		writeFileSync(file, "this is no database".repeat(500));
		expect(await failure({ POSTERN_CACHE_PATH: file })).toMatch(/^POSTERN_CACHE_PATH: the file .*answers\.db cannot be opened \(.+\); .+$/);
	});

	test("an address of another machine", async () => {
		expect(await failure({ HOST: "192.0.2.1", POSTERN_TOKEN: "token" })).toMatch(/^HOST: 192\.0\.2\.1 is no address of this machine; .+$/);
	});

	test("a port in use", async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
		const { port } = other.address() as AddressInfo;
		expect(await failure({ PORT: String(port) })).toBe(`PORT: 127.0.0.1, port ${port}, is in use; stop what listens there or set PORT to another one`);
		other.close();
	});

	test("what only the gateway finds wrong", async () => {
		const configuration = configured({});
		const twice = { ...configuration, gateway: { ...configuration.gateway, surfaces: ["meta", "meta"] as const } };
		await expect(startServer(twice, silent)).rejects.toThrow(/^configuration: /);
	});
});
