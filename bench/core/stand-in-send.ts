import type { Send } from "@postern/core";
import { readAsk, standInTexts } from "../overhead/payloads.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const whole = encode(standInTexts.whole);
const first = encode(standInTexts.firstChunk);
const chunk = encode(standInTexts.chunk);
const chunks32 = encode(standInTexts.chunk.repeat(32));
const end = encode(standInTexts.streamEnd);

/** A provider that has answered already: each piece is one read. */
export function standInSend(): Send {
	return ({ body }) => {
		const pieces = piecesFor(String(body));
		const read = () => Promise.resolve(pieces.next().value ?? undefined);
		return Promise.resolve({ status: 200, headers: { "content-type": "application/json" }, body: { read, cancel() {} } });
	};
}

function* piecesFor(request: string): Generator<Uint8Array, void, undefined> {
	const ask = readAsk(request);
	if (ask.kind === "whole") {
		yield whole;
		return;
	}
	yield first;
	for (let left = ask.chunks - 1; left > 0; ) {
		const many = ask.kind === "burst" && left >= 32;
		yield many ? chunks32 : chunk;
		left -= many ? 32 : 1;
	}
	yield end;
}
