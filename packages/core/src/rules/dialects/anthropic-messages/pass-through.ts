import type { PassThroughCodec } from "../dialect.ts";

/** Callers of this dialect are always told the usage, and `message_stop` is the only end: there is none to put in its place. */
export const passThrough: PassThroughCodec = {
	isDelta: (frame) => frame.startsWith("event: content_block_delta\ndata: {") && frame.endsWith("}\n\n"),
	withoutUsage: (frame) => frame,
	endMark: "",
};
