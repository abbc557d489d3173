import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { nodeHandler } from "../../src/node/node-handler.ts";
import { adapterConformance } from "../../src/testing/adapter/conformance.ts";

for (const basePath of ["", "/ai"]) {
	adapterConformance(
		`node:http at ${basePath || "the root"}`,
		{
			mountPath: basePath,
			hasSocket: true,
			async mount(gateway) {
				const server = createServer(nodeHandler(gateway, { basePath: `${basePath}/` })).listen(0, "127.0.0.1");
				await once(server, "listening");
				return {
					url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${basePath}`,
					async close() {
						server.closeAllConnections();
						await new Promise((resolve) => server.close(resolve));
					},
				};
			},
		},
		{ describe, it, expect },
	);
}
