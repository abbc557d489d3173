import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the fake has heard, and with which tools it was started. */
export interface Said {
	readonly text: string;
	readonly files: number;
	readonly history: readonly string[];
	readonly tools: readonly string[];
	readonly allowed: readonly string[];
	readonly schema: string | undefined;
}

export type Line = Readonly<Record<string, unknown>>;
/** A line of the output, text that is none, or something that happens. */
export type Step = string | Line | (() => Promise<void> | void);

export interface Stage {
	readonly home: string;
	log(entry: object): void;
}

export interface Act {
	readonly text: string;
	readonly steps: readonly Step[];
	/** Fields of the result that are not those of a plain answer. */
	readonly result?: { readonly is_error?: boolean } & Line;
	before?(stage: Stage): Promise<void> | void;
}

const hang: Step = () =>
	new Promise<void>(() => {
		setInterval(() => undefined, 60_000);
	});

export function actOf(model: string, said: Said): Act {
	return (acts[model] ?? echo)(said);
}

/** Everything that the model knows of the conversation, so that a test sees what a session remembers. */
function echo({ text, history, files, schema }: Said): Act {
	if (schema !== undefined) return { text: '{"answer":42}', steps: [], result: { structured_output: { answer: 42 }, stop_reason: "tool_use" } };
	const answer = `${[...history, text].join(" | ")}${files === 0 ? "" : ` (+${files} files)`}`;
	return { text: answer, steps: message([{ type: "text", text: answer }]) };
}

const acts: Readonly<Record<string, (said: Said) => Act>> = {
	think: () => ({ text: "Done", steps: message([{ type: "thinking", thinking: "Hm", signature: "c2ln" }, { type: "text", text: "Done" }]) }),
	bash: useBash,
	/** As where the stream of a message fell back to a whole one: no `stream_event` at all. */
	quiet: () => ({ text: "Whole", steps: message([{ type: "text", text: "Whole" }]).filter((step) => typeof step === "object" && !("event" in step)) }),
	noisy: () => ({ text: "Hi", steps: ["(node:1) Warning: secret-path /root", ...message([{ type: "text", text: "Hi" }]), "not json {"] }),
	huge: () => ({ text: "", steps: [JSON.stringify({ type: "system", text: "x".repeat(9 * 1024 * 1024) })] }),
	hang: () => ({ text: "", steps: [...begun("Begun"), hang] }),
	mute: () => ({ text: "", steps: [hang] }),
	stubborn: () => ({
		text: "",
		steps: [...begun("Begun"), hang],
		before: () => void process.on("SIGTERM", () => undefined),
	}),
	/** Starts a process that ignores SIGTERM and holds its output open. */
	parent: () => ({ text: "", steps: [...begun("Begun"), hang], before: startStubborn }),
	leaver: () => ({ text: "Bye", steps: message([{ type: "text", text: "Bye" }]), before: startStubborn }),
	cut: () => ({ text: "", steps: [...begun("Half"), () => void process.kill(process.pid, "SIGKILL"), hang] }),
	exit: () => ({ text: "", steps: [...begun("Half"), () => process.exit(7)] }),
	crash: () => ({
		text: "",
		steps: [],
		before() {
			process.stderr.write("TypeError at /root/secret.js: sk-ant-secret\n");
			process.exit(3);
		},
	}),
	/** Writes as fast as it is read, and says how much. */
	flood: () => ({ text: "", steps: [], before: flood }),
	"logged-out": failed("Not logged in · Please run /login"),
	unauthorized: failed("Invalid API key · Fix external API key", 401),
	limited: failed("API Error: Request rejected (429) · Number of requests has exceeded your rate limit", 429),
	overloaded: failed("API Error: 529 Overloaded. This is a server-side issue", 529),
	"max-turns": () => ({ text: "", steps: [], result: { subtype: "error_max_turns", is_error: true, result: undefined, errors: [] } }),
};

function failed(text: string, status: number | null = null): () => Act {
	const content = [{ type: "text", text }];
	return () => ({
		text,
		steps: [{ type: "assistant", message: { model: "<synthetic>", role: "assistant", content }, error: "unknown" }],
		result: { is_error: true, api_error_status: status, stop_reason: "stop_sequence" },
	});
}

function useBash({ tools, allowed }: Said): Act {
	const isAllowed = tools.includes("Bash") && allowed.some((rule) => rule.startsWith("Bash"));
	const call = { type: "tool_use", id: "toolu_1", name: "Bash", input: { command: "ls" } };
	const content = isAllowed ? "a.txt" : "Error: No such tool available: Bash";
	return {
		text: "Looked",
		steps: [
			...message([{ type: "text", text: "Let me look. " }, call], "tool_use"),
			{ type: "user", message: { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content, is_error: !isAllowed }] } },
			{ type: "stream_event", parent_tool_use_id: "toolu_1", event: { type: "message_start", message: { id: "msg_sub" } } },
			...message([{ type: "text", text: "Looked" }]),
		],
		result: { num_turns: 2, ...(isAllowed ? {} : { permission_denials: [{ tool_name: "Bash", tool_use_id: "toolu_1", tool_input: {} }] }) },
	};
}

type Block = { readonly type: string; readonly text?: string; readonly thinking?: string; readonly signature?: string; readonly input?: unknown };

const usage = { input_tokens: 10, cache_creation_input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 1 };
const event = (value: Line): Line => ({ type: "stream_event", event: value });
const start = event({ type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model: "claude-fake-1", content: [], stop_reason: null, usage } });

/** A message of the model, streamed; each block whole as well, as it is printed between the events. */
function message(blocks: readonly Block[], stopReason = "end_turn"): readonly Step[] {
	return [
		start,
		...blocks.flatMap((block, index) => [
			event({ type: "content_block_start", index, content_block: emptied(block) }),
			...deltas(block).map((delta) => event({ type: "content_block_delta", index, delta })),
			{ type: "assistant", message: { id: "msg_1", model: "claude-fake-1", role: "assistant", content: [block], stop_reason: null, usage } },
			event({ type: "content_block_stop", index }),
		]),
		event({ type: "message_delta", delta: { stop_reason: stopReason }, usage: { output_tokens: 7 } }),
		event({ type: "message_stop" }),
	];
}

function begun(text: string): readonly Step[] {
	return message([{ type: "text", text }]).slice(0, 3);
}

function emptied(block: Block): Line {
	if (block.type === "text") return { type: "text", text: "" };
	return block.type === "thinking" ? { type: "thinking", thinking: "", signature: "" } : { ...block, input: {} };
}

function deltas(block: Block): readonly Line[] {
	if (block.text !== undefined) return block.text.match(/.{1,8}/gs)?.map((text) => ({ type: "text_delta", text })) ?? [];
	if (block.thinking === undefined) return [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
	return [{ type: "thinking_delta", thinking: block.thinking }, { type: "signature_delta", signature: block.signature }];
}

function startStubborn({ log }: Stage): Promise<void> {
	const script = "process.on('SIGTERM', () => undefined); process.send('ready'); process.disconnect(); setInterval(() => undefined, 1000)";
	const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
	return new Promise((resolve) => {
		child.once("message", () => {
			log({ grandchild: child.pid });
			child.unref();
			resolve();
		});
	});
}

async function flood({ home }: Stage): Promise<void> {
	const line = `${JSON.stringify({ type: "system", subtype: "status", padding: "x".repeat(64 * 1024) })}\n`;
	for (let written = line.length; ; written += line.length) {
		await new Promise((resolve) => process.stdout.write(line, resolve));
		writeFileSync(join(home, "written"), String(written));
	}
}
