import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Dispatcher, Pool } from "undici";
import { serveCommands } from "./control.ts";

/** The least that a reverse proxy in JavaScript does: node:http in front, undici's dispatch behind, no look at the bytes. */
const pool = new Pool(`http://127.0.0.1:${process.env["UPSTREAM_PORT"]}`);

const server = createServer((request, response) => {
	const pieces: Buffer[] = [];
	request.on("data", (piece: Buffer) => pieces.push(piece));
	request.on("end", () => {
		const body = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
		pool.dispatch({ method: "POST", path: request.url ?? "/", headers: forwarded(request.headers), body }, answerInto(response));
	});
});

function forwarded(headers: IncomingHttpHeaders): Record<string, string> {
	return {
		"content-type": headers["content-type"] ?? "application/json",
		authorization: headers.authorization ?? "",
	};
}

function answerInto(response: ServerResponse): Dispatcher.DispatchHandler {
	return {
		onRequestStart(controller) {
			response.once("close", () => {
				if (!response.writableFinished) controller.abort(new Error("the caller hung up"));
			});
		},
		onResponseStart(_controller, status, headers) {
			const { connection: _, "transfer-encoding": __, "keep-alive": ___, ...kept } = headers as Record<string, string>;
			response.writeHead(status, kept);
		},
		onResponseData(controller, chunk) {
			if (response.write(chunk)) return;
			controller.pause();
			response.once("drain", () => controller.resume());
		},
		onResponseEnd() {
			response.end();
		},
		onResponseError(_controller, error) {
			if (response.headersSent) response.destroy(error);
			else response.writeHead(502).end();
		},
	};
}

server.listen(0, "127.0.0.1", () => {
	serveCommands({ port: () => (server.address() as AddressInfo).port });
});
