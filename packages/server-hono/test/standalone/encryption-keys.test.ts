import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readEncryptionKeys } from "../../src/standalone/encryption-keys.ts";
import { rotateEncryptionKey } from "../../src/standalone/rotate-encryption-key.ts";
import { startPostern, temporaryFolder } from "./postern-process.ts";
import { startStandIn } from "./stand-in.ts";

const token = "operator-token-1";
const stored = "sk-stored-key-0123456789";
const keyA = `${"a".repeat(42)}A=`;
const keyB = `${"b".repeat(42)}A=`;

/** A vendor that tells which key it was asked with. */
async function startVendor() {
	return startStandIn((request, response) => {
		response.writeHead(200, { "content-type": "application/json" });
		const content = (request.headers.authorization ?? "").replace("Bearer ", "").replace("sk-", "key ");
		const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
		response.end(JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m", choices, usage: { prompt_tokens: 1, completion_tokens: 1 } }));
	});
}

function caller(url: string) {
	return async (method: string, path: string, body?: unknown) => {
		const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) };
		const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
		return { status: response.status, json: (await response.json()) as Record<string, unknown> };
	};
}

/** Runs the command in this process. */
async function rotate(env: Record<string, string>) {
	const lines: string[] = [];
	const code = await rotateEncryptionKey(env, (line) => lines.push(line));
	return { code, text: lines.join("\n") };
}

test("a key is stored, and goes on opening while its encryption key is rotated and after a restart", async () => {
	const vendor = await startVendor();
	const data = join(temporaryFolder(), "data");
	const env = { POSTERN_TOKEN: token, POSTERN_DATA: data };
	const config = join(temporaryFolder(), "postern.json");
	writeFileSync(config, JSON.stringify({ providers: { openai: { preset: "openai", baseUrl: vendor.url } } }));
	const first = startPostern({ ...env, POSTERN_CONFIG: config });
	const ask = caller(await first.url());
	expect((await ask("PUT", "/v1/credentials/openai", { apiKey: stored })).json).toMatchObject({ apiKey: "sk-s***6789" });
	const prompt = async (call = ask) => (await call("POST", "/v1/prompt", { prompt: "Hi", model: "openai/gpt-4o" })).json["text"];
	expect(await prompt()).toBe("key stored-key-0123456789");

	const file = join(data, "encryption-keys");
	expect(statSync(file).mode & 0o777).toBe(0o600);
	const [before] = readEncryptionKeys(data);
	expect(await rotate({ POSTERN_DATA: data })).toEqual({ code: 0, text: "ok: a new key seals; 1 stored keys of providers are sealed with it" });
	expect(readEncryptionKeys(data)).toHaveLength(2);
	expect(readEncryptionKeys(data)[1]).toBe(before);
	expect(statSync(file).mode & 0o777).toBe(0o600);
	// The running server reads its keys anew.
	await new Promise((resolve) => setTimeout(resolve, 600));
	expect(await prompt()).toBe("key stored-key-0123456789");
	expect((await ask("PUT", "/v1/credentials/openai", { apiKey: "sk-second-key-0123456789" })).status).toBe(200);
	expect(await prompt()).toBe("key second-key-0123456789");
	first.kill("SIGTERM");
	await first.ended;

	const second = startPostern({ ...env, POSTERN_CONFIG: config });
	expect(await prompt(caller(await second.url()))).toBe("key second-key-0123456789");
	for (const output of [first.output(), second.output()]) for (const secret of [stored, "second-key-0123456789", ...readEncryptionKeys(data)]) expect(output).not.toContain(secret);
	expect(readFileSync(join(data, "postern.db")).includes("key-0123456789")).toBe(false);
});

describe("the file of encryption keys", () => {
	test("is made once, however many start at once", () => {
		const folder = temporaryFolder();
		expect(readEncryptionKeys(folder)).toEqual(readEncryptionKeys(folder));
	});

	test.each([["others can read it", keyA, 0o644, /can be read by others/], ["it holds no key", "secret", 0o600, /is no key of 32 bytes/], ["it is empty", "", 0o600, /is no key of 32 bytes/]])(
		"is refused where %s, and not quoted",
		(_what, text, mode, message) => {
			const folder = temporaryFolder();
			writeFileSync(join(folder, "encryption-keys"), text);
			chmodSync(join(folder, "encryption-keys"), mode);
			expect(() => readEncryptionKeys(folder)).toThrow(message);
			if (text !== "") expect(() => readEncryptionKeys(folder)).not.toThrow(text);
		},
	);
});

describe("encryption keys of the environment", () => {
	test("are rotated by whoever sets them", async () => {
		const data = join(temporaryFolder(), "data");
		const env = { POSTERN_TOKEN: token, POSTERN_DATA: data, OPENAI_API_KEY: "sk-configured-0123456789" };
		const server = startPostern({ ...env, POSTERN_ENCRYPTION_KEY: keyA });
		expect((await caller(await server.url())("PUT", "/v1/credentials/openai", { apiKey: stored })).status).toBe(200);
		expect(await rotate({ ...env, POSTERN_ENCRYPTION_KEY: keyA })).toMatchObject({ code: 1, text: expect.stringContaining("write a new one before it") });
		expect(await rotate({ ...env, POSTERN_ENCRYPTION_KEY: `${keyB}, ${keyA}` })).toMatchObject({ code: 0, text: expect.stringContaining("1 stored keys") });
		expect(await rotate({ ...env, POSTERN_ENCRYPTION_KEY: keyA })).toMatchObject({ code: 1, text: expect.stringContaining("open with no key") });
	});

	test("that are none are refused at the start, and not quoted", async () => {
		const server = startPostern({ POSTERN_ENCRYPTION_KEY: "not-a-key-0123456789" });
		expect(await server.ended).toBe(1);
		expect(server.output()).toContain("POSTERN_ENCRYPTION_KEY");
		expect(server.output()).not.toContain("not-a-key");
		expect(await rotate({ POSTERN_ENCRYPTION_KEY: "not-a-key-0123456789" })).toMatchObject({ code: 1, text: expect.stringContaining("is not 32 bytes as base64") });
	});
});
