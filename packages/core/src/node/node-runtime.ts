import { defaultRuntime } from "../effects/default-runtime.ts";
import type { Runtime } from "../effects/runtime.ts";
import { asset } from "./asset.ts";
import { nodePasswords } from "./passwords/node-passwords.ts";
import { undiciSend, type UndiciSendOptions } from "./undici-send.ts";

export interface NodeRuntimeOptions extends UndiciSendOptions {
	/** Called for what an operator should know. Default: nothing is observed. */
	readonly observe?: Runtime["observe"];
}

/** The runtime on Node: undici for the network, with connections of its own, and the files that ship with the package. */
export function nodeRuntime(options: NodeRuntimeOptions = {}): Runtime {
	return { ...defaultRuntime(), send: undiciSend(options), asset, passwords: nodePasswords(), ...(options.observe === undefined ? {} : { observe: options.observe }) };
}
