import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { type Act, actOf, type Said } from "./acts.ts";
import { type CommandLine, readCommandLine, UsageError } from "./command-line.ts";

/**
 * A `claude` that needs no model: it checks its command line as the real one does, keeps sessions, reads in files that a prompt names and
 * runs commands that stand in front of it, prints what the real one prints. Which act it plays is the name of its model.
 */
const home = process.env.HOME ?? "";

/** One line for each start, for the test to look at. */
function log(entry: object): void {
	appendFileSync(join(home, "log.jsonl"), `${JSON.stringify({ pid: process.pid, ...entry })}\n`);
}

function print(value: unknown): Promise<void> {
	return new Promise((resolve) => process.stdout.write(`${typeof value === "string" ? value : JSON.stringify(value)}\n`, () => resolve()));
}

function refuse(message: string): never {
	process.stderr.write(`${message}\n`);
	process.exit(1);
}

async function readInput(): Promise<string> {
	let text = "";
	process.stdin.setEncoding("utf8");
	for await (const chunk of process.stdin) text += chunk;
	return text;
}

let line: CommandLine;
try {
	line = readCommandLine(process.argv.slice(2));
} catch (error) {
	refuse(error instanceof UsageError ? error.message : String(error));
}
const input = await readInput();
const { ANTHROPIC_API_KEY, CLAUDE_CODE_OAUTH_TOKEN, CLAUDE_CODE_DISABLE_ATTACHMENTS } = process.env;
log({ args: process.argv.slice(2), input, cwd: process.cwd(), variables: Object.keys(process.env).sort() });

const isLined = line.values.get("--output-format") === "stream-json";
const isPartial = line.flags.has("--include-partial-messages");
const resumed = line.values.get("--resume");
const sessionFile = (id: string) => join(home, "sessions", `${id}.json`);
if (resumed !== undefined && !existsSync(sessionFile(resumed))) {
	process.stderr.write(`No conversation found with session ID: ${resumed}\n`);
	await print({ ...result(resumed, ""), subtype: "error_during_execution", is_error: true, num_turns: 0, result: undefined, errors: [`No conversation found with session ID: ${resumed}`] });
	process.exit(1);
}
const history: readonly string[] = resumed === undefined ? [] : JSON.parse(readFileSync(sessionFile(resumed), "utf8"));
const sessionId = resumed === undefined || line.flags.has("--fork-session") ? randomUUID() : resumed;

function result(id: string, text: string) {
	return {
		type: "result",
		subtype: "success",
		is_error: false,
		api_error_status: null,
		num_turns: 1,
		result: text,
		stop_reason: "end_turn",
		session_id: id,
		total_cost_usd: 0.0025,
		usage: { input_tokens: 10, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 7, service_tier: "standard" },
		modelUsage: { "claude-fake-1[1m]": { inputTokens: 10 } },
		permission_denials: [],
	};
}

/** What the user says, as it would reach the model. */
function heard(): { readonly text: string; readonly files: number } | "command" {
	const text = line.values.get("--input-format") === "stream-json" ? undefined : input;
	const content: readonly { type: string; text?: string }[] = text === undefined ? JSON.parse(input).message.content : [{ type: "text", text }];
	const said = content.map((block) => block.text ?? "").join("");
	if (content.at(-1)?.text?.startsWith("/")) return "command";
	const named = /(?:^|\s)@(\S+)/.exec(said)?.[1];
	const denied = line.values.get("--settings")?.includes("Read(//**)") === true;
	const read = named !== undefined && CLAUDE_CODE_DISABLE_ATTACHMENTS !== "1" && !denied && existsSync(named) ? `\n[read ${readFileSync(named, "utf8")}]` : "";
	return { text: said + read, files: content.filter(({ type }) => type !== "text").length };
}

const now = heard();
if (now === "command") {
	await print(result(sessionId, "Unknown command"));
	process.exit(0);
}
if (now.text.trim() === "" && now.files === 0) refuse("Error: Input must be provided either through stdin or as a prompt argument when using --print");

const said: Said = { ...now, history, tools: line.lists.get("--tools") ?? ["default"], allowed: line.lists.get("--allowedTools") ?? [], schema: line.values.get("--json-schema") };
const model = line.values.get("--model") ?? "echo";
const act: Act = ANTHROPIC_API_KEY === undefined && CLAUDE_CODE_OAUTH_TOKEN === undefined ? actOf("logged-out", said) : actOf(model, said);

await act.before?.({ log, home });
if (isLined) {
	await print({ type: "system", subtype: "init", session_id: sessionId, tools: said.tools, model, cwd: process.cwd() });
	await print({ type: "system", subtype: "status", status: "requesting", session_id: sessionId });
}
for (const step of act.steps) {
	if (typeof step === "function") await step();
	else if (typeof step === "string") await print(step);
	else if (isLined && (isPartial || step["type"] !== "stream_event")) await print({ parent_tool_use_id: null, ...step, session_id: sessionId });
}
mkdirSync(join(home, "sessions"), { recursive: true });
writeFileSync(sessionFile(sessionId), JSON.stringify([...history, now.text, act.text]));
await print({ ...result(sessionId, act.text), ...act.result });
process.exit(act.result?.is_error === true ? 1 : 0);
