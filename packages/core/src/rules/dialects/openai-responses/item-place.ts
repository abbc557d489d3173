import type { JsonObject } from "../../../contract/json.ts";

/** Tells one event of the stream; its number and envelope are the receiver's to add. */
export type Emit = (type: string, fields: JsonObject) => void;
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** Where a writer's item goes: its place in the output, and how it is told. */
export interface ItemPlace {
	readonly index: number;
	/** What ids of this answer's items end in: the answer's own id and the item's place, by which an item is found again. */
	readonly key: string;
	readonly emit: Emit;
	added(item: JsonObject): void;
	done(item: JsonObject): void;
}
