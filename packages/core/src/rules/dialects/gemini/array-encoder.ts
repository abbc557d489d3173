import type { StreamEncoder } from "../dialect.ts";

/**
 * The same stream as one JSON array, which is what Google sends to those who do not ask for `alt=sse`: an item a chunk, the last one an
 * error where the answer broke off. Signs of life have no place in it.
 */
export function asJsonArray(encoder: StreamEncoder): StreamEncoder {
	let isBegun = false;

	function items(text: string): string {
		const found = text.split("\n\n").filter((event) => event.startsWith(dataField));
		let written = "";
		for (const event of found) {
			written += `${isBegun ? ",\n" : "["}${event.slice(dataField.length)}`;
			isBegun = true;
		}
		return written;
	}

	return {
		push(events) {
			const written = items(encoder.push(events));
			return events.at(-1)?.type === "finish" ? `${written}]` : written;
		},
		fail(error) {
			const written = items(encoder.fail(error));
			return written === "" ? "" : `${written}]`;
		},
	};
}

const dataField = "data: ";
