import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A server in a process of its own. */
export interface Life {
	readonly url: string;
	/** At once and without a word: no handler, no flush. Resolves when nothing of it is left. */
	kill(): Promise<void>;
}

export interface Lives {
	/** The one that stands ready; the next begins to start meanwhile. It touches the file with its first request. */
	next(): Promise<Life>;
	/** Ends the one that stands ready. */
	end(): Promise<void>;
}

/** One life after the other on the same file. */
export function lives(program: string, path: string): Lives {
	let ready = start();

	function start(): Promise<Life> {
		const life = startLife(program, path);
		// Who asks for it is told.
		life.catch(() => {});
		return life;
	}

	return {
		next() {
			const life = ready;
			ready = start();
			return life;
		},
		async end() {
			await (await ready).kill();
		},
	};
}

async function startLife(program: string, path: string): Promise<Life> {
	const child = spawn(process.execPath, [program, path], { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, NODE_COMPILE_CACHE: `${program}.cache` } });
	const closed = once(child, "close");
	let complaints = "";
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		complaints += text;
	});
	return {
		url: await firstLine(child, closed, () => complaints),
		async kill() {
			child.kill("SIGKILL");
			await closed;
			if (child.signalCode !== "SIGKILL" || complaints !== "") throw new Error(`The server did not live until it was killed: ${complaints}`);
		},
	};
}

async function firstLine(child: ChildProcess, closed: Promise<unknown>, complaints: () => string): Promise<string> {
	let text = "";
	child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
		text += piece;
	});
	while (!text.includes("\n")) {
		await Promise.race([once(child.stdout ?? child, "data"), closed]);
		if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The server ended early: ${complaints()}`);
	}
	return text.slice(0, text.indexOf("\n"));
}
