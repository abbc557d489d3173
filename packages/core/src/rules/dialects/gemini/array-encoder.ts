import type { StreamEncoder } from "../dialect.ts";

/**
 * The same stream as one JSON array, which is what Google sends to those who do not ask for `alt=sse`: an item a chunk, the last one an
 * error where the answer broke off. Signs of life have no place in it.
 */
export function asJsonArray(encoder: StreamEncoder): StreamEncoder {
	let isBegun = false;

	function items(text: string, isEnd: boolean): string {
		let written = "";
		for (const event of text.split(blankLine)) {
			const data = dataOf(event);
			if (!data.startsWith("{")) continue;
			written += `${isBegun ? ",\n" : "["}${data}`;
			isBegun = true;
		}
		if (!isEnd) return written;
		return isBegun ? `${written}]` : "[]";
	}

	return {
		push: (events) => items(encoder.push(events), events.at(-1)?.type === "finish"),
		pass: items,
		fail(error) {
			const text = encoder.fail(error);
			return text === "" ? "" : items(text, true);
		},
	};
}

/** Google's own events end with CR LF. */
const blankLine = /\r?\n\r?\n/;

/** An event's data; empty where it has none, as a comment. Nothing but JSON is in an item: OpenAI's end mark is not. */
function dataOf(event: string): string {
	const lines = event.split(/\r?\n/).filter((line) => line.startsWith(dataField));
	return lines.map((line) => line.slice(dataField.length).trimStart()).join("\n");
}

const dataField = "data:";
