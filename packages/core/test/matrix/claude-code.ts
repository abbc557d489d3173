import type { JsonObject } from "../../src/contract/json.ts";
import type { Answer } from "../../src/contract/stream-event.ts";
import { claudeCode, simulator, type Provider } from "../../src/node/index.ts";
import type { Simulator } from "../../src/effects/simulator/simulator.ts";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import type { Invocation, Run } from "../../src/rules/dialects/claude-code/invocation.ts";
import { asObject, asText } from "../../src/rules/dialects/json-fields.ts";
import type { ByteSource, UpstreamRequest, UpstreamResponse } from "../../src/rules/providers/transport.ts";
import { event, result } from "../rules/dialects/claude-code/lines.ts";
import { linesOf, resultOf } from "../rules/dialects/claude-code/stand-in.ts";

/**
 * Claude Code with the simulator's models: what a process would be started with is asked of the simulator as Anthropic's messages, and
 * what that answers is told in Claude Code's lines. The process itself has its own tests.
 */
export function claudeCodeSimulator(): Simulator {
	const sim = simulator({ dialect: "anthropic-messages" });
	return {
		...sim,
		dialect: "claude-code",
		quirks: claudeCode().quirks,
		async send(request) {
			const { run, isStreamed } = invocationOf(request);
			const body = JSON.stringify(messagesRequest(run, isStreamed));
			const answered = await sim.send({ ...request, url: "http://simulator.invalid/v1/messages", body });
			if (answered.status >= 400) return { status: 200, headers: {}, body: linesSource([failed(answered.status, await textOf(answered.body))]) };
			return { status: 200, headers: {}, body: isStreamed ? asLines(answered.body) : linesSource([wholeOf(await textOf(answered.body))]) };
		},
	};
}

/** Claude Code whose answers are given. */
export function claudeCodeAnswering(answerTo: (request: UpstreamRequest) => Answer): Provider {
	return {
		...claudeCodeSimulator(),
		send(request): Promise<UpstreamResponse> {
			const answer = answerTo(request);
			const lines = invocationOf(request).isStreamed ? linesOf(answer) : [resultOf(answer)];
			return Promise.resolve({ status: 200, headers: {}, body: linesSource(lines) });
		},
	};
}

function invocationOf({ body = "" }: UpstreamRequest): { readonly run: Run; readonly isStreamed: boolean } {
	const { runs, answer }: Invocation = JSON.parse(body);
	return { run: runs.at(-1) ?? runs[0], isStreamed: answer === "lines" };
}

function messagesRequest({ args, input }: Run, stream: boolean): JsonObject {
	const flag = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
	const schema = flag("--json-schema");
	return {
		model: flag("--model") ?? "echo",
		stream,
		max_tokens: 4096,
		system: flag("--system-prompt") ?? "",
		messages: [{ role: "user", content: flag("--input-format") === "stream-json" ? JSON.parse(input).message.content : input }],
		...(schema === undefined ? {} : { output_config: { format: { type: "json_schema", schema: JSON.parse(schema) } } }),
	};
}

/** Claude Code takes an answer that was cut, and a refusal, for failures. */
function endOf(answer: Answer): JsonObject {
	const told = resultOf(answer);
	if (answer.finish.reason === "length") return { ...told, is_error: true, result: "API Error: Claude's response exceeded the 4096 output token maximum." };
	return answer.finish.reason === "content-filter" ? { ...told, is_error: true, result: "API Error: Claude Code is unable to respond to this request" } : told;
}

function failed(status: number, text: string): JsonObject {
	const message = asText(asObject(asObject(JSON.parse(text))?.error)?.message) ?? "";
	return result({ is_error: true, api_error_status: status, result: `API Error: ${status} ${message}` });
}

function wholeOf(text: string): JsonObject {
	const decoded = anthropicMessages.provider.decodeAnswer(JSON.parse(text));
	if (!decoded.ok) throw new Error(decoded.problem.message);
	return endOf(decoded.value);
}

/** The events of an answer as they come, and at their end the result. */
function asLines(body: ByteSource): ByteSource {
	const decoder = new TextDecoder();
	let rest = "";
	let stopReason: unknown;
	let isOver = false;

	function take(text: string): readonly JsonObject[] {
		const frames = (rest + text).split("\n\n");
		rest = frames.pop() ?? "";
		return frames.flatMap((frame): readonly JsonObject[] => {
			const data = asObject(JSON.parse(frame.slice(frame.indexOf("data: ") + "data: ".length))) ?? {};
			stopReason = asObject(data.delta)?.stop_reason ?? stopReason;
			isOver ||= data.type === "error";
			return data.type === "error" ? [failed(529, JSON.stringify(data))] : [event(data)];
		});
	}

	return {
		cancel: () => body.cancel(),
		async read() {
			while (!isOver) {
				const chunk = await body.read();
				isOver ||= chunk === undefined;
				const reason = stopReason === "max_tokens" ? "length" : stopReason === "refusal" ? "content-filter" : "stop";
				const lines = chunk === undefined ? [endOf({ content: [], finish: { reason, usage: { inputTokens: 1, outputTokens: 1 } } })] : take(decoder.decode(chunk, { stream: true }));
				if (lines.length > 0) return bytesOf(lines);
			}
			return undefined;
		},
	};
}

async function textOf(body: ByteSource): Promise<string> {
	const chunks: Uint8Array[] = [];
	for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

function linesSource(lines: readonly JsonObject[]): ByteSource {
	const rest = [bytesOf(lines)];
	return { read: () => Promise.resolve(rest.shift()), cancel: () => void rest.splice(0) };
}

function bytesOf(lines: readonly JsonObject[]): Uint8Array {
	return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
