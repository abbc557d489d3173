import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import type { Variables } from "./environment.ts";

/** Whether a program can be started by this name: a path, or a name in one of the folders of `PATH`. */
export function isExecutable(name: string, cwd: string, { PATH = "" }: Variables): boolean {
	// There the system tries several endings and reads other variables: it finds out at the start.
	if (process.platform === "win32") return true;
	if (name.includes("/")) return isExecutableFile(resolve(cwd, name));
	return PATH.split(delimiter).some((folder) => isExecutableFile(join(resolve(cwd, folder), name)));
}

export function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isExecutableFile(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}
