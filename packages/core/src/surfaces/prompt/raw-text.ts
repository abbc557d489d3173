/**
 * Raw text as server-sent events: a text line is a `data:` line. What such lines cannot carry goes as `event: json` with `{text}`:
 * a carriage return (SSE takes it for a line end) and a lone surrogate (UTF-8 has none). The text `[DONE]` alone would look like
 * the end mark, so it is cut in two.
 */
export function createRawTextEncoder(): RawTextEncoder {
	let carry = "";
	return {
		push(delta) {
			const text = carry + delta;
			// Half a surrogate pair waits for its other half: some providers cut there.
			carry = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : "";
			return encode(carry === "" ? text : text.slice(0, -1));
		},
		close() {
			const rest = encode(carry);
			carry = "";
			return rest;
		},
	};
}

export interface RawTextEncoder {
	push(delta: string): string;
	/** What was held back. */
	close(): string;
}

const endMark = "[DONE]";

function encode(text: string): string {
	if (text === "") return "";
	if (text === endMark) return encode(endMark.slice(0, 3)) + encode(endMark.slice(3));
	if (text.includes("\r") || !text.isWellFormed()) return `event: json\ndata: ${JSON.stringify({ text })}\n\n`;
	return `data: ${text.replaceAll("\n", "\ndata: ")}\n\n`;
}

function isHighSurrogate(code: number): boolean {
	return code >= 0xd800 && code <= 0xdbff;
}
