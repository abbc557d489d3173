import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Warning } from "../../../contract/prompt.ts";
import type { Quirks } from "../dialect.ts";

export interface EncodedOutput {
	readonly fields: JsonObject;
	/** What the prompt must say where the request cannot. */
	readonly instruction?: string;
}

/** Structured output as far as the vendor knows it; the rest is asked for in words. */
export function encodeOutput(output: OutputFormat | undefined, quirks: Quirks, warnings: Warning[]): EncodedOutput {
	if (output === undefined) return { fields: {} };
	const known = quirks.structuredOutput ?? "json-schema";
	if (output.type === "text") return { fields: known === "none" ? {} : { response_format: { type: "text" } } };
	if (output.type === "json") {
		if (known !== "none") return { fields: { response_format: { type: "json_object" } } };
		warnings.push(inWords("json_object"));
		return { fields: {}, instruction: "Answer with one JSON object and nothing else." };
	}
	const { schema, name = "answer", description, strict } = output;
	if (known === "json-schema") {
		const json_schema = {
			name,
			schema,
			...(description === undefined ? {} : { description }),
			...(strict === undefined ? {} : { strict }),
		};
		return { fields: { response_format: { type: "json_schema", json_schema } } };
	}
	warnings.push(inWords("json_schema"));
	return {
		fields: known === "json-object" ? { response_format: { type: "json_object" } } : {},
		instruction: `Answer with JSON and nothing else. It must match this JSON Schema:\n${JSON.stringify(schema)}`,
	};
}

function inWords(format: string): Warning {
	const message = `This provider does not know ${format}: the format was asked for in the prompt`;
	return { code: "changed-setting", field: "output", message };
}
