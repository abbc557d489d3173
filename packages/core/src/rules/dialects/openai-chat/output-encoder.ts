import type { JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Warning } from "../../../contract/prompt.ts";
import type { Quirks } from "../dialect.ts";

/**
 * Structured output as far as the vendor knows it. What it does not know is asked for in the prompt before a prompt comes here
 * (`rules/output/structured.ts`); what comes here all the same is left out with a warning.
 */
export function encodeOutput(output: OutputFormat | undefined, quirks: Quirks, warnings: Warning[]): JsonObject {
	if (output === undefined) return {};
	const known = quirks.structuredOutput ?? "json-schema";
	if (output.type === "text") return known === "none" ? {} : { response_format: { type: "text" } };
	if (output.type === "json" && known !== "none") return { response_format: { type: "json_object" } };
	if (output.type === "json-schema" && known === "json-schema") {
		const { schema, name = "answer", description, strict } = output;
		const json_schema = {
			name,
			schema,
			...(description === undefined ? {} : { description }),
			...(strict === undefined ? {} : { strict }),
		};
		return { response_format: { type: "json_schema", json_schema } };
	}
	warnings.push({ code: "unsupported-setting", field: "output", message: "This provider does not know this output format; it was left out" });
	return known === "json-object" ? { response_format: { type: "json_object" } } : {};
}
