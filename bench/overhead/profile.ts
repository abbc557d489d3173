import { readFileSync, writeFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector/promises";

let session: Session | undefined;

/** Samples this process's own CPU, from now on: start-up and warm-up are not in the profile. */
export async function startProfile(): Promise<void> {
	session = new Session();
	session.connect();
	await session.post("Profiler.enable");
	await session.post("Profiler.setSamplingInterval", { interval: 200 });
	await session.post("Profiler.start");
}

/** Ends the sampling and writes the profile where Chrome's developer tools can open it. */
export async function stopProfile(file: string): Promise<void> {
	const result = await session?.post("Profiler.stop");
	session?.disconnect();
	session = undefined;
	if (result !== undefined) writeFileSync(file, JSON.stringify(result.profile));
}

/** Prints where the time of a written profile went, as shares of the main thread's busy time. */
export function printSelfTimes(file: string): void {
	const profile: Profiler.Profile = JSON.parse(readFileSync(file, "utf8"));
	for (const by of ["area", "module", "function"] as const) {
		console.log(`  self time by ${by}`);
		for (const { where, share } of selfTimes(profile, by).slice(0, 30)) console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`);
	}
}

interface SelfTime {
	readonly where: string;
	readonly share: number;
}

/** Per function, file, or folder and package, most first. */
function selfTimes(profile: Profiler.Profile, by: "function" | "module" | "area"): SelfTime[] {
	const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
	const times = new Map<string, number>();
	let busy = 0;
	for (const [index, id] of (profile.samples ?? []).entries()) {
		const frame = nodes.get(id);
		const timeUs = profile.timeDeltas?.[index] ?? 0;
		if (frame === undefined || frame.functionName === "(idle)" || frame.url === "node:inspector") continue;
		busy += timeUs;
		const module = shortened(frame.url) || "(native and runtime)";
		const where = by === "area" ? areaOf(frame.functionName, module) : by === "module" ? module : `${frame.functionName || "(anonymous)"} ${frame.url === "" ? "" : `${module}:${frame.lineNumber + 1}`}`;
		times.set(where, (times.get(where) ?? 0) + timeUs);
	}
	return [...times].map(([where, timeUs]) => ({ where, share: timeUs / busy })).sort((a, b) => b.share - a.share);
}

function areaOf(functionName: string, module: string): string {
	if (functionName === "(garbage collector)") return functionName;
	if (module.startsWith("packages/")) return module.split("/").slice(1, -1).join("/");
	if (module.startsWith("node:") || module.startsWith("(")) return module.startsWith("(") ? "native and runtime (system calls, promises, JSON)" : "node";
	return module.split("/").slice(0, module.startsWith("@") ? 2 : 1).join("/");
}

export function shortened(url: string): string {
	const path = url.replace(/^file:\/\//, "");
	const dependency = path.lastIndexOf("/node_modules/");
	if (dependency >= 0) return path.slice(dependency + 14);
	const ours = path.search(/\/(packages|bench)\/(?!.*\/(packages|bench)\/)/);
	return ours >= 0 ? path.slice(ours + 1) : path;
}
