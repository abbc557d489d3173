import type { PassedText } from "../dialects/dialect.ts";
import type { StreamEvent } from "../../contract/stream-event.ts";

/**
 * Whether a caller has seen anything of the answer once these events are passed on: from then on there is no other target. Signs
 * of life, metadata and the empty openings of parts are not content.
 */
export function hasContent(events: readonly (StreamEvent | PassedText)[]): boolean {
	return events.some(isContent);
}

function isContent(event: StreamEvent | PassedText): boolean {
	switch (event.type) {
		case "text-delta":
		case "reasoning-delta":
		case "tool-input-delta":
			return event.delta !== "";
		case "tool-input-start":
		case "tool-call":
		case "tool-result":
		case "file":
		case "opaque":
		case "source":
			return true;
		default:
			return false;
	}
}
