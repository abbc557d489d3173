export interface LineDecoder {
	/**
	 * @returns the lines completed by these bytes; `undefined` once a line outgrew the cap: the decoder is dead then. Lines completed
	 * before it in the same bytes come first, and `undefined` at the next call.
	 */
	push(bytes: Uint8Array): readonly string[] | undefined;
	/** The bytes have ended. A last line without its line feed still counts. */
	close(): readonly string[] | undefined;
}

/**
 * Bytes to lines of UTF-8 text (JSON lines), sans-IO. Gives the same lines at every split of the bytes. No line may grow past
 * `maxLineLength` UTF-16 units.
 */
export function createLineDecoder(maxLineLength = 8 * 1024 * 1024): LineDecoder {
	const text = new TextDecoder();
	let rest = "";
	let isDead = false;

	function feed(chunk: string): readonly string[] | undefined {
		if (isDead) return undefined;
		const pieces = chunk.split("\n");
		const lines: string[] = [];
		for (const [index, piece] of pieces.entries()) {
			rest += piece;
			isDead = rest.length > maxLineLength;
			if (isDead) break;
			if (index === pieces.length - 1) return lines;
			lines.push(rest);
			rest = "";
		}
		rest = "";
		return lines.length === 0 ? undefined : lines;
	}

	return {
		push: (bytes) => feed(text.decode(bytes, { stream: true })),
		close: () => feed(`${text.decode()}\n`),
	};
}
