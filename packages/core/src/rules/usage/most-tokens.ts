import type { EmbeddingInput } from "../../contract/embedding.ts";
import type { FilePart, Prompt } from "../../contract/prompt.ts";

/**
 * As many tokens as a prompt can have at most. Tokenizers of today's models fall back to single bytes: none makes more tokens of a
 * text than it has bytes in UTF-8, whatever script it is in. What vendors put around messages and tools is allowed for; what a file
 * comes to nobody knows before, and is taken for more than most.
 */
export function mostPromptTokens({ messages, tools = [], output, extras }: Prompt): number {
	const parts = messages.flatMap((message): readonly AnyPart[] => message.content);
	const texts = sum(parts.map(mostOfPart));
	const frames = aroundPrompt + messages.length * aroundMessage + parts.length * aroundPart;
	const defined = tools.length === 0 ? 0 : aroundTools + sum(tools.map((tool) => utf8Length(JSON.stringify(tool)) + aroundMessage));
	const others = sum([output, extras?.fields].map((each) => (each === undefined ? 0 : utf8Length(JSON.stringify(each)))));
	return texts + frames + defined + others;
}

/** The same of what is to become vectors. */
export function mostInputTokens(inputs: readonly EmbeddingInput[]): number {
	return sum(
		inputs.map((input) => {
			if (input.type === "tokens") return input.tokens.length;
			return aroundPart + utf8Length(input.type === "text" ? input.text : JSON.stringify(input.value));
		}),
	);
}

type AnyPart = Prompt["messages"][number]["content"][number];

function mostOfPart(part: AnyPart): number {
	switch (part.type) {
		case "text":
			return utf8Length(part.text);
		case "reasoning":
			// What is sealed in it is read again.
			return utf8Length(part.text) + utf8Length(JSON.stringify(part.metadata ?? {}));
		case "tool-call":
			return utf8Length(part.toolCallId) + utf8Length(part.toolName) + utf8Length(part.input);
		case "tool-result":
			return utf8Length(part.toolCallId) + (part.output.type === "text" ? utf8Length(part.output.text) : sum(part.output.parts.map(mostOfPart)));
		case "file":
			return mostOfFile(part);
		case "opaque":
			return utf8Length(JSON.stringify(part.value));
	}
}

function mostOfFile({ mediaType, data }: FilePart): number {
	if (data.type === "text") return utf8Length(data.text);
	if (data.type !== "base64" || mediaType.startsWith("image/")) return customaryFile;
	const bytes = data.base64.length * 0.75;
	return Math.max(customaryFile, Math.ceil(bytes / (/^(?:audio|video)\//.test(mediaType) ? bytesPerTokenOfSound : bytesPerTokenOfDocument)));
}

/** In bytes. Half a surrogate pair that stands alone is sent as U+FFFD, which has three. */
export function utf8Length(text: string): number {
	let length = text.length;
	for (let at = 0; at < text.length; at += 1) {
		const code = text.charCodeAt(at);
		if (code < 0x80) continue;
		// Of a pair each half counts for two.
		length += code < 0x800 || isPaired(text, at, code) ? 1 : 2;
	}
	return length;
}

function isPaired(text: string, at: number, code: number): boolean {
	if (code < 0xd800 || code > 0xdfff) return false;
	const other = code < 0xdc00 ? text.charCodeAt(at + 1) : text.charCodeAt(at - 1);
	return code < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff;
}

function sum(counts: readonly number[]): number {
	return counts.reduce((total, count) => total + count, 0);
}

const aroundPrompt = 32;
const aroundMessage = 16;
const aroundPart = 8;
/** What a vendor tells its model of tools: Anthropic's is the longest, of up to 530 tokens. */
const aroundTools = 600;
/** An image, or a file that is somewhere else. */
const customaryFile = 5000;
const bytesPerTokenOfDocument = 4;
const bytesPerTokenOfSound = 64;
