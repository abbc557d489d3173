import type { JsonObject } from "../../../contract/json.ts";
import type { ToolCallPart, ToolResultPart } from "../../../contract/prompt.ts";
import { asObject, asText, jsonText, parseJson, restOf } from "../json-fields.ts";
import { ownFields, ownMetadata } from "./own-metadata.ts";

/** Code that Google runs itself: a call and a result that no caller has to answer. Named as the tool that switches it on. */
export const codeExecution = "codeExecution";

const codeFields: ReadonlySet<string> = new Set(["executableCode"]);
const resultFields: ReadonlySet<string> = new Set(["codeExecutionResult"]);
const outputField: ReadonlySet<string> = new Set(["output"]);

/** @returns `undefined` where the code cannot be written again. */
export function decodeCode(part: JsonObject, code: JsonObject, invent: () => string): ToolCallPart | undefined {
	const input = jsonText(code);
	if (input === undefined) return undefined;
	const toolCallId = asText(code.id) ?? invent();
	return { type: "tool-call", toolCallId, toolName: codeExecution, input, providerExecuted: true, ...ownMetadata(restOf(part, codeFields) ?? {}) };
}

/** @param codeId of the call that it answers, where it does not say so itself. */
export function decodeCodeResult(part: JsonObject, result: JsonObject, codeId: string): ToolResultPart {
	const outcome = asText(result.outcome);
	return {
		type: "tool-result",
		toolCallId: asText(result.id) ?? codeId,
		toolName: codeExecution,
		output: { type: "text", text: asText(result.output) ?? "" },
		...(outcome === undefined || outcome === "OUTCOME_OK" ? {} : { isError: true }),
		providerExecuted: true,
		...ownMetadata({ ...restOf(part, resultFields), codeExecutionResult: restOf(result, outputField) ?? {} }),
	};
}

/** @returns `undefined` for a call that another vendor ran. */
export function encodeCode({ input, metadata }: ToolCallPart): JsonObject | undefined {
	const code = metadata?.google === undefined ? undefined : asObject(parseJson(input));
	return code === undefined ? undefined : { ...ownFields(metadata), executableCode: code };
}

/** @returns `undefined` for a result of another vendor's tool. */
export function encodeCodeResult({ output, metadata }: ToolResultPart): JsonObject | undefined {
	const { codeExecutionResult, ...own } = ownFields(metadata);
	const result = asObject(codeExecutionResult);
	if (result === undefined || output.type !== "text") return undefined;
	return { ...own, codeExecutionResult: { ...result, ...(output.text === "" ? {} : { output: output.text }) } };
}
