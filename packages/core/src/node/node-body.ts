import type { IncomingMessage } from "node:http";
import { hungUp } from "../http/bridge.ts";
import { BodyTooLargeError } from "../http/reply.ts";

/**
 * The whole body, at most `limit` bytes. Where a middleware has read it already (`express.json()`, `raw()`, `text()`), what
 * that left in `request.body` is turned back into bytes.
 * @throws {BodyTooLargeError} at once where `content-length` says so; what is left to come is not read here.
 */
export async function readNodeBody(incoming: IncomingMessage, limit: number, hangUp: () => void): Promise<Uint8Array> {
	const announced = incoming.headers["content-length"];
	if (announced === "0") return nothing;
	if (incoming.readableEnded || incoming.readableDidRead) return checked(parsedBody(incoming), limit);
	if (announced !== undefined && Number(announced) > limit) throw new BodyTooLargeError();
	if (announced === undefined && incoming.headers["transfer-encoding"] === undefined && incoming.httpVersionMajor < 2) return nothing;
	return collect(incoming, limit, hangUp);
}

const nothing = new Uint8Array(0);

function collect(incoming: IncomingMessage, limit: number, hangUp: () => void): Promise<Uint8Array> {
	return new Promise((resolve, reject) => {
		const chunks: Uint8Array[] = [];
		let size = 0;
		const finish = (): void => {
			incoming.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
		};
		const onData = (chunk: Uint8Array): void => {
			size += chunk.byteLength;
			if (size > limit) {
				finish();
				incoming.pause();
				reject(new BodyTooLargeError());
				return;
			}
			chunks.push(chunk);
		};
		const onEnd = (): void => {
			finish();
			const only = chunks[0];
			resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size));
		};
		// The upload broke off. The signal first: whoever hears of the rejection finds it aborted.
		const onGone = (): void => {
			finish();
			// Node tells of the reset once more when nobody listens any longer.
			incoming.on("error", () => {});
			hangUp();
			reject(hungUp);
		};
		if (incoming.destroyed) onGone();
		else incoming.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
	});
}

function parsedBody(incoming: IncomingMessage): Uint8Array {
	// Cloud functions keep the bytes beside what they parsed.
	if ("rawBody" in incoming && incoming.rawBody instanceof Uint8Array) return incoming.rawBody;
	const body: unknown = "body" in incoming ? incoming.body : undefined;
	if (body === undefined) return nothing;
	if (body instanceof Uint8Array) return body;
	return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

function checked(bytes: Uint8Array, limit: number): Uint8Array {
	if (bytes.byteLength > limit) throw new BodyTooLargeError();
	return bytes;
}
