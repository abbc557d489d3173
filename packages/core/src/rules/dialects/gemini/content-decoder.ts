import type { Issue } from "../../../contract/errors.ts";
import type { Json, JsonObject } from "../../../contract/json.ts";
import type { AssistantPart, Message, SystemMessage, TextPart, ToolOutput, ToolResultPart, UserPart } from "../../../contract/prompt.ts";
import { unpack, unpackForeign, withMetadata } from "../foreign-state.ts";
import { asArray, asObject, asText, jsonText, restOf } from "../json-fields.ts";
import { inventCallId } from "./call-ids.ts";
import { decodeCode, decodeCodeResult } from "./code-execution.ts";
import { decodeFile } from "./file-parts.ts";
import { keepRest, ownMetadata } from "./own-metadata.ts";

const contentFields: ReadonlySet<string> = new Set(["role", "parts"]);
const textFields: ReadonlySet<string> = new Set(["text"]);
const callFields: ReadonlySet<string> = new Set(["functionCall"]);

/** A call whose response has not come yet. */
interface PendingCall {
	readonly id: string;
	readonly name: string;
}

/** What is known of a conversation while it is read: calls and their responses find each other by id, or else by name and order. */
interface Reading {
	readonly issues: Issue[];
	pending: PendingCall[];
	callCount: number;
	codeId: string;
}

export function decodeContents(contents: Json | undefined, issues: Issue[]): Message[] {
	const reading: Reading = { issues, pending: [], callCount: 0, codeId: "" };
	return (asArray(contents) ?? []).flatMap((content, index) => decodeContent(asObject(content) ?? {}, `contents[${index}]`, reading));
}

export function decodeSystem(instruction: Json | undefined): SystemMessage[] {
	const content = partsOf(asObject(instruction)).flatMap((part): TextPart[] => (asText(part.text) === undefined ? [] : [decodeText(part)]));
	return content.length === 0 ? [] : [{ role: "system", content }];
}

function partsOf(content: JsonObject | undefined): readonly JsonObject[] {
	return (asArray(content?.parts) ?? []).map((part) => asObject(part) ?? {});
}

function decodeContent(content: JsonObject, path: string, reading: Reading): Message[] {
	const role = asText(content.role) ?? "user";
	const kept = keepRest(content, contentFields);
	const parts = partsOf(content);
	if (role === "model") {
		reading.pending = [];
		return [{ role: "assistant", content: joinThoughts(parts.flatMap((part, index) => decodeModelPart(part, `${path}.parts[${index}]`, reading))), ...kept }];
	}
	if (role !== "user" && role !== "function") {
		reading.issues.push({ path: `${path}.role`, message: `must be user or model, not "${role.slice(0, 40)}"` });
		return [];
	}
	const decoded = parts.flatMap((part, index) => decodeUserPart(part, `${path}.parts[${index}]`, reading));
	const results = decoded.filter((part) => part.type === "tool-result");
	const rest = decoded.filter((part) => part.type !== "tool-result");
	if (results.length === 0) return [{ role: "user", content: rest, ...kept }];
	const tool: Message = { role: "tool", content: results, ...(rest.length === 0 ? kept : {}) };
	return rest.length === 0 ? [tool] : [tool, { role: "user", content: rest, ...kept }];
}

function decodeText(part: JsonObject): TextPart {
	return { type: "text", text: asText(part.text) ?? "", ...keepRest(part, textFields) };
}

function decodeModelPart(part: JsonObject, path: string, reading: Reading): readonly AssistantPart[] {
	const call = asObject(part.functionCall);
	if (call !== undefined) {
		const name = asText(call.name) ?? "";
		const id = asText(call.id) ?? inventCallId(reading.callCount, "");
		reading.callCount++;
		reading.pending.push({ id, name });
		const input = jsonText(asObject(call.args) ?? {});
		if (input === undefined) reading.issues.push({ path: `${path}.functionCall.args`, message: "nests too deep" });
		const decoded = { type: "tool-call", toolCallId: id, toolName: name, input: input ?? "{}", ...keepRest(part, callFields) } as const;
		return [unpackForeign(decoded, "google", "thoughtSignature")];
	}
	const code = asObject(part.executableCode);
	if (code !== undefined) {
		const run = decodeCode(part, code, () => inventCallId(reading.callCount++, "code"));
		reading.codeId = run?.toolCallId ?? "";
		return run === undefined ? [] : [run];
	}
	const result = asObject(part.codeExecutionResult);
	if (result !== undefined) return [decodeCodeResult(part, result, reading.codeId)];
	if (part.thought === true && (typeof part.text === "string" || asText(part.thoughtSignature) !== undefined)) {
		const text = asText(part.text) ?? "";
		const foreign = unpack(asText(part.thoughtSignature));
		const thought = { type: "reasoning", text, ...ownMetadata(restOf(part, textFields)) } as const;
		return [foreign === undefined ? thought : withMetadata(thought, foreign)];
	}
	return decodeCommon(part);
}

/**
 * Callers who keep a stream's parts as they came bring a thought back in pieces, and its state with the last one. To another vendor the
 * state is that of all its words.
 */
function joinThoughts(parts: readonly AssistantPart[]): readonly AssistantPart[] {
	const joined: AssistantPart[] = [];
	for (const part of parts) {
		let text = "";
		while (part.type === "reasoning" && part.metadata?.google === undefined) {
			const before = joined.at(-1);
			if (before?.type !== "reasoning" || before.metadata?.google === undefined || before.metadata.google.thoughtSignature !== undefined) break;
			text = before.text + text;
			joined.pop();
		}
		joined.push(part.type === "reasoning" && text !== "" ? { ...part, text: text + part.text } : part);
	}
	return joined;
}

function decodeUserPart(part: JsonObject, path: string, reading: Reading): readonly (UserPart | ToolResultPart)[] {
	const response = asObject(part.functionResponse);
	if (response === undefined) return decodeCommon(part);
	return [decodeResponse(part, response, path, reading)];
}

function decodeCommon(part: JsonObject): readonly UserPart[] {
	if (typeof part.text === "string" || (part.thoughtSignature !== undefined && Object.keys(part).length === 1)) return [decodeText(part)];
	const file = decodeFile(part);
	if (file !== undefined) return [file];
	return Object.keys(part).length === 0 ? [] : [{ type: "opaque", dialect: "gemini", value: part }];
}

const responsePartFields: ReadonlySet<string> = new Set(["functionResponse"]);
const responseFields: ReadonlySet<string> = new Set(["id", "name", "response", "parts"]);

/**
 * A response is any object. `{output: "..."}` and `{error: "..."}` are the text they hold; any other is its JSON text, and is kept
 * besides to be sent as it came.
 */
function decodeResponse(part: JsonObject, wire: JsonObject, path: string, reading: Reading): ToolResultPart {
	const name = asText(wire.name) ?? "";
	const response = asObject(wire.response) ?? {};
	const { output, error } = response;
	const isPlain = Object.keys(response).length === 1;
	const said = isPlain && typeof output === "string" ? output : isPlain && typeof error === "string" ? error : undefined;
	const text = said ?? jsonText(response);
	if (text === undefined) reading.issues.push({ path: `${path}.functionResponse.response`, message: "nests too deep" });
	const parts = (asArray(wire.parts) ?? []).map((item) => asObject(item) ?? {});
	const files = parts.flatMap(decodeCommon);
	const rest = {
		...restOf(part, responsePartFields),
		...restOf(wire, responseFields),
		...(said === undefined ? { response } : {}),
	};
	const outcome: ToolOutput =
		files.length === 0 ? { type: "text", text: text ?? "" } : { type: "parts", parts: [{ type: "text", text: text ?? "" }, ...files] };
	return {
		type: "tool-result",
		toolCallId: takePending(asText(wire.id), name, reading),
		...(name === "" ? {} : { toolName: name }),
		output: outcome,
		...(error === undefined ? {} : { isError: true }),
		...(Object.keys(rest).length === 0 ? {} : ownMetadata(rest)),
	};
}

function takePending(id: string | undefined, name: string, reading: Reading): string {
	const at = reading.pending.findIndex((call) => (id === undefined ? call.name === name : call.id === id));
	const [call] = at === -1 ? [] : reading.pending.splice(at, 1);
	return id ?? call?.id ?? inventCallId(reading.callCount++, "");
}
