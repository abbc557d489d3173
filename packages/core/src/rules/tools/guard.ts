import type { Warning, Prompt } from "../../contract/prompt.ts";
import { gatewayError, type GatewayError } from "../../contract/errors.ts";
import type { Decoded } from "../dialects/dialect.ts";
import { type EffectiveTools, isRunAllowed, isToolAllowed, isUnrestricted } from "./policy.ts";

/**
 * Takes the tools that may not be used out of a prompt, each with a warning. Where none of the offered tools is left, or a
 * forced one is forbidden, the prompt is refused: the model would do something else than what was asked for.
 */
export function guardPrompt(prompt: Prompt, tools: EffectiveTools): Decoded<{ prompt: Prompt; warnings: readonly Warning[] }, GatewayError> {
	if (isUnrestricted(tools)) return { ok: true, value: { prompt, warnings: [] } };
	const hidden = hiddenTools(prompt, tools);
	if (hidden !== undefined) {
		return { ok: false, problem: gatewayError("NO_TOOLS_AVAILABLE", { message: `${hidden} brings in tools that are not allowed here`, param: hidden }) };
	}
	if (prompt.tools === undefined || prompt.tools.length === 0) return { ok: true, value: { prompt, warnings: [] } };
	const remaining = prompt.tools.filter((tool) => isToolAllowed(tools, tool.name));
	if (remaining.length === 0) return { ok: false, problem: gatewayError("NO_TOOLS_AVAILABLE") };
	if (remaining.length === prompt.tools.length) return { ok: true, value: { prompt, warnings: [] } };
	const choice = prompt.toolChoice;
	if (choice?.type === "tool" && !isToolAllowed(tools, choice.toolName)) {
		return {
			ok: false,
			problem: gatewayError("NO_TOOLS_AVAILABLE", { message: `The tool ${choice.toolName} that tool_choice asks for is not allowed here` }),
		};
	}
	const warnings = prompt.tools
		.filter((tool) => !remaining.includes(tool))
		.map((tool): Warning => ({ code: "unsupported-tool", field: `tools.${tool.name}`, message: `The tool ${tool.name} is not allowed here and was left out` }));
	const toolChoice =
		choice?.type === "allowed" ? { ...choice, toolNames: choice.toolNames.filter((name) => isToolAllowed(tools, name)) } : choice;
	return { ok: true, value: { prompt: { ...prompt, tools: remaining, ...(toolChoice === undefined ? {} : { toolChoice }) }, warnings } };
}

/**
 * Fields of callers' dialects whose tools only the provider knows: MCP servers name theirs later, OpenAI's stored prompts and Google's
 * cached contents were given theirs before. None of them can be judged here, so a policy that forbids anything refuses them.
 */
const unknownTools = ["mcp_servers", "prompt", "cachedContent"] as const;

/** A field that lets the provider run tools which stand in no list. */
function hiddenTools({ extras }: Prompt, tools: EffectiveTools): string | undefined {
	const unknown = unknownTools.find((field) => extras?.fields[field] !== undefined);
	if (unknown !== undefined) return unknown;
	if (extras?.fields["web_search_options"] !== undefined && !isToolAllowed(tools, "web_search")) return "web_search_options";
	return undefined;
}

/** An event or a part: only those that name a tool matter. */
export interface NamedToolUse {
	readonly type: string;
	readonly toolName?: string;
	readonly providerExecuted?: true;
}

/** The first tool among the events that is not allowed: models can call tools that nobody offered. */
export function forbiddenToolCall(events: readonly NamedToolUse[], tools: EffectiveTools): string | undefined {
	if (isUnrestricted(tools)) return undefined;
	const isAllowed = (toolName: string, isRun: boolean) => (isRun ? isRunAllowed(tools, toolName) : isToolAllowed(tools, toolName));
	return events.find(({ toolName, providerExecuted = false }) => toolName !== undefined && !isAllowed(toolName, providerExecuted))?.toolName;
}
