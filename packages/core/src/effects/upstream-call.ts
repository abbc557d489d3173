import type { Failure } from "../contract/failure.ts";
import type { Json } from "../contract/json.ts";
import type { EncodedRequest, ProviderCodec } from "../rules/dialects/dialect.ts";
import type { Provider } from "../rules/providers/provider.ts";
import { type ByteSource, SendError, type UpstreamRequest, type UpstreamResponse } from "../rules/providers/transport.ts";
import { readAll } from "./byte-source.ts";
import type { Runtime } from "./runtime.ts";
import type { AttemptTelemetry } from "./telemetry.ts";

/** The longest answer that is held whole; and the longest error body that is looked at. */
const maxAnswerBytes = 64 * 1024 * 1024;
const maxFailureBytes = 64 * 1024;

/** The clocks of an attempt, in milliseconds. */
export interface AttemptClocks {
	readonly connectMs: number;
	readonly firstEventMs: number;
	readonly idleMs: number;
	/** Of a whole answer. */
	readonly answerMs: number;
}

/** One HTTP exchange with a provider: sends a request and can be ended at any moment, with the reason. */
export interface UpstreamCall {
	/** @returns the answer where its status is below 400, the provider's failure otherwise. */
	send(path: string, request: EncodedRequest): Promise<UpstreamResponse | Failure>;
	/** Ends the call: what is being awaited turns into this failure. The first reason stays. */
	abort(reason: Failure): void;
	isAborted(): boolean;
	/** What a rejection of `send` or of a read means. */
	failureFrom(error: unknown): Failure;
}

export function isFailure(value: UpstreamRequest | UpstreamResponse | Failure): value is Failure {
	return "blame" in value;
}

function address({ baseUrl, query }: Provider, path: string): string {
	return query === undefined ? baseUrl + path : `${baseUrl}${path}${path.includes("?") ? "&" : "?"}${query}`;
}

export function createUpstreamCall(
	provider: Provider,
	codec: ProviderCodec,
	clocks: AttemptClocks,
	runtime: Runtime,
	telemetry?: Pick<AttemptTelemetry, "headers" | "within">,
): UpstreamCall {
	const controller = new AbortController();
	const send = provider.send ?? runtime.send;
	let reason: Failure | undefined;

	function failureFrom(error: unknown): Failure {
		if (reason !== undefined) return reason;
		if (!(error instanceof SendError)) throw error;
		if (error.reason === "connect-timeout") return timeout("connect");
		return { kind: "network", blame: "upstream", message: "The connection to the provider failed" };
	}

	/** A credential that cannot be had (a role that may not be taken) is no fault of this request. */
	async function prepared(request: UpstreamRequest, prepare: NonNullable<Provider["prepare"]>): Promise<UpstreamRequest | Failure> {
		const { signal } = controller;
		try {
			signal.throwIfAborted();
			const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
			return await Promise.race([prepare(request, runtime.now()), aborted]);
		} catch {
			return reason ?? { kind: "authentication", blame: "gateway", message: "The gateway has no valid credential for the provider" };
		}
	}

	return {
		abort(failure) {
			reason ??= failure;
			// With a reason of ours no exception has to be made for it.
			controller.abort(reason);
		},
		isAborted: () => controller.signal.aborted,
		failureFrom,
		async send(path, { body, headers }) {
			try {
				const encoded: UpstreamRequest = {
					method: "POST",
					url: address(provider, path),
					headers: headers === undefined ? provider.headers : mergeHeaders(provider.headers, headers),
					body: JSON.stringify(body),
					signal: controller.signal,
					connectTimeoutMs: clocks.connectMs,
				};
				const request = provider.prepare === undefined ? encoded : await prepared(encoded, provider.prepare);
				if (isFailure(request)) return request;
				const response = await (telemetry === undefined ? send(request) : telemetry.within(() => send(traced(request, telemetry.headers()))));
				if (response.status < 400) return response;
				const text = await readAll(response.body, maxFailureBytes);
				return cleaned(codec.decodeFailure(response.status, response.headers, text.value), provider.secrets);
			} catch (error) {
				return failureFrom(error);
			}
		},
	};
}

/** Behind a signature, which need not cover where a trace goes on; no header of the provider's gives way. */
function traced(request: UpstreamRequest, headers: Readonly<Record<string, string>>): UpstreamRequest {
	return { ...request, headers: { ...headers, ...request.headers } };
}

/** Reads a whole answer as JSON. @returns a `protocol` failure where it is none. */
export async function readJson(source: ByteSource): Promise<{ readonly json: Json; readonly text: string } | Failure> {
	const { value, isCut } = await readAll(source, maxAnswerBytes);
	if (isCut) return { kind: "protocol", blame: "upstream", message: "The provider's answer is too large" };
	try {
		return { json: JSON.parse(value), text: value };
	} catch {
		return { kind: "protocol", blame: "upstream", message: "The provider's answer is not JSON" };
	}
}

const clockMessages = {
	connect: "The connection to the provider took too long",
	"first-event": "The provider did not begin to answer in time",
	answer: "The provider did not give its answer in time",
	idle: "The provider stopped in the middle of its answer",
	total: "The provider did not finish its answer in time",
} as const;

export function timeout(clock: keyof typeof clockMessages): Failure {
	return { kind: "timeout", blame: "upstream", message: clockMessages[clock], clock };
}

export const hangUp: Failure = { kind: "cancelled", blame: "caller", message: "The caller hung up" };
export const shutDown: Failure = { kind: "cancelled", blame: "gateway", message: "The gateway is shutting down" };

/** No credential of ours leaves in a provider's words. */
export function cleaned(failure: Failure, secrets: readonly string[]): Failure {
	const message = secrets.reduce((text, secret) => (secret === "" ? text : text.replaceAll(secret, "[redacted]")), failure.message);
	return message === failure.message ? failure : { ...failure, message };
}

/** `anthropic-beta` is a list: both sides' entries are kept. */
function mergeHeaders(own: Readonly<Record<string, string>>, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	const merged: Record<string, string> = { ...own };
	for (const [name, value] of Object.entries(more)) merged[name] = merged[name] === undefined ? value : `${merged[name]},${value}`;
	return merged;
}
