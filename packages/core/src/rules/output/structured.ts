import type { Json, JsonObject } from "../../contract/json.ts";
import type { AssistantPart, OutputFormat, Prompt, SystemMessage, Warning } from "../../contract/prompt.ts";
import type { Answer } from "../../contract/stream-event.ts";
import type { Provider } from "../providers/provider.ts";
import { extractJson } from "./extract-json.ts";

/**
 * A prompt for JSON as one provider can be asked: by its native structured output where it has one that takes this schema, else
 * by the schema in the prompt.
 */
export function adaptOutput(prompt: Prompt, provider: Provider): AdaptedPrompt {
	const { output } = prompt;
	const asItIs: AdaptedPrompt = { prompt, isPrompted: false, warnings: [] };
	if (output === undefined || output.type === "text") return asItIs;
	const native = provider.quirks.structuredOutput ?? "json-schema";
	const schema = output.type === "json-schema" ? output.schema : undefined;
	if (provider.dialect === "anthropic-messages") {
		if (native === "json-schema" && output.type === "json-schema" && (output.strict === true || isClosed(output.schema))) return asItIs;
	} else if (provider.dialect === "claude-code" ? schema === undefined || isObjectSchema(schema) : native === "json-schema" || (native === "json-object" && output.type === "json")) {
		return asItIs;
	}
	const prompted = promptForOutput(prompt, output);
	const adapted: Prompt = native === "json-object" ? { ...prompted, output: { type: "json" } } : prompted;
	return { prompt: adapted, isPrompted: true, warnings: [promptedWarning] };
}

/** Asks for JSON in words, behind the prompt's own instructions, and no longer in any other way. */
export function promptForOutput({ output: _, ...prompt }: Prompt, output: OutputFormat): Prompt {
	const schema = output.type === "json-schema" ? output.schema : undefined;
	return {
		...prompt,
		messages: [...prompt.messages.filter(isSystem), instruction(schema), ...prompt.messages.filter((message) => !isSystem(message))],
	};
}

/** Whether a schema says that it is one of an object, as the input of a tool has to be. */
export function isObjectSchema(schema: JsonObject): boolean {
	return schema.type === "object";
}

export interface AdaptedPrompt {
	readonly prompt: Prompt;
	/** The JSON has to be searched for in the answer. */
	readonly isPrompted: boolean;
	readonly warnings: readonly Warning[];
}

const promptedWarning: Warning = {
	code: "changed-setting",
	field: "output",
	message: "The provider has no structured output of its own for this: the model was asked for JSON in the prompt",
};

/** The answer to a prompted request: its text is cut down to the JSON in it, where there is some. */
export function unwrapOutput(answer: Answer): Answer {
	const text = answerText(answer.content);
	const found = extractJson(text);
	if (found === undefined || found.isWhole) return answer;
	const content = answer.content.filter((part) => part.type !== "text");
	return { ...answer, content: [...content, { type: "text", text: found.text }] };
}

/** All text of an answer, refusals included. */
export function answerText(content: readonly AssistantPart[]): string {
	return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function isSystem(message: Prompt["messages"][number]): message is SystemMessage {
	return message.role === "system";
}

function instruction(schema: JsonObject | undefined): SystemMessage {
	const text =
		schema === undefined
			? "Answer with one JSON object and nothing else: no explanation, no Markdown."
			: `Answer with one JSON value that matches this JSON Schema, and with nothing else: no explanation, no Markdown.\n${JSON.stringify(schema)}`;
	return { role: "system", content: [{ type: "text", text }] };
}

/** Keywords that Anthropic's structured outputs refuse (docs: structured outputs, JSON Schema limitations). */
const refusedKeywords = new Set(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems", "uniqueItems", "not", "if", "patternProperties", "oneOf"]);

/** Whether every object of a schema forbids further properties and nothing in it is beyond Anthropic's subset. */
function isClosed(schema: Json): boolean {
	if (Array.isArray(schema)) return schema.every(isClosed);
	if (typeof schema !== "object" || schema === null) return true;
	const fields = schema as JsonObject;
	if ((fields.type === "object" || fields.properties !== undefined) && fields.additionalProperties !== false) return false;
	return Object.entries(fields).every(([keyword, value]) => {
		if (refusedKeywords.has(keyword)) return false;
		if (keyword === "properties" || keyword === "$defs") return isClosed(Object.values(value as JsonObject) as Json[]);
		return keyword === "enum" || keyword === "const" || value === undefined || isClosed(value);
	});
}
