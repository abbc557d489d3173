/** What the bytes have completed; `isTooLarge` where the line behind it outgrew the cap: the decoder is dead then. */
export interface DecodedLines {
	readonly lines: readonly string[];
	readonly isTooLarge: boolean;
}

export interface LineDecoder {
	push(bytes: Uint8Array): DecodedLines;
	/** The bytes have ended. A last line without its line feed still counts. */
	close(): DecodedLines;
}

/**
 * Bytes to lines of UTF-8 text (JSON lines), sans-IO. Gives the same lines at every split of the bytes; blank ones are left out. No
 * line may grow past `maxLineLength` UTF-16 units.
 */
export function createLineDecoder(maxLineLength = 8 * 1024 * 1024): LineDecoder {
	const text = new TextDecoder();
	let rest = "";
	let isDead = false;

	function take(received: string): DecodedLines {
		const lines: string[] = [];
		if (isDead) return { lines, isTooLarge: false };
		let start = 0;
		for (let end = received.indexOf("\n"); end !== -1; end = received.indexOf("\n", start)) {
			const line = rest + received.slice(start, end);
			if (line.length > maxLineLength) return die(lines);
			if (line.trim() !== "") lines.push(line);
			rest = "";
			start = end + 1;
		}
		rest += received.slice(start);
		return rest.length > maxLineLength ? die(lines) : { lines, isTooLarge: false };
	}

	function die(lines: readonly string[]): DecodedLines {
		isDead = true;
		rest = "";
		return { lines, isTooLarge: true };
	}

	return {
		push: (bytes) => take(text.decode(bytes, { stream: true })),
		close: () => take(`${text.decode()}\n`),
	};
}
