import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/contract/json.ts";
import type { DialectId, FilePart, Prompt } from "../../../src/contract/prompt.ts";
import type { Answer } from "../../../src/contract/stream-event.ts";
import { providerCodecs } from "../../../src/rules/dialects/index.ts";
import { hasContent } from "../../../src/rules/routing/commit.ts";
import { createAnswerFold } from "../../../src/rules/sessions/fold.ts";
import { unfoldAnswer } from "../../../src/rules/sessions/unfold.ts";
import { callerIds, callers } from "./callers.ts";

/** A picture that a model of Google's made. */
const picture: FilePart = { type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBORw0KGgo=" }, metadata: { google: { thoughtSignature: "c2ln" } } };
const answer: Answer = { id: "a", model: "m", content: [{ type: "text", text: "Look:" }, picture], finish: { reason: "stop", usage: { inputTokens: 1, outputTokens: 2 } } };
const context = { model: "m", answerId: "resp_1", createdAt: 0, requestId: "req_1", includeUsage: true };
const pictureDialects = callerIds.filter((id) => id !== "anthropic-messages");

function fileOf(content: Answer["content"]): FilePart | undefined {
	return content.find((part) => part.type === "file");
}
/** What a client understands of the answer, whole or streamed. */
function told(dialect: DialectId, stream: boolean): Answer {
	const codec = providerCodecs[dialect];
	if (!stream) {
		const decoded = codec.decodeAnswer(JSON.parse(JSON.stringify(callers[dialect].encodeAnswer(answer, context))));
		if (!decoded.ok) throw new Error(decoded.problem.message);
		return decoded.value;
	}
	const decoder = codec.createStreamDecoder();
	const fold = createAnswerFold();
	fold.push(decoder.push(new TextEncoder().encode(callers[dialect].createStreamEncoder(context).push(unfoldAnswer(answer)))));
	fold.push(decoder.close());
	return fold.answer();
}

describe("a picture in an answer", () => {
	it("is content: what led to it is decided", () => {
		expect(hasContent([picture])).toBe(true);
	});

	it.each(pictureDialects)("is shown to callers of %s, streamed and whole alike", (dialect) => {
		const [whole, streamed] = [told(dialect, false), told(dialect, true)];
		expect(fileOf(whole.content)).toMatchObject({ mediaType: picture.mediaType, data: picture.data });
		expect(streamed.content).toEqual(whole.content);
	});

	it("has no place in a message of Anthropic's: the words around it stay", () => {
		for (const stream of [false, true]) expect(told("anthropic-messages", stream).content).toEqual([{ type: "text", text: "Look:" }]);
	});

	it.each(pictureDialects)("comes back from callers of %s with the signature that Google wants with it", (dialect) => {
		const prompt: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Draw" }] }, { role: "assistant", content: told(dialect, false).content }], settings: {} };
		const { body } = providerCodecs[dialect].encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		const returned = callers[dialect].decodeRequest(body);
		const request = providerCodecs.gemini.encodeRequest(returned, { model: "gemini-2.5-flash-image", stream: false, quirks: {} });
		expect(request.warnings).toEqual([]);
		const signed = { thoughtSignature: "c2ln", inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } };
		expect(request.body).toMatchObject({ contents: [{}, { role: "model", parts: [{ text: "Look:" }, signed] }] });
	});

	it("of OpenAI's travels back to OpenAI as the item that it was", () => {
		const item: JsonObject = { id: "ig_1", type: "image_generation_call", status: "completed", result: "AA==", output_format: "webp", revised_prompt: "A cat" };
		const decoded = providerCodecs["openai-responses"].decodeAnswer({ id: "resp_1", status: "completed", output: [item] });
		if (!decoded.ok) throw new Error(decoded.problem.message);
		expect(decoded.value.content).toMatchObject([{ type: "file", mediaType: "image/webp", data: { type: "base64", base64: "AA==" } }]);
		expect(callers["openai-responses"].encodeAnswer(decoded.value, context)).toMatchObject({ output: [item] });
		const prompt: Prompt = { messages: [{ role: "assistant", content: decoded.value.content }], settings: {} };
		expect(providerCodecs["openai-responses"].encodeRequest(prompt, { model: "m", stream: false, quirks: {} })).toMatchObject({ body: { input: [item] }, warnings: [] });
	});

	it.each(["openai-chat", "openai-responses", "anthropic-messages", "bedrock-converse"] as const)("of another vendor is left out of a request to %s, with a warning", (dialect) => {
		const prompt: Prompt = { messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }, { role: "assistant", content: [picture] }], settings: { maxOutputTokens: 9 } };
		const { body, warnings } = providerCodecs[dialect].encodeRequest(prompt, { model: "m", stream: false, quirks: {} });
		expect(JSON.stringify(body)).not.toContain("iVBORw0KGgo");
		expect(warnings).toMatchObject([{ code: "unsupported-part" }]);
	});

	it.each([["openai-chat"], ["openai-responses"]] as const)("that is a clip of sound cannot be told to callers of %s", (dialect) => {
		const clip: FilePart = { type: "file", mediaType: "audio/wav", data: { type: "base64", base64: "AA==" } };
		expect(JSON.stringify(callers[dialect].encodeAnswer({ ...answer, content: [clip] }, context))).not.toContain("AA==");
	});
});
