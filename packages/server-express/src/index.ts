import type { IncomingMessage, ServerResponse } from "node:http";
import type { Gateway } from "@postern/core";
import { nodeHandler, type NodeHandlerOptions } from "@postern/core/node";

/**
 * The gateway in an Express app, or in any `node:http` server:
 *
 *     app.use("/ai", postern(gateway));
 *     http.createServer(postern(gateway)).listen(8420);
 *
 * It answers every path below its mount point, unknown ones with the gateway's own 404, so `next` is never called. A body that
 * `express.json()`, `raw()` or `text()` has read before is taken from `request.body`. The `identify` hook finds the Express
 * request, with what the app's own login put on it, as `original`.
 */
export function postern(gateway: Gateway, options: PosternOptions = {}): (request: IncomingMessage, response: ServerResponse) => void {
	const handle = nodeHandler(gateway, options);
	// Nothing is returned: a promise would be Express's to wait for, and this one never rejects.
	return (request, response) => {
		void handle(request, response);
	};
}

/** `basePath` is for bare servers: Express takes the mount point from the path itself. */
export type PosternOptions = NodeHandlerOptions;
