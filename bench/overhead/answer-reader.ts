import { mark } from "./payloads.ts";

/** One answer as it arrived. */
export interface ReadAnswer {
	readonly status: number;
	readonly marks: number;
	/** Kept only where asked for. */
	readonly body: string | undefined;
	/** The body's last bytes. */
	readonly tail: string;
}

/**
 * Reads HTTP/1.1 answers from one connection: the framing, the marks, the end. Far cheaper than a full client, so that the
 * load generator is not what is measured.
 */
export function createAnswerReader(events: { onFirstMark(): void; onMarks(count: number): void; onAnswer(answer: ReadAnswer): void }): {
	push(bytes: Buffer): void;
	/** Keeps the next answer's body whole. */
	keepBody(): void;
} {
	let pending: Buffer = Buffer.alloc(0);
	let phase: "head" | "sized" | "chunk-size" | "chunk" | "trailer" = "head";
	let left = 0;
	let status = 0;
	let marks = 0;
	let keep = false;
	let kept: Buffer[] = [];
	let tail = "";

	const take = (payload: Buffer): void => {
		const before = marks;
		for (let at = payload.indexOf(mark); at >= 0; at = payload.indexOf(mark, at + 1)) marks += 1;
		if (marks > before) {
			if (before === 0) events.onFirstMark();
			events.onMarks(marks - before);
		}
		if (keep) kept.push(Buffer.from(payload));
		tail = (payload.length >= 16 ? "" : tail) + payload.toString("latin1", Math.max(0, payload.length - 16));
	};
	const finish = (): void => {
		const answer = { status, marks, body: keep ? Buffer.concat(kept).toString() : undefined, tail };
		phase = "head";
		marks = 0;
		keep = false;
		kept = [];
		tail = "";
		events.onAnswer(answer);
	};

	/** @returns how many bytes were used, 0 where more are needed. */
	const step = (bytes: Buffer, from: number): number => {
		if (phase === "sized" || phase === "chunk") {
			const count = Math.min(left, bytes.length - from);
			take(bytes.subarray(from, from + count));
			left -= count;
			if (left > 0) return count;
			if (phase === "sized") finish();
			else phase = "chunk-size";
			return count;
		}
		if (phase === "head") {
			const end = bytes.indexOf("\r\n\r\n", from);
			if (end < 0) return 0;
			const head = bytes.toString("latin1", from, end).toLowerCase();
			status = Number(head.slice(9, 12));
			const length = /\r\ncontent-length: *(\d+)/.exec(head);
			phase = length === null ? "chunk-size" : "sized";
			left = Number(length?.[1] ?? 0);
			if (phase === "chunk-size" && !head.includes("transfer-encoding: chunked")) throw new Error("an answer without framing");
			if (phase === "sized" && left === 0) finish();
			return end + 4 - from;
		}
		// The line of a chunk's size, behind the last chunk's line end (an empty line); after size 0 the line that ends the trailers.
		const end = bytes.indexOf("\r\n", from);
		if (end < 0) return 0;
		const line = bytes.toString("latin1", from, end);
		if (phase === "trailer") {
			if (line === "") finish();
		} else if (line !== "") {
			left = Number.parseInt(line, 16);
			phase = left === 0 ? "trailer" : "chunk";
		}
		return end + 2 - from;
	};

	return {
		push(incoming) {
			const bytes = pending.length === 0 ? incoming : Buffer.concat([pending, incoming]);
			let at = 0;
			while (at < bytes.length) {
				const used = step(bytes, at);
				if (used === 0) break;
				at += used;
			}
			pending = at === bytes.length ? Buffer.alloc(0) : bytes.subarray(at);
		},
		keepBody: () => {
			keep = true;
		},
	};
}
