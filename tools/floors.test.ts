import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const core = "packages/core/src";

/** File, what it says, and whether the floor rules let it. One lint run over all of them. */
const cases: readonly (readonly [file: string, code: string, verdict: "allowed" | "forbidden"])[] = [
	[`${core}/contract/operations/a.ts`, 'import { z } from "zod"; export const a = z;', "allowed"],
	[`${core}/contract/operations/b.ts`, 'export * from "../wire/openai-chat.ts";', "allowed"],
	[`${core}/contract/operations/c.ts`, 'export * from "../../rules/usage/cost.ts";', "forbidden"],
	[`${core}/contract/d.ts`, 'export type * from "../effects/runtime.ts";', "forbidden"],
	[`${core}/contract/e.ts`, 'export type * from "../options.ts";', "forbidden"],
	[`${core}/contract/f.ts`, 'export * from "zod-openapi";', "forbidden"],
	[`${core}/contract/g.ts`, 'export * from "node:path";', "forbidden"],

	[`${core}/rules/routing/a.ts`, 'export * from "../../contract/prompt.ts"; export * from "../providers/provider.ts";', "allowed"],
	[`${core}/rules/routing/b.ts`, 'export type * from "../../effects/store/store.ts";', "forbidden"],
	[`${core}/rules/routing/c.ts`, 'export type * from "../../surfaces/surface.ts";', "forbidden"],
	[`${core}/rules/routing/d.ts`, 'export type * from "../../http/reply.ts";', "forbidden"],
	[`${core}/rules/routing/e.ts`, 'export * from "node:crypto";', "forbidden"],
	[`${core}/rules/routing/f.ts`, "export const later = () => fetch('https://example.com');", "forbidden"],
	[`${core}/rules/routing/g.ts`, "export const now = () => Date.now();", "forbidden"],
	[`${core}/rules/routing/h.ts`, "export const roll = () => Math.random();", "forbidden"],
	[`${core}/rules/routing/i.ts`, "export const key = () => process.env;", "forbidden"],

	[`${core}/effects/a.ts`, 'export * from "../rules/routing/plan.ts"; export * from "./store/store.ts";', "allowed"],
	[`${core}/effects/b.ts`, 'export type * from "../surfaces/surface.ts";', "forbidden"],
	[`${core}/effects/store/c.ts`, 'export type * from "../../http/reply.ts";', "forbidden"],
	[`${core}/effects/d.ts`, 'export * from "../node/index.ts";', "forbidden"],
	[`${core}/effects/e.ts`, 'export * from "undici";', "forbidden"],
	[`${core}/effects/f.ts`, 'export * from "node:fs";', "forbidden"],
	[`${core}/effects/g.ts`, 'export * from "../gateway.ts";', "forbidden"],

	[`${core}/surfaces/text/a.ts`, 'export * from "../../effects/exchange.ts"; export type * from "../surface.ts";', "allowed"],
	[`${core}/surfaces/text/b.ts`, 'export * from "../prompt/index.ts";', "forbidden"],
	[`${core}/surfaces/openai/chat/c.ts`, 'export * from "../../anthropic/errors.ts";', "forbidden"],
	[`${core}/surfaces/openai/d.ts`, 'export * from "../../rules/dialects/anthropic-messages/index.ts";', "allowed"],
	[`${core}/surfaces/meta/e.ts`, 'export * from "../../gateway.ts";', "forbidden"],
	[`${core}/surfaces/meta/f.ts`, 'export * from "../../node/asset.ts";', "forbidden"],

	[`${core}/http/a.ts`, 'export * from "../effects/authenticate.ts";', "allowed"],
	[`${core}/http/b.ts`, 'export * from "../surfaces/text/index.ts";', "forbidden"],
	[`${core}/http/docs/c.ts`, 'export * from "node:fs/promises";', "forbidden"],

	[`${core}/gateway.ts`, 'export * from "./surfaces/text/index.ts"; export * from "./http/door.ts";', "allowed"],
	[`${core}/index.ts`, 'export * from "./node/index.ts";', "forbidden"],
	[`${core}/options.ts`, 'export * from "./testing/index.ts";', "forbidden"],

	[`${core}/node/a.ts`, 'export * from "node:fs"; export * from "undici"; export type * from "../effects/runtime.ts";', "allowed"],
	[`${core}/node/b.ts`, 'export * from "../surfaces/text/index.ts";', "forbidden"],
	[`${core}/testing/a.ts`, 'export * from "node:http"; export * from "../node/index.ts";', "allowed"],

	["packages/client/src/a.ts", 'import type { ErrorCode } from "@postern/core/contract"; export type A = ErrorCode;', "allowed"],
	["packages/client/src/b.ts", 'export { errorTable } from "@postern/core/contract";', "forbidden"],
	["packages/client/src/c.ts", 'import type { Gateway } from "@postern/core"; export type C = Gateway;', "forbidden"],
	["packages/client/src/d.ts", 'export * from "node:stream";', "forbidden"],
	["packages/client/src/e.ts", 'export * from "zod";', "forbidden"],

	["packages/server-hono/src/a.ts", 'export * from "@postern/core"; export * from "@postern/core/node";', "allowed"],
	["packages/server-hono/src/b.ts", 'export * from "@postern/core/src/gateway.ts";', "forbidden"],
	["packages/server-express/src/c.ts", 'export * from "../../core/src/http/reply.ts";', "forbidden"],
	["packages/server-express/src/d.ts", 'export * from "@postern/server-hono";', "forbidden"],

	[`${core}/effects/any.ts`, "export const anything: any = 1;", "forbidden"],
];

const root = join(import.meta.dirname, "..");
let folder: string;
let complaints: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-floors-"));
	await cp(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
	for (const [file, code] of cases) {
		await mkdir(join(folder, dirname(file)), { recursive: true });
		await writeFile(join(folder, file), `${code}\n`);
	}
	complaints = await lint();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(cases)("%s: %s is %s", (file, _code, verdict) => {
	const found = complaints.get(file) ?? [];
	if (verdict === "allowed") expect(found).toEqual([]);
	else expect(found.join()).toMatch(/restricted|no-explicit-any/);
});

/** @returns the codes of the broken rules by file. */
async function lint(): Promise<Map<string, string[]>> {
	const stdout = await new Promise<string>((resolve) => {
		execFile(join(root, "node_modules/.bin/oxlint"), ["--format=json"], { cwd: folder, maxBuffer: 2 ** 24 }, (_error, output) => resolve(output));
	});
	const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] };
	const byFile = new Map<string, string[]>();
	for (const { filename, code } of diagnostics) byFile.set(filename, [...(byFile.get(filename) ?? []), code]);
	return byFile;
}
