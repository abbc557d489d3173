import fc from "fast-check";
import { bedrockConverse } from "../../src/rules/dialects/bedrock-converse/index.ts";
import { asText, parseJson } from "../../src/rules/dialects/json-fields.ts";
import { unfoldAnswer } from "../../src/rules/sessions/unfold.ts";
import { arbitraryAnswer } from "../rules/dialects/arbitraries.ts";
import { frame } from "../rules/dialects/bedrock-converse/frames.ts";
import { converseAnswer, createConverseWriter } from "../rules/dialects/bedrock-converse/stand-in.ts";
import type { FuzzedProvider } from "./dialects.ts";
import { hostileText, hostileValue, mutatedJson } from "./hostile.ts";

/** Bedrock runs Claude: its answers are Anthropic's in other words. */
const answers = arbitraryAnswer("anthropic-messages");

/** One thing done to the messages of an event stream, or to their bytes. */
const cut = fc.record({
	kind: fc.constantFrom("delete", "repeat", "swap", "truncate", "flip", "rewrite", "rewrite", "insert"),
	place: fc.nat(),
	other: fc.nat(),
});

/** A message whose sums are right, whatever it says. */
const oddFrame = fc
	.tuple(fc.constantFrom("contentBlockDelta", "contentBlockStart", "messageStop", "metadata", "throttlingException", "eventOfTomorrow", ""), fc.constantFrom("event", "exception", "error", "x"), hostileValue())
	.map(([type, kind, value]) =>
		frame({ [kind === "exception" ? ":exception-type" : ":event-type"]: type, ":message-type": kind, ":error-code": type }, new TextEncoder().encode(hostileText(value))),
	);

/** The message with its JSON changed, under a right sum. */
function rewritten(message: Uint8Array): fc.Arbitrary<Uint8Array> {
	const text = new TextDecoder().decode(message);
	const type = /:event-type[^]*?([a-zA-Z]{5,})/.exec(text)?.[1] ?? "";
	const start = message.indexOf(0x7b);
	const json = parseJson(new TextDecoder().decode(message.subarray(start, -4)));
	if (start < 0 || json === undefined) return fc.constant(message);
	return mutatedJson(json).map((value) => frame({ ":event-type": asText(type) ?? "x", ":message-type": "event" }, new TextEncoder().encode(hostileText(value))));
}

/** A truncated message may be empty: there is no bit to flip then. */
function withFlippedBit(message: Uint8Array, byte: number, bit: number): Uint8Array {
	const at = byte % Math.max(message.length, 1);
	return message.map((value, index) => (index === at ? value ^ (1 << (bit % 8)) : value));
}

const brokenStreams = answers
	.map((answer) => createConverseWriter()(unfoldAnswer(answer)))
	.chain((messages) => fc.tuple(fc.array(cut, { minLength: 1, maxLength: 4 }), oddFrame, fc.tuple(...messages.map(rewritten))).map(([cuts, odd, changed]) => {
		let frames: readonly Uint8Array[] = messages;
		for (const { kind, place, other } of cuts) {
			const at = place % Math.max(frames.length, 1);
			const message = frames[at] ?? odd;
			if (kind === "delete") frames = frames.toSpliced(at, 1);
			else if (kind === "repeat") frames = frames.toSpliced(at, 0, message);
			else if (kind === "insert") frames = frames.toSpliced(at, 0, odd);
			else if (kind === "truncate") frames = [...frames.slice(0, at), message.slice(0, other % (message.length + 1))];
			else if (kind === "rewrite") frames = frames.with(at, changed[place % changed.length] ?? odd);
			else if (kind === "swap") frames = frames.with(at, frames[other % frames.length] ?? odd).with(other % frames.length, message);
			else frames = frames.with(at, withFlippedBit(message, other, place));
			if (frames.length === 0) frames = [odd];
		}
		return new Uint8Array(Buffer.concat(frames));
	}));

export const fuzzedBedrock: FuzzedProvider = {
	id: "bedrock-converse",
	provider: bedrockConverse,
	answers: answers.map((answer) => JSON.parse(JSON.stringify(converseAnswer(answer)))),
	brokenStreams,
};
