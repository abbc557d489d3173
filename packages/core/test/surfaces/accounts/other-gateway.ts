import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { token } from "../../gateway/support.ts";
import type { Call } from "./tenancy-world.ts";

export interface OtherGateway {
	readonly process: ChildProcess;
	/** As the operator, with a key, or as nobody. */
	readonly call: Call;
}

/** A gateway in another process, on the same SQLite file. */
export async function startOtherGateway(file: string): Promise<OtherGateway> {
	const script = fileURLToPath(new URL("gateway-process.ts", import.meta.url));
	const child = spawn(process.execPath, ["--conditions=postern-source", script, file], { stdio: ["pipe", "pipe", "inherit"] });
	const [line] = await once(child.stdout, "data");
	const origin = String(line).trim();
	return {
		process: child,
		async call(who, method, path, body, headers = {}) {
			const response = await fetch(origin + path, {
				method,
				headers: {
					...(who === undefined ? {} : { authorization: `Bearer ${who === "operator" ? token : who}` }),
					...(body === undefined ? {} : { "content-type": "application/json" }),
					...headers,
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			const text = await response.text();
			return { status: response.status, headers: response.headers, text, json: text.startsWith("{") ? JSON.parse(text) : {} };
		},
	};
}
