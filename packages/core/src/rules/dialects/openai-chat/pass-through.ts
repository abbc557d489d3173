import type { PassThroughCodec } from "../dialect.ts";

/**
 * Inside JSON text a quoted key cannot be part of a string: its quotes would be escaped there. Calls are read from their first
 * piece on, since some servers (vLLM) put the last piece beside the reason, and it says nothing without the others.
 */
const telling = /"finish_reason"\s*:\s*"|"usage"\s*:\s*\{|"(?:error|x_groq)"\s*:|"tool_calls"\s*:\s*\[\s*\{|"function_call"\s*:\s*\{/;
const usage = /"usage"\s*:\s*\{/;
const noChoices = /"choices"\s*:\s*\[\s*\]/;

export const passThrough: PassThroughCodec = {
	isDelta: (frame) => frame.startsWith("data: {") && frame.endsWith("}\n\n") && !telling.test(frame),
	withoutUsage: (frame) =>
		usage.test(frame) && noChoices.test(frame) ? "" : frame.includes('"usage":null') ? frame.replace(/,"usage":null|"usage":null,/g, "") : frame,
	endMark: "data: [DONE]\n\n",
};
