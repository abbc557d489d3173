import { createServer } from "node:http";
import { flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import type { Gateway } from "../../src/index.ts";
import { nodeHandler } from "../../src/node/node-handler.ts";

/** Prints where it listens, and ends with its parent. */
export function serve(gateway: Gateway): void {
	const server = createServer(nodeHandler(gateway));
	server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
	flushCompileCache();
	process.stdin.resume().on("end", () => process.exit());
}
