/** Bytes to lines of text, sans-IO: the same lines at every split of the bytes. */
export interface LineDecoder {
	/** @returns the lines that these bytes complete; `undefined` once a line outgrew the cap: lines in front of it come first. */
	push(bytes: Uint8Array): readonly string[] | undefined;
	/** The bytes have ended: a last line may lack its end. */
	close(): readonly string[] | undefined;
}

/** @param maxLineLength in UTF-16 units. */
export function createLineDecoder(maxLineLength: number): LineDecoder {
	const text = new TextDecoder();
	let begun: string[] = [];
	let begunLength = 0;
	let isDead = false;

	function feed(chunk: string): readonly string[] | undefined {
		if (isDead) return undefined;
		const lines: string[] = [];
		let start = 0;
		for (let end = chunk.indexOf("\n"); end >= 0 && !isDead; end = chunk.indexOf("\n", start)) {
			keep(chunk.slice(start, end));
			start = end + 1;
			if (isDead) break;
			lines.push(begun.length === 1 ? (begun[0] ?? "") : begun.join(""));
			begun = [];
			begunLength = 0;
		}
		if (!isDead && start < chunk.length) keep(chunk.slice(start));
		return isDead && lines.length === 0 ? undefined : lines;
	}

	function keep(piece: string): void {
		begun.push(piece);
		begunLength += piece.length;
		if (begunLength > maxLineLength) {
			isDead = true;
			begun = [];
		}
	}

	return {
		push: (bytes) => feed(text.decode(bytes, { stream: true })),
		close() {
			const rest = text.decode();
			return begunLength === 0 && rest === "" ? (isDead ? undefined : []) : feed(`${rest}\n`);
		},
	};
}
