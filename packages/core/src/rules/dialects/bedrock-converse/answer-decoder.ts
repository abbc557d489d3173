import type { Failure } from "../../../contract/failure.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, FilePart, Source } from "../../../contract/prompt.ts";
import type { Answer } from "../../../contract/stream-event.ts";
import type { Decoded } from "../dialect.ts";
import { protocolFailure } from "../failure.ts";
import { asArray, asObject, asText, isShallow, jsonText } from "../json-fields.ts";
import { createUniqueIds } from "../unique-ids.ts";
import { decodeFinish, isCutOff } from "./finish.ts";
import { reasoningMetadata } from "./own-metadata.ts";

/** A whole answer of Converse. */
export function decodeAnswer(body: Json): Decoded<Answer, Failure> {
	const answer = asObject(body);
	if (answer === undefined) return fail("The provider's answer is not a JSON object");
	const blocks = asArray(asObject(asObject(answer["output"])?.["message"])?.["content"]);
	if (blocks === undefined || asText(answer["stopReason"]) === undefined) return fail("The provider's answer has no content or no end");
	const content: AssistantPart[] = [];
	const uniqueId = createUniqueIds();
	for (const value of blocks) {
		const part = decodeBlock(asObject(value) ?? {});
		if (part === undefined) return fail("The provider's answer holds a content block that cannot be read");
		content.push(part.type === "tool-call" ? { ...part, toolCallId: uniqueId(part.toolCallId) } : part);
	}
	const last = content.at(-1);
	if (last?.type === "tool-call" && isCutOff(answer["stopReason"])) content[content.length - 1] = { ...last, incomplete: true };
	return { ok: true, value: { content, finish: decodeFinish(answer, content.some(({ type }) => type === "tool-call")) } };
}

/** @returns `undefined` for a block that says nothing or that nests too deep to be kept. */
function decodeBlock(block: JsonObject): AssistantPart | undefined {
	if (typeof block["text"] === "string") return { type: "text", text: block["text"] };
	const toolUse = asObject(block["toolUse"]);
	if (toolUse !== undefined) return decodeToolUse(toolUse);
	const reasoning = asObject(block["reasoningContent"]);
	if (reasoning !== undefined) return decodeReasoning(reasoning);
	const cited = asObject(block["citationsContent"]);
	if (cited !== undefined && isShallow(cited)) return decodeCited(cited);
	const file = decodeImage(asObject(block["image"]));
	if (file !== undefined) return file;
	return Object.keys(block).length > 0 && isShallow(block) ? { type: "opaque", dialect: "bedrock-converse", value: block } : undefined;
}

function decodeToolUse({ toolUseId, name, input }: JsonObject): AssistantPart | undefined {
	const text = jsonText(input ?? {});
	const toolCallId = asText(toolUseId);
	const toolName = asText(name);
	return text === undefined || toolCallId === undefined || toolName === undefined ? undefined : { type: "tool-call", toolCallId, toolName, input: text };
}

function decodeReasoning({ reasoningText, redactedContent }: JsonObject): AssistantPart | undefined {
	if (typeof redactedContent === "string") return { type: "reasoning", text: "", ...reasoningMetadata({ redactedData: redactedContent }) };
	const told = asObject(reasoningText);
	if (told === undefined) return undefined;
	const signature = asText(told["signature"]);
	return { type: "reasoning", text: asText(told["text"]) ?? "", ...reasoningMetadata(signature === undefined ? {} : { signature }) };
}

function decodeCited({ content, citations }: JsonObject): AssistantPart {
	const text = (asArray(content) ?? []).map((item) => asText(asObject(item)?.["text"]) ?? "").join("");
	const sources = (asArray(citations) ?? []).map(asObject).filter((citation) => citation !== undefined).map(decodeCitation);
	return { type: "text", text, ...(sources.length === 0 ? {} : { sources }) };
}

export function decodeCitation(citation: JsonObject): Source {
	const url = asText(asObject(asObject(citation["location"])?.["web"])?.["url"]);
	const title = asText(citation["title"]);
	return { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }), metadata: { bedrock: citation } };
}

function decodeImage(image: JsonObject | undefined): FilePart | undefined {
	const base64 = asText(asObject(image?.["source"])?.["bytes"]);
	const format = asText(image?.["format"]);
	return base64 === undefined ? undefined : imageOf(base64, format);
}

export function imageOf(base64: string, format: string | undefined): FilePart {
	return { type: "file", mediaType: format === undefined ? "image/*" : `image/${format}`, data: { type: "base64", base64 } };
}

function fail(message: string): { readonly ok: false; readonly problem: Failure } {
	return { ok: false, problem: protocolFailure(message) };
}
