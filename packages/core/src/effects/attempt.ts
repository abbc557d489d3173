import type { EmbeddingRequest } from "../contract/embedding.ts";
import type { Failure } from "../contract/failure.ts";
import type { DialectId, Prompt, Warning } from "../contract/prompt.ts";
import type { Answer, StreamEvent } from "../contract/stream-event.ts";
import { providerCodecs } from "../rules/dialects/index.ts";
import type { Decoded, EncodedRequest, EncodeRequestOptions, PassedText, StreamDecoder } from "../rules/dialects/dialect.ts";
import { createPassThrough, type PassThrough, type PassThroughOptions } from "../rules/dialects/pass-through.ts";
import type { EmbeddingFold } from "../rules/embeddings/fold.ts";
import { adaptOutput, unwrapOutput } from "../rules/output/structured.ts";
import { type Binding, bindAnswer, bindEvents, bindingOf, isBinding, unbindPrompt } from "../rules/routing/reasoning-binding.ts";
import type { Target } from "../rules/routing/target.ts";
import type { Provider } from "../rules/providers/provider.ts";
import type { ByteSource, UpstreamResponse } from "../rules/providers/transport.ts";
import { hasContent } from "../rules/routing/commit.ts";
import type { EffectiveTools } from "../rules/tools/policy.ts";
import { embedMissing } from "./embedding-attempt.ts";
import type { Runtime } from "./runtime.ts";
import type { AttemptTelemetry } from "./telemetry.ts";
import { type AttemptClocks, cleaned, createUpstreamCall, isFailure, readJson, timeout, type UpstreamCall } from "./upstream-call.ts";

/** One try with one target. `abort` ends it at any moment, with the reason. */
export interface Attempt {
	readonly target: Target;
	abort(reason: Failure): void;
	whole(prompt: Prompt): Promise<Decoded<AnsweredWhole, Failure>>;
	/** Resolves at the commit: when the first content has come, or the end. Until then every failure is a value without output. */
	stream(prompt: Prompt): Promise<Decoded<AnsweredStream, Failure>>;
	/** Vectors for what the fold still misses. @returns the fold, once nothing is missing. */
	embed(request: EmbeddingRequest, fold: EmbeddingFold): Promise<Decoded<EmbeddingFold, Failure>>;
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

export interface AttemptSetup {
	readonly target: Target;
	/** Where the answer need not be looked at beyond its usage and its end. */
	readonly pass?: PassThroughRequest | undefined;
	/** For providers that run tools themselves. */
	readonly toolPolicy?: EffectiveTools;
	/** Goes with each request. Then answers are looked at more closely, to tell which model gave them. */
	readonly telemetry?: AttemptTelemetry | undefined;
}

export function createAttempt({ target, pass, toolPolicy, telemetry }: AttemptSetup, clocks: AttemptClocks, runtime: Runtime): Attempt {
	const { provider, model } = target;
	const codec = providerCodecs[provider.dialect];
	const call = createUpstreamCall(provider, codec, clocks, runtime, telemetry);
	const passThrough = pass?.dialect === provider.dialect ? codec.passThrough : undefined;
	const binding = isBinding(target) ? bindingOf(target) : undefined;

	function encode(prompt: Prompt, stream: boolean): EncodedAttempt {
		const options: EncodeRequestOptions = { model, stream, quirks: provider.quirks, ...(toolPolicy === undefined ? {} : { toolPolicy }) };
		const adapted = adaptOutput(prompt, provider);
		const unbound = binding === undefined ? undefined : unbindPrompt(adapted.prompt, binding);
		const request = codec.encodeRequest(unbound?.prompt ?? adapted.prompt, options);
		const warnings = [...adapted.warnings, ...(unbound?.warnings ?? []), ...request.warnings];
		return { path: codec.path(options), request, isPrompted: adapted.isPrompted, warnings };
	}

	return {
		target,
		abort: call.abort,

		async whole(prompt) {
			const { path, request, isPrompted, warnings } = encode(prompt, false);
			const cancelAnswer = runtime.schedule(clocks.answerMs, () => call.abort(timeout("answer")));
			try {
				const response = await call.send(path, request);
				if (isFailure(response)) return { ok: false, problem: response };
				const read = await readJson(response.body);
				if (!("json" in read)) return { ok: false, problem: read };
				const tapped = isPrompted || telemetry !== undefined ? undefined : passThrough?.tapAnswer?.(read.json);
				if (tapped !== undefined) return { ok: true, value: { answer: { content: [], finish: tapped }, warnings, passed: read.text } };
				const decoded = codec.decodeAnswer(read.json);
				if (!decoded.ok) return { ok: false, problem: cleaned(decoded.problem, provider.secrets) };
				if (isPrompted) return { ok: true, value: { answer: unwrapOutput(decoded.value), warnings } };
				const answer = binding === undefined ? decoded.value : bindAnswer(decoded.value, binding);
				return { ok: true, value: { answer, warnings, ...(passThrough === undefined ? {} : { passed: read.text }) } };
			} catch (error) {
				return { ok: false, problem: call.failureFrom(error) };
			} finally {
				cancelAnswer();
			}
		},

		async stream(prompt) {
			const { path, request, isPrompted, warnings } = encode(prompt, true);
			const cancelFirst = runtime.schedule(clocks.firstEventMs, () => call.abort(timeout("first-event")));
			try {
				const response = await call.send(path, request);
				if (isFailure(response)) return { ok: false, problem: response };
				const isPassed = pass !== undefined && passThrough !== undefined && !isPrompted;
				const decoder = isPassed ? createPassThrough(codec, passThrough, pass) : boundDecoder(codec.createStreamDecoder(), binding);
				const { read, watch, stop } = createEventReader(call, response, decoder, provider, clocks.idleMs, runtime);
				const held: (StreamEvent | PassedText)[] = [];
				do held.push(...(await read())); while (!hasContent(held) && !isEnded(held));
				const last = held.at(-1);
				if (last?.type === "error" && !hasContent(held)) return { ok: false, problem: last.failure };
				watch();
				return { ok: true, value: { warnings, held, read, stop } };
			} finally {
				cancelFirst();
			}
		},

		async embed(request, fold) {
			const cancelAnswer = runtime.schedule(clocks.answerMs, () => call.abort(timeout("answer")));
			try {
				return await embedMissing(call, target, request, fold);
			} finally {
				cancelAnswer();
			}
		},
	};
}

interface EncodedAttempt {
	readonly path: string;
	readonly request: EncodedRequest;
	/** The schema stands in the prompt. */
	readonly isPrompted: boolean;
	readonly warnings: readonly Warning[];
}

function boundDecoder(decoder: StreamDecoder, binding: Binding | undefined): StreamDecoder {
	if (binding === undefined) return decoder;
	return { push: (bytes) => bindEvents(decoder.push(bytes), binding), close: () => bindEvents(decoder.close(), binding) };
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
