import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { MountedAdapter } from "@postern/core/testing";

/** Serves an app on a free port, the gateway's root at `mountPath`. */
export async function served(app: RequestListener, mountPath: string): Promise<MountedAdapter> {
	const server = createServer(app).listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${mountPath}`,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
