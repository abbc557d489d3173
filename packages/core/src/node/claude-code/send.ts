import { readAll } from "../../effects/byte-source.ts";
import type { Invocation, ProcessReport } from "../../rules/dialects/claude-code/invocation.ts";
import { processReport } from "../../rules/dialects/claude-code/invocation.ts";
import { firstSpokenLine, isSessionUnknown } from "../../rules/dialects/claude-code/own-metadata.ts";
import { type ByteSource, type Send, SendError, type UpstreamResponse } from "../../rules/providers/transport.ts";
import { type Child, type Start, startChild } from "./child.ts";

export interface ClaudeCodeSendOptions extends Omit<Start, "args" | "input"> {
	/** The longest that one answer may take, in milliseconds. */
	readonly wholeMs: number;
	readonly streamMs: number;
	readonly maxProcesses: number;
	/** How long a process that runs tools may be silent before somebody is told that it is well. */
	readonly silenceMs: number;
}

/** A send that starts a process for each request and answers with what it prints. */
export function claudeCodeSend({ wholeMs, streamMs, maxProcesses, silenceMs, ...setting }: ClaudeCodeSendOptions): Send {
	let processes = 0;

	return async ({ body = "", signal }) => {
		const { runs, answer, mayBeSilent }: Invocation = JSON.parse(body);
		const isStreamed = answer === "lines";
		const [first, ...others] = runs;
		for (let run = first, next = others.shift(); ; run = next, next = others.shift()) {
			if (signal.aborted) throw aborted();
			if (processes >= maxProcesses) return reportResponse({ type: processReport, reason: "busy" });
			processes++;
			const child = startChild({ ...setting, ...run });
			child.ended.then(() => processes--);
			const output = createOutput(child, signal, isStreamed ? streamMs : wholeMs);
			const response = isStreamed ? await streamed(output, mayBeSilent ? silenceMs : Number.POSITIVE_INFINITY) : await whole(output);
			if (next === undefined || !response.isSessionUnknown) return response;
			response.body.cancel();
		}
	};
}

interface RunResponse extends UpstreamResponse {
	/** Claude Code has forgotten the session that it was to go on with. */
	readonly isSessionUnknown: boolean;
}

/** The output of a process that is ended by an abort and by its limit of time. */
interface Output extends ByteSource {
	/** Once the output has ended: how the process did. */
	report(): Promise<ProcessReport>;
}

function createOutput(child: Child, signal: AbortSignal, limitMs: number): Output {
	let isLate = false;
	let isCancelled = false;

	function cancel(): void {
		isCancelled = true;
		child.stop();
		child.abandon(aborted());
	}

	const timer = setTimeout(() => {
		isLate = true;
		child.stop();
	}, limitMs);
	timer.unref();
	signal.addEventListener("abort", cancel, { once: true });
	child.ended.then(() => {
		clearTimeout(timer);
		signal.removeEventListener("abort", cancel);
	});

	return {
		cancel,
		read: child.read,
		async report() {
			const end = await child.ended;
			if (isCancelled) throw aborted();
			return { type: processReport, ...(isLate ? { reason: "time" } : end) };
		},
	};
}

/** It did what it was to do, as far as a process can tell. */
function isClean({ reason, exitCode }: ProcessReport): boolean {
	return reason === "exit" && exitCode === 0;
}

const maxWholeBytes = 64 * 1024 * 1024;

async function whole(output: Output): Promise<RunResponse> {
	const { value } = await readAll(output, maxWholeBytes);
	const report = await output.report();
	const lastLine = value.trimEnd().split("\n").at(-1) ?? "";
	const isSessionLost = isSessionUnknown(lastLine, report.stderr);
	// An answer that tells of a failure ends the process with a code as well: what it says is worth more than the code.
	const isTold = report.reason === "exit" && lastLine.startsWith("{");
	const response = isTold || isClean(report) ? { status: 200, headers: {}, body: bytesSource(lastLine) } : reportResponse(report);
	return { ...response, isSessionUnknown: isSessionLost };
}

async function streamed(output: Output, silenceMs: number): Promise<RunResponse> {
	const decoder = new TextDecoder();
	const held: Uint8Array[] = [];
	let beginning = "";
	let line: string | undefined;
	while (line === undefined && beginning.length < maxHeldLength) {
		const chunk = await output.read();
		if (chunk === undefined) break;
		held.push(chunk);
		beginning += decoder.decode(chunk, { stream: true });
		line = firstSpokenLine(beginning);
	}
	const response: UpstreamResponse = { status: 200, headers: {}, body: lineSource(output, held, silenceMs) };
	if (line !== undefined && !isSessionUnknown(line)) return { ...response, isSessionUnknown: false };
	if (beginning.length >= maxHeldLength) return { ...response, isSessionUnknown: false };
	const report = await output.report();
	const isSessionLost = isSessionUnknown(line ?? "", report.stderr);
	return { ...(held.length > 0 || isClean(report) ? response : reportResponse(report)), isSessionUnknown: isSessionLost };
}
const maxHeldLength = 64 * 1024;

/** What was read already, then the rest; and where the process did not end well, a last line that says so. */
function lineSource(output: Output, held: readonly Uint8Array[], silenceMs: number): ByteSource {
	const begun = [...held];
	let pending: Promise<Uint8Array | undefined> | undefined;
	let isOver = false;
	/** Between two lines there is room for another. */
	let isBetween = true;

	async function next(): Promise<Uint8Array | undefined> {
		const chunk = await output.read();
		if (chunk !== undefined || isOver) return chunk;
		isOver = true;
		const report = await output.report();
		return isClean(report) ? undefined : bytes(`\n${JSON.stringify(report)}\n`);
	}

	return {
		cancel: output.cancel,
		async read() {
			pending ??= begun.length > 0 ? Promise.resolve(begun.shift()) : next();
			const chunk = isBetween && silenceMs !== Number.POSITIVE_INFINITY ? await orSilence(pending, silenceMs) : await pending;
			if (chunk === silence) return silence;
			pending = undefined;
			isBetween = chunk?.at(-1) === lineFeed;
			return chunk;
		},
	};
}

const lineFeed = 0x0a;
/** An empty line. */
const silence = new Uint8Array([lineFeed]);

function orSilence(read: Promise<Uint8Array | undefined>, silenceMs: number): Promise<Uint8Array | undefined> {
	const { promise, resolve } = Promise.withResolvers<Uint8Array>();
	const timer = setTimeout(() => resolve(silence), silenceMs);
	timer.unref();
	return Promise.race([read, promise]).finally(() => clearTimeout(timer));
}

function reportResponse(report: ProcessReport): UpstreamResponse {
	return { status: report.reason === "time" ? 504 : 503, headers: {}, body: bytesSource(JSON.stringify(report)) };
}

function bytesSource(text: string): ByteSource {
	let rest: Uint8Array | undefined = bytes(text);
	return {
		cancel: () => undefined,
		read() {
			const chunk = rest;
			rest = undefined;
			return Promise.resolve(chunk);
		},
	};
}

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

function aborted(): SendError {
	return new SendError("aborted", "The request was cancelled");
}
