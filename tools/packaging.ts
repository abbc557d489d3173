/**
 * Proves what a stranger gets: every package is packed, judged by publint and by "are the types wrong", laid out in an empty
 * folder beside nothing but the dependencies it declares, and used there with plain `node` and `tsc`. Needs no network.
 */
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

interface Manifest {
	readonly name: string;
	readonly private?: boolean;
	readonly exports?: Readonly<Record<string, unknown>>;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly peerDependencies?: Readonly<Record<string, string>>;
	readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}
interface Package {
	readonly folder: string;
	readonly manifest: Manifest;
}

/** Entries that are there for an optional peer: all others do without. */
const optionalEntries = new Set(["@postern/core/opentelemetry"]);

const root = join(import.meta.dirname, "..");
const packages = await publicPackages();
const scratch = await realpath(await mkdtemp(join(tmpdir(), "postern-packaging-")));
const problems: string[] = [];
try {
	const modules = join(scratch, "node_modules");
	for (const pkg of packages) {
		const tarball = pack(pkg);
		await judge(pkg, tarball);
		await unpack(pkg, tarball, modules);
	}
	await linkDependencies(modules, "needed");
	await tryOut();
	await linkDependencies(modules, "optional");
	load([...optionalEntries]);
} finally {
	await rm(scratch, { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
console.log(`${packages.length} packages packed and tried out, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function publicPackages(): Promise<Package[]> {
	const names = await readdir(join(root, "packages"));
	const all = await Promise.all(
		names.map(async (name) => {
			const folder = join(root, "packages", name);
			return { folder, manifest: JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest };
		}),
	);
	return all.filter(({ manifest }) => manifest.private !== true);
}

/** @returns the tarball's path. */
function pack({ folder, manifest }: Package): string {
	const output = run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", scratch], folder);
	if (output === undefined) throw new Error(`${manifest.name} cannot be packed`);
	return join(scratch, output.trim().split("\n").at(-1) ?? "");
}

async function judge({ folder, manifest }: Package, tarball: string): Promise<void> {
	const { messages, pkg } = await publint({ pkgDir: folder, level: "warning", strict: true, pack: "npm" });
	for (const message of messages) problems.push(`publint, ${manifest.name}: ${formatMessage(message, pkg, { color: false })}`);
	if (run("attw", [tarball, "--profile", "esm-only", "--format", "ascii", "--no-emoji"]) === undefined) {
		problems.push(`attw, ${manifest.name}: the types are wrong`);
	}
}

async function unpack({ manifest }: Package, tarball: string, modules: string): Promise<void> {
	const target = join(modules, manifest.name);
	await mkdir(target, { recursive: true });
	run("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
}

/** Only what the packages declare can be resolved: an undeclared import fails here, and one of an optional peer where it is not needed. */
async function linkDependencies(modules: string, which: "needed" | "optional"): Promise<void> {
	const declared = packages.flatMap(({ manifest: { dependencies, peerDependencies, peerDependenciesMeta = {} } }) =>
		Object.keys({ ...dependencies, ...peerDependencies }).filter((name) => (peerDependenciesMeta[name]?.optional === true) === (which === "optional")),
	);
	const own = new Set(packages.map(({ manifest }) => manifest.name));
	for (const name of new Set(which === "needed" ? [...declared, "@types/node", "@types/express"] : declared)) {
		if (own.has(name)) continue;
		await mkdir(dirname(join(modules, name)), { recursive: true });
		await symlink(join(root, "node_modules", name), join(modules, name));
	}
}

async function tryOut(): Promise<void> {
	await cp(join(import.meta.dirname, "packaging"), scratch, { recursive: true });
	await writeFile(join(scratch, "package.json"), JSON.stringify({ name: "a-stranger", private: true, type: "module" }));
	const entries = packages.flatMap(({ manifest }) =>
		Object.keys(manifest.exports ?? {}).filter((key) => key !== "./package.json").map((key) => manifest.name + key.slice(1)),
	);
	load(entries.filter((entry) => !optionalEntries.has(entry)));
	for (const script of ["smoke.js", "portable.js"]) if (run("node", [script], scratch) === undefined) problems.push(`${script} failed`);
	const tsc = join(root, "node_modules", ".bin", "tsc");
	if (run(tsc, ["-p", "tsconfig.json"], scratch) === undefined) problems.push("the published types do not compile in a stranger's project");
}

function load(entries: readonly string[]): void {
	for (const entry of entries) {
		const code = `await import("${entry}"); require("${entry}");`;
		const wrapped = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); ${code}`;
		if (run("node", ["--input-type=module", "-e", wrapped], scratch) === undefined) problems.push(`${entry} does not load`);
	}
}

/** @returns its standard output; `undefined`, after telling all, where it failed. */
function run(command: string, args: readonly string[], cwd: string = root): string | undefined {
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
	if (status === 0) return stdout;
	console.error(`${command} ${args.join(" ")}\n${stdout}${stderr}${error?.message ?? ""}`);
	return undefined;
}
