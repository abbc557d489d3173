import type { PassThroughCodec } from "../pass-through.ts";

/** Inside JSON text a quoted key cannot be part of a string: its quotes would be escaped there. */
const telling = /"finish_reason"\s*:\s*"|"usage"\s*:\s*\{|"(?:error|x_groq)"\s*:/;
const usage = /"usage"\s*:\s*\{/;
const noChoices = /"choices"\s*:\s*\[\s*\]/;

export const passThrough: PassThroughCodec = {
	isDelta: (frame) => frame.startsWith("data: {") && frame.endsWith("}\n\n") && !telling.test(frame),
	withoutUsage: (frame) =>
		usage.test(frame) && noChoices.test(frame) ? "" : frame.includes('"usage":null') ? frame.replace(/,"usage":null|"usage":null,/g, "") : frame,
	endMark: "data: [DONE]\n\n",
};
