import type { Failure } from "../contract/failure.ts";
import type { DialectId, Prompt, Warning } from "../contract/prompt.ts";
import type { Answer, StreamEvent } from "../contract/stream-event.ts";
import { providerCodecs } from "../rules/dialects/index.ts";
import type { Decoded, EncodeRequestOptions, PassedText } from "../rules/dialects/dialect.ts";
import { createPassThrough, type PassThrough, type PassThroughOptions } from "../rules/dialects/pass-through.ts";
import { adaptOutput, unwrapOutput } from "../rules/output/structured.ts";
import type { Target } from "../rules/routing/plan.ts";
import type { Provider } from "../rules/providers/provider.ts";
import type { ByteSource, UpstreamResponse } from "../rules/providers/transport.ts";
import { hasContent } from "../rules/routing/commit.ts";
import type { Runtime } from "./runtime.ts";
import { type AttemptClocks, cleaned, createUpstreamCall, isFailure, readJson, timeout, type UpstreamCall } from "./upstream-call.ts";

/** One try with one target. `abort` ends it at any moment, with the reason. */
export interface Attempt {
	readonly target: Target;
	abort(reason: Failure): void;
	whole(prompt: Prompt): Promise<Decoded<AnsweredWhole, Failure>>;
	/** Resolves at the commit: when the first content has come, or the end. Until then every failure is a value without output. */
	stream(prompt: Prompt): Promise<Decoded<AnsweredStream, Failure>>;
}

/** What one read gave. */
export type Batch = readonly (StreamEvent | PassedText)[];

/** For a caller who speaks a provider's dialect: its answers may pass as they are. */
export interface PassThroughRequest extends PassThroughOptions {
	readonly dialect: DialectId;
}

export interface AnsweredWhole {
	readonly answer: Answer;
	/** The provider's own text, where it may pass as it is: `answer` need not hold its content then. */
	readonly passed?: string;
	readonly warnings: readonly Warning[];
}

export interface AnsweredStream {
	readonly warnings: readonly Warning[];
	/** The events up to and with the first content. */
	readonly held: Batch;
	/** The events of the next read; the last batch ends with `finish` or `error`. Not to be called after that. */
	read(): Promise<Batch>;
	/** To be called once nothing more will be read: stops the clock. */
	stop(): void;
}

/** @param pass where the answer need not be looked at beyond its usage and its end. */
export function createAttempt(target: Target, clocks: AttemptClocks, runtime: Runtime, pass?: PassThroughRequest): Attempt {
	const { provider, model } = target;
	const codec = providerCodecs[provider.dialect];
	const call = createUpstreamCall(provider, codec, clocks, runtime);
	const passThrough = pass?.dialect === provider.dialect ? codec.passThrough : undefined;
	const options = (stream: boolean): EncodeRequestOptions => ({ model, stream, quirks: provider.quirks });

	return {
		target,
		abort: call.abort,

		async whole(prompt) {
			const adapted = adaptOutput(prompt, provider);
			const asked = options(false);
			const request = codec.encodeRequest(adapted.prompt, asked);
			const response = await call.send(codec.path(asked), request);
			if (isFailure(response)) return { ok: false, problem: response };
			try {
				const read = await readJson(response.body);
				if (!("json" in read)) return { ok: false, problem: read };
				const warnings = [...adapted.warnings, ...request.warnings];
				const tapped = adapted.isPrompted ? undefined : passThrough?.tapAnswer?.(read.json);
				if (tapped !== undefined) return { ok: true, value: { answer: { content: [], finish: tapped }, warnings, passed: read.text } };
				const decoded = codec.decodeAnswer(read.json);
				if (!decoded.ok) return { ok: false, problem: cleaned(decoded.problem, provider.secrets) };
				if (adapted.isPrompted) return { ok: true, value: { answer: unwrapOutput(decoded.value), warnings } };
				return { ok: true, value: { answer: decoded.value, warnings, ...(passThrough === undefined ? {} : { passed: read.text }) } };
			} catch (error) {
				return { ok: false, problem: call.failureFrom(error) };
			}
		},

		async stream(prompt) {
			const adapted = adaptOutput(prompt, provider);
			const asked = options(true);
			const request = codec.encodeRequest(adapted.prompt, asked);
			const cancelFirst = runtime.schedule(clocks.firstEventMs, () => call.abort(timeout("first-event")));
			try {
				const response = await call.send(codec.path(asked), request);
				if (isFailure(response)) return { ok: false, problem: response };
				const isPassed = pass !== undefined && passThrough !== undefined && !adapted.isPrompted;
				const decoder = isPassed ? createPassThrough(codec, passThrough, pass) : codec.createStreamDecoder();
				const { read, watch, stop } = createEventReader(call, response, decoder, provider, clocks.idleMs, runtime);
				const held: (StreamEvent | PassedText)[] = [];
				do held.push(...(await read())); while (!hasContent(held) && !isEnded(held));
				const last = held.at(-1);
				if (last?.type === "error" && !hasContent(held)) return { ok: false, problem: last.failure };
				watch();
				return { ok: true, value: { warnings: [...adapted.warnings, ...request.warnings], held, read, stop } };
			} finally {
				cancelFirst();
			}
		},
	};
}

export function isEnded(events: Batch): boolean {
	const last = events.at(-1)?.type;
	return last === "finish" || last === "error";
}

/**
 * Reads until a read gives events; a broken connection and an early end become an `error` event. The idle clock runs while the
 * provider is waited for, not while the caller is slow: one timer a stream, which looks at the time of the last read.
 */
function createEventReader(
	call: UpstreamCall,
	{ body }: UpstreamResponse,
	decoder: PassThrough,
	{ secrets }: Provider,
	idleMs: number,
	runtime: Runtime,
): Pick<AnsweredStream, "read" | "stop"> & { /** Starts the idle clock. */ watch(): void } {
	let waitingSince: number | undefined;
	let cancel: (() => void) | undefined;

	function watch(): void {
		if (call.isAborted()) return;
		const idle = waitingSince === undefined ? 0 : runtime.now() - waitingSince;
		if (idle >= idleMs) call.abort(timeout("idle"));
		else cancel = runtime.schedule(idleMs - idle, watch);
	}

	return {
		watch,
		async read() {
			try {
				for (;;) {
					waitingSince = runtime.now();
					const chunk = await body.read();
					waitingSince = undefined;
					const events = chunk === undefined ? decoder.close() : decoder.push(chunk);
					const last = events.at(-1);
					if (last?.type === "error") {
						body.cancel();
						return [...events.slice(0, -1), { type: "error", failure: cleaned(last.failure, secrets) }];
					}
					if (last?.type === "finish") drain(body, runtime);
					if (last !== undefined) return events;
					if (chunk === undefined) return [{ type: "error", failure: earlyEnd }];
				}
			} catch (error) {
				return [{ type: "error", failure: call.failureFrom(error) }];
			}
		},
		stop: () => cancel?.(),
	};
}
const earlyEnd: Failure = { kind: "protocol", blame: "upstream", message: "The provider's stream ended early" };

/** The end mark has come: the rest is read, so that the connection can be used again; a provider that never ends is cut off. */
function drain(body: ByteSource, runtime: Runtime): void {
	const stop = runtime.schedule(drainMs, () => body.cancel());
	const rest = async () => {
		while ((await body.read()) !== undefined);
	};
	rest().then(stop, stop);
}
const drainMs = 1000;
