import type { Server, ServerResponse } from "node:http";

/** The server's connections on the way out: each is told to close, and none is cut while an answer runs on it. */
export interface Connections {
	/** Stops listening. Running answers go on; what is idle closes, and so does each connection when its answer has ended. */
	drain(): void;
	/** Resolves when the last connection is closed; those still there after `graceMs` are cut. */
	closed(graceMs: number): Promise<void>;
}

export function trackConnections(server: Server): Connections {
	const running = new Set<ServerResponse>();
	let draining = false;
	let closed: Promise<void> | undefined;
	server.prependListener("request", (_request, response) => {
		running.add(response);
		if (draining) response.setHeader("connection", "close");
		response.once("close", () => {
			running.delete(response);
			if (draining) server.closeIdleConnections();
		});
	});
	const drain = (): void => {
		if (draining) return;
		draining = true;
		for (const response of running) if (!response.headersSent) response.setHeader("connection", "close");
		closed = new Promise((resolve) => server.close(() => resolve()));
		server.closeIdleConnections();
	};
	return {
		drain,
		async closed(graceMs) {
			drain();
			const cut = setTimeout(() => server.closeAllConnections(), graceMs);
			await closed;
			clearTimeout(cut);
		},
	};
}
