import { createServer, type AddressInfo, type Socket } from "node:net";
import { serveCommands } from "./control.ts";
import { readAsk, standInBytes } from "./payloads.ts";

/** An OpenAI-compatible provider that costs next to nothing: raw sockets, answers as precomputed bytes. */
const server = createServer({ noDelay: true }, (socket) => {
	let pending: Buffer = Buffer.alloc(0);
	socket.on("error", () => socket.destroy());
	socket.on("data", (bytes) => {
		pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
		for (let length = requestLength(pending); length !== undefined; length = requestLength(pending)) {
			answer(socket, pending.toString("latin1", 0, length));
			pending = pending.subarray(length);
		}
	});
});

function requestLength(bytes: Buffer): number | undefined {
	const headEnd = bytes.indexOf("\r\n\r\n");
	if (headEnd < 0) return undefined;
	const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString("latin1", 0, headEnd));
	const total = headEnd + 4 + Number(length?.[1] ?? 0);
	return bytes.length < total ? undefined : total;
}

function answer(socket: Socket, request: string): void {
	const ask = readAsk(request);
	if (ask.kind === "whole") socket.write(standInBytes.whole);
	else if (ask.kind === "burst") void burst(socket, ask.chunks);
	else pace(socket, ask.chunks, ask.perSecond);
}

async function burst(socket: Socket, chunks: number): Promise<void> {
	socket.write(standInBytes.streamHead);
	socket.write(standInBytes.firstChunk);
	let left = chunks - 1;
	while (left > 0 && !socket.destroyed) {
		const many = left >= 32;
		left -= many ? 32 : 1;
		if (!socket.write(many ? standInBytes.chunks32 : standInBytes.chunk)) await new Promise((resolve) => socket.once("drain", resolve));
	}
	socket.write(standInBytes.streamEnd);
}

interface PacedStream {
	readonly socket: Socket;
	left: number;
}
/** Streams of one pace are spread over ten slots, so that their chunks do not all fall due at once. */
interface Wheel {
	readonly slots: readonly Set<PacedStream>[];
	next: number;
}
const slotCount = 10;
const wheels = new Map<number, Wheel>();

function pace(socket: Socket, chunks: number, perSecond: number): void {
	socket.cork();
	socket.write(standInBytes.streamHead);
	socket.write(standInBytes.firstChunk);
	socket.uncork();
	const wheel = wheels.get(perSecond) ?? startWheel(perSecond);
	const stream = { socket, left: chunks - 1 };
	wheel.slots[wheel.next]?.add(stream);
	wheel.next = (wheel.next + 1) % slotCount;
}

function startWheel(perSecond: number): Wheel {
	const slots = Array.from({ length: slotCount }, () => new Set<PacedStream>());
	const tickMs = 1000 / perSecond / slotCount;
	const startedAt = performance.now();
	let ticks = 0;
	setInterval(() => {
		// Timers come late: the ticks that are due by now are made up for.
		for (const due = Math.floor((performance.now() - startedAt) / tickMs); ticks < due; ticks += 1) advance(slots[ticks % slotCount]);
	}, tickMs);
	const wheel = { slots, next: 0 };
	wheels.set(perSecond, wheel);
	return wheel;
}

function advance(slot: Set<PacedStream> | undefined): void {
	for (const stream of slot ?? []) {
		if (stream.left > 0 && !stream.socket.destroyed) {
			stream.left -= 1;
			stream.socket.write(standInBytes.chunk);
		} else {
			slot?.delete(stream);
			stream.socket.write(standInBytes.streamEnd);
		}
	}
}

server.listen(0, "127.0.0.1", () => {
	serveCommands({ port: () => (server.address() as AddressInfo).port });
});
