import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway, nodeHandler, simulator, sqliteStore, surfaceIds } from "@postern/core/node";
import { token } from "../../gateway/support.ts";

/** A gateway in a process of its own: `gateway-process.ts <file>`. Prints where it listens, and ends with its parent. */
const gateway = createGateway({ providers: { sim: simulator() }, surfaces: surfaceIds, token, store: sqliteStore(process.argv[2] ?? "") });
const server = createServer(nodeHandler(gateway));
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().on("end", () => process.exit());
