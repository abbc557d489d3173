import type { Json, JsonObject } from "../../../contract/json.ts";
import type { OutputFormat, Prompt, Settings } from "../../../contract/prompt.ts";
import { isObjectSchema, promptForOutput } from "../../output/structured.ts";
import type { EncodedRequest, EncodeRequestOptions } from "../dialect.ts";
import { asArray, asText } from "../json-fields.ts";
import { createWarnings, type Warnings } from "../warnings.ts";
import { encodeConversation, encodeResumed, hasFiles, type Input, inputLine, inputText } from "./input-encoder.ts";
import { type Invocation, invocationBody, type Run } from "./invocation.ts";
import { encodeToolPolicy, type ToolFlags } from "./tool-flags.ts";

/** Claude Code's own choice of a model. */
export const defaultModel = "default";

/** Linux takes 128 KiB of one argument, its end included; this is UTF-16 units, of up to three bytes each. */
const maxArgumentLength = 40_000;

/** `quirks.requestFields` of this dialect: how the operator wants the process to be started. */
interface Setup {
	readonly tools: readonly string[] | undefined;
	readonly settingSources: readonly string[];
	readonly args: readonly string[];
}

export function encodeRequest(given: Prompt, { model, stream, quirks, toolPolicy }: EncodeRequestOptions): EncodedRequest {
	const warnings = createWarnings();
	const { prompt, schema } = encodeOutput(given, stream, warnings);
	const setup = readSetup(quirks.requestFields);
	const tools = encodeToolPolicy(toolPolicy, setup.tools, warnings);
	warnOfTools(prompt, warnings);
	warnOfExtras(prompt, warnings);
	const system = encodeSystem(prompt, tools, warnings);
	const args = [
		...(model === defaultModel ? [] : ["--model", model]),
		...system.args,
		...encodeEffort(prompt.settings, warnings),
		...(schema === undefined ? [] : ["--json-schema", schema]),
		...tools.args,
		...isolation(setup, tools),
		...setup.args,
	].map(withoutNulls);
	const runOf = (input: Input, more: readonly string[] = []): Run => encodeRun(input, [...args, ...more], stream);
	const resumed = encodeResumed(prompt.messages, warnings);
	const whole = runOf([...system.input, ...encodeConversation(prompt.messages, warnings)]);
	const invocation: Invocation = {
		// Each answer ends a session of its own: two ways to go on from it never hear of each other.
		runs: resumed === undefined ? [whole] : [runOf(resumed.input, ["--resume", resumed.sessionId, "--fork-session"]), whole],
		answer: stream ? "lines" : "last-line",
		mayBeSilent: tools.isAny,
	};
	return { body: invocationBody(invocation), warnings: warnings.list };
}

function encodeRun(input: Input, args: readonly string[], stream: boolean): Run {
	const isLined = hasFiles(input);
	return {
		args: [
			"--print",
			...(stream || isLined ? ["--verbose", "--output-format", "stream-json"] : ["--output-format", "json"]),
			...(stream ? ["--include-partial-messages"] : []),
			...(isLined ? ["--input-format", "stream-json"] : []),
			...args,
		],
		input: isLined ? inputLine(input) : inputText(input),
	};
}

function readSetup(fields: JsonObject = {}): Setup {
	const tools = asArray(fields["tools"]);
	return { tools: tools === undefined ? undefined : strings(tools), settingSources: strings(fields["settingSources"]), args: strings(fields["args"]) };
}

function strings(value: Json | undefined): readonly string[] {
	return (asArray(value) ?? []).flatMap((item) => asText(item) ?? []);
}

/**
 * A caller from outside must not reach what the operator set up for himself: his settings, hooks, MCP servers, commands. Nobody can be
 * asked for leave. Without tools a file that is named in the prompt (`@path`) must not be read in either.
 */
function isolation({ settingSources }: Setup, tools: ToolFlags): readonly string[] {
	return [
		"--permission-mode",
		"dontAsk",
		"--setting-sources",
		settingSources.join(","),
		"--strict-mcp-config",
		"--disable-slash-commands",
		...(tools.isAny ? [] : ["--settings", JSON.stringify({ permissions: { deny: ["Read(//**)"] } })]),
	];
}

interface EncodedSystem {
	readonly args: readonly string[];
	/** Instructions that are too long for an argument stand in front of what is said. */
	readonly input: Input;
}

/** Without instructions and tools Claude Code is a plain model: its own instructions, and what they tell of this machine, are left out. */
function encodeSystem({ messages }: Prompt, tools: ToolFlags, warnings: Warnings): EncodedSystem {
	const texts = messages.flatMap((message) => (message.role === "system" ? message.content.map(({ text }) => text) : []));
	const text = texts.join("\n\n");
	if (text === "" && tools.isAny) return { args: [], input: [] };
	if (text.length <= maxArgumentLength) return { args: ["--system-prompt", text], input: [] };
	warnings.add("changed-setting", "messages", "The instructions are too long for Claude Code's command line; they stand in front of the prompt");
	return { args: ["--system-prompt", "Follow the instructions."], input: [{ type: "text", text: `<instructions>\n${text}\n</instructions>\n\n` }] };
}

/** Claude Code does not stream an answer to a schema (anthropics/claude-code#15511), and its schemas are those of a tool: objects. */
function encodeOutput(prompt: Prompt, stream: boolean, warnings: Warnings): { readonly prompt: Prompt; readonly schema?: string } {
	const { output } = prompt;
	if (output === undefined || output.type === "text") return { prompt };
	const schema = schemaText(output);
	if (!stream && schema !== undefined) return { prompt, schema };
	warnings.add("changed-setting", "output", "Claude Code has no structured output of its own for this: the model was asked for JSON in the prompt");
	return { prompt: promptForOutput(prompt, output) };
}

function schemaText(output: Exclude<OutputFormat, { type: "text" }>): string | undefined {
	if (output.type === "json") return '{"type":"object"}';
	const text = JSON.stringify(output.schema);
	return isObjectSchema(output.schema) && text.length <= maxArgumentLength ? text : undefined;
}

const efforts: ReadonlySet<string> = new Set(["low", "medium", "high", "xhigh", "max"]);
const unsayable = [
	"maxOutputTokens", "temperature", "topP", "topK", "stopSequences", "seed", "presencePenalty", "frequencyPenalty", "user",
] as const satisfies readonly (keyof Settings)[];

function encodeEffort(settings: Settings, warnings: Warnings): readonly string[] {
	for (const name of unsayable) {
		if (settings[name] !== undefined) warnings.add("unsupported-setting", `settings.${name}`, `Claude Code has no setting "${name}"; it was left out`);
	}
	const { reasoning } = settings;
	if (reasoning === undefined) return [];
	const { effort, budgetTokens, mode } = reasoning;
	if (budgetTokens !== undefined || mode === "disabled" || (effort !== undefined && !efforts.has(effort) && effort !== "minimal")) {
		warnings.add("unsupported-setting", "settings.reasoning", "Claude Code takes an effort from low to max and no other word on reasoning; the rest was left out");
	}
	if (effort === "minimal") {
		warnings.add("changed-setting", "settings.reasoning", "Claude Code's least effort is low");
		return ["--effort", "low"];
	}
	return effort !== undefined && efforts.has(effort) ? ["--effort", effort] : [];
}

function warnOfTools({ tools = [] }: Prompt, warnings: Warnings): void {
	for (const { name } of tools) {
		warnings.add("unsupported-tool", `tools.${name}`, `Claude Code runs its tools itself and cannot call "${name}"; it was left out`);
	}
}

function warnOfExtras({ extras }: Prompt, warnings: Warnings): void {
	for (const name of Object.keys(extras?.fields ?? {})) {
		warnings.add("unsupported-setting", name, `Claude Code has no field "${name}"; it was left out`);
	}
}

/** No argument of a process can hold one. */
function withoutNulls(text: string): string {
	return text.replaceAll("\0", "");
}
