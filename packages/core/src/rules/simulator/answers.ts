import type { FunctionTool, Prompt, ToolCallPart } from "../../contract/prompt.ts";
import { instanceOf } from "./instance.ts";
import { lastToolResults, lastUserInput, outputText, wantedSchema } from "./prompt-text.ts";
import type { Scene, Script, Step } from "./script.ts";
import { isSigned, signed } from "./signature.ts";
import { answer, finish, open, sayPart, sayText, slices, withinSettings, words } from "./speech.ts";

/** Says what it is, and then the last user text exactly as it came. Obeys where JSON or a tool call is demanded. */
export const echo: Script = (scene) => {
	if (mustCall(scene)) return tools(scene);
	return wantsJson(scene.prompt) ? json(scene) : answer(scene, echoText(scene.prompt));
};

/** A forced tool is also how clients ask for JSON where they know of nothing better. */
function mustCall({ prompt: { toolChoice } }: Scene): boolean {
	return toolChoice?.type === "required" || toolChoice?.type === "tool";
}

function echoText(prompt: Prompt): string {
	const { text, mediaTypes } = lastUserInput(prompt);
	const files = mediaTypes.length === 0 ? "" : ` (with ${mediaTypes.join(", ")})`;
	return `This is Postern's simulator: no model was asked. You said${files}: ${text}`;
}

function wantsJson({ output }: Prompt): boolean {
	return output?.type === "json" || output?.type === "json-schema";
}

/** An instance of the wanted schema, as a native structured answer comes: JSON and nothing else. Obeys a forced tool. */
export const json: Script = function* (scene) {
	if (mustCall(scene)) return yield* tools(scene);
	const schema = wantedSchema(scene.prompt);
	const pieces = slices(JSON.stringify(schema === undefined ? { simulated: true } : instanceOf(schema)));
	yield* open(scene);
	yield* sayText(scene, pieces);
	yield* finish(scene, pieces.length);
};

/** Talks where JSON is asked for. */
export const prose: Script = (scene) => answer(scene, "The simulator was asked for JSON and talks instead.");

/** Talks at first and gives JSON when asked again: for the repair of an object. */
export const repair: Script = (scene) => (scene.turn % 2 === 1 ? prose(scene) : json(scene));

/** Calls every tool that it may call; answers with a quotation once it has their results. */
export const tools: Script = function* (scene) {
	const results = lastToolResults(scene.prompt);
	const calls = callsFor(scene);
	if (results.length > 0) yield* answer(scene, quote(scene.prompt));
	else if (calls.length === 0) yield* answer(scene, "The simulator was offered no tool that it may call.");
	else {
		yield* open(scene);
		yield* sayCalls(scene, calls, true);
		yield* finish(scene, calls.length, "tool-calls");
	}
};

function quote(prompt: Prompt): string {
	const quotations = lastToolResults(prompt).map(
		({ toolCallId, output, isError }) => `${toolCallId} ${isError === true ? "failed" : "returned"} ${JSON.stringify(outputText(output))}`,
	);
	return `The tools answered: ${quotations.join("; ")}.`;
}

function callsFor({ prompt, callPrefix }: Scene): readonly ToolCallPart[] {
	const choice = prompt.toolChoice ?? { type: "auto" };
	if (choice.type === "none") return [];
	const offered = (prompt.tools ?? []).filter((tool): tool is FunctionTool => tool.type === "function");
	const allowed = offered.filter(({ name }) =>
		choice.type === "tool" ? name === choice.toolName : choice.type !== "allowed" || choice.toolNames.includes(name),
	);
	return (prompt.parallelToolCalls === false ? allowed.slice(0, 1) : allowed).map((tool, index) => ({
		type: "tool-call",
		toolCallId: `${callPrefix}_${index + 1}`,
		toolName: tool.name,
		input: JSON.stringify(instanceOf({ type: "object", ...tool.inputSchema })),
	}));
}

function* sayCalls(scene: Scene, calls: readonly ToolCallPart[], isFirst: boolean): Iterable<Step> {
	for (const [index, call] of calls.entries()) {
		const id = call.toolCallId;
		// A call without arguments comes without a delta, as Anthropic's do.
		const pieces = call.input === "{}" ? [] : slices(call.input);
		yield* sayPart(
			scene,
			{
				start: { type: "tool-input-start", id, toolName: call.toolName },
				delta: (delta) => ({ type: "tool-input-delta", id, delta }),
				end: [{ type: "tool-input-end", id }, call],
			},
			pieces,
			isFirst && index === 0,
		);
	}
}

/**
 * Thinks aloud with a signature, then calls the tools it was offered or answers. Reasoning that comes back with another signature
 * than it was given is refused, as Anthropic does.
 */
export const reasoning: Script = function* (scene) {
	const returned = scene.prompt.messages.flatMap((message) => (message.role === "assistant" ? message.content : []));
	const thoughts = returned.filter((part) => part.type === "reasoning");
	if (thoughts.some((part) => !isSigned(part))) return yield { type: "refuse", error: "bad-signature" };

	const thought = `The user says ${lastUserInput(scene.prompt).text.length} characters. I shall repeat them.`;
	const pieces = words(thought);
	const id = "reasoning";
	yield* open(scene);
	yield* sayPart(
		scene,
		{
			start: { type: "reasoning-start", id },
			delta: (delta) => ({ type: "reasoning-delta", id, delta }),
			end: [{ type: "reasoning-end", id, metadata: signed(thought, scene.dialect) }],
		},
		pieces,
	);
	const calls = lastToolResults(scene.prompt).length > 0 ? [] : callsFor(scene);
	if (calls.length > 0) {
		yield* sayCalls(scene, calls, false);
		return yield* finish(scene, pieces.length + calls.length, "tool-calls", pieces.length);
	}
	const heard = lastToolResults(scene.prompt).length > 0 ? quote(scene.prompt) : echoText(scene.prompt);
	const said = withinSettings(`${heard}${thoughts.length > 0 ? ` (${thoughts.length} of my thoughts came back)` : ""}`, scene.prompt.settings);
	yield* sayText(scene, said.pieces, { isFirst: false });
	yield* finish(scene, pieces.length + said.pieces.length, said.finish, pieces.length);
};

/** `slow-200`: 200 ms before the first word and before every further one. */
export const slow: Script = (scene) => echo({ ...scene, firstMs: scene.parameter ?? 1000, deltaMs: scene.parameter ?? 100 });

/** `long-5000`: so many words. */
export const long: Script = function* (scene) {
	const pieces = Array.from({ length: scene.parameter ?? 1000 }, (_, index) => `${index === 0 ? "" : " "}word${index + 1}`);
	yield* open(scene);
	yield* sayText(scene, pieces);
	yield* finish(scene, pieces.length);
};

/** OpenAI ends a refusal with `stop`, Anthropic with a reason of its own. */
export const refusal: Script = function* (scene) {
	const pieces = words("The simulator refuses to answer this.");
	yield* open(scene);
	yield* sayText(scene, pieces, { refusal: true });
	yield* finish(scene, pieces.length, scene.dialect === "anthropic-messages" ? "content-filter" : "stop");
};

/** Runs into its token limit: in the middle of a tool's arguments where tools are offered. */
export const length: Script = function* (scene) {
	yield* open(scene);
	const [call] = callsFor(scene);
	if (call === undefined) {
		const pieces = words("This answer ends in the middle of a");
		yield* sayText(scene, pieces);
		return yield* finish(scene, pieces.length, "length");
	}
	const input = call.input.slice(0, Math.ceil(call.input.length / 2));
	yield* sayCalls(scene, [{ ...call, input, incomplete: true }], true);
	yield* finish(scene, 1, "length");
};
