import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sqliteStore } from "../../../src/node/sqlite/sqlite-store.ts";
import { keyHash } from "../../../src/rules/auth/key.ts";
import { temporaryFolder } from "../../node/sqlite/temporary-folder.ts";

const folder = temporaryFolder();
const crashes = Number(process.env.POSTERN_CRASHES ?? 4);

/** What one process promised before it was killed: the secrets of each key, the newest last. */
interface Promised {
	readonly secrets: Map<string, string[]>;
	readonly gone: Set<string>;
	/** Was being changed when the end came: how that ended nobody was told. */
	open: string | undefined;
}

async function writeUntilKilled(path: string): Promise<Promised> {
	const script = fileURLToPath(new URL("key-writer.ts", import.meta.url));
	const child = spawn(process.execPath, ["--conditions=postern-source", script, path], { stdio: ["ignore", "pipe", "inherit"] });
	let out = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
	// At a random moment of creating, rotating and revoking.
	const wanted = 1 + Math.floor(Math.random() * 60);
	while (out.split("\n").length <= wanted) {
		if (child.exitCode !== null) throw new Error("The writer ended early");
		await once(child.stdout, "data");
	}
	await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
	child.kill("SIGKILL");
	await once(child, "close");
	const promised: Promised = { secrets: new Map(), gone: new Set(), open: undefined };
	for (const line of out.split("\n").slice(0, -1)) {
		const [what, id = "", secret = ""] = line.split(" ");
		promised.open = what === "begin" ? id : undefined;
		if (what === "valid") promised.secrets.set(id, [...(promised.secrets.get(id) ?? []), secret]);
		if (what === "gone") promised.gone.add(id);
	}
	return promised;
}

test(`after ${crashes} deaths in the midst of it every key is whole, and has the secret that was promised last`, { timeout: 300_000 }, async () => {
	const path = folder.file("crashes.db");
	const rounds: Promised[] = [];
	for (let round = 0; round < crashes; round += 1) rounds.push(await writeUntilKilled(path));
	const store = sqliteStore(path);
	const { tenancy, audit } = store;
	try {
		for (const { secrets, gone, open } of rounds) {
			for (const [id, texts] of secrets) {
				const valid = await Promise.all(texts.map(async (text) => (await tenancy.findKey(keyHash(text), 1))?.key.id));
				const none = texts.map(() => undefined);
				const newest = [...none.slice(1), id];
				if (gone.has(id)) expect(valid).toEqual(none);
				// Either the last secret is still the one, or it was replaced (or revoked) and nobody could be told any more.
				else if (id === open) expect([newest, none]).toContainEqual(valid);
				else expect(valid).toEqual(newest);
			}
		}
		const entries = await audit.list({ organisationId: "acme", limit: 1_000_000 });
		const told = (action: string) => entries.filter((entry) => entry.action === action).map(({ target }) => target);
		const projects = await tenancy.listProjects(["acme"]);
		expect(new Set(told("project.created"))).toEqual(new Set(projects.map(({ id }) => id)));
		const created = new Set(told("key.created"));
		const revoked = new Set(told("key.revoked"));
		for (const { id } of projects) {
			const [first, ...others] = await tenancy.listKeys(id);
			expect(first?.name).toBe("First key");
			for (const key of others) expect([created.has(key.id), revoked.has(key.id)]).toEqual([true, false]);
		}
		expect(projects.length).toBeGreaterThan(0);
	} finally {
		await store.close();
	}
});
