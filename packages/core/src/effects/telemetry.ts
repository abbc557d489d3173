import type { Failure } from "../contract/failure.ts";
import type { Prompt, Settings } from "../contract/prompt.ts";
import type { UsageRecord } from "../contract/session.ts";
import type { FinishReason, Usage } from "../contract/stream-event.ts";
import type { Target } from "../rules/routing/target.ts";

/**
 * What tools for traces and metrics are told of the exchanges. No prompt, no answer, no secret and no provider's words are in it.
 * Where nothing is to be told it is not there at all. What it throws is observed, and harms no request.
 *
 * Times are in milliseconds since 1970, of the gateway's clock: those of the ledger.
 */
export interface Telemetry {
	/**
	 * Runs what a request does within its caller's trace: the one that the embedding app has begun, or else the one that the headers tell of.
	 * @param header of the request.
	 */
	within<Value>(header: (name: string) => string | undefined, perform: () => Value): Value;
	/** An exchange may begin: as long as it neither has an attempt nor ends, it leaves no trace. Called within its caller's trace. */
	exchange(begun: BegunExchange): ExchangeTelemetry;
	/** What was told so far goes out. Called where the gateway closes, which waits for it, though not for long. */
	flush?(): Promise<void>;
}

/** Who asks for what. */
export interface BegunExchange extends Pick<UsageRecord, "id" | "startedAt" | "surface" | "operation" | "keyId" | "projectId" | "organisationId" | "sessionId" | "streamed"> {
	readonly kind: ExchangeKind;
	/** The route's alias, where one was asked for. */
	readonly route: string | undefined;
	/** The first that will be asked, or that would have been; `undefined` where none is known. */
	readonly target: Target | undefined;
}

export type ExchangeKind = "conversation" | "embeddings";

export interface ExchangeTelemetry {
	attempt(begun: BegunAttempt): AttemptTelemetry;
	/** The exchange is over, and this is what the ledger says of it. Called once, and nothing is called after it. */
	ended(record: UsageRecord): void;
	/** A bug of ours took it before it could be settled. Called instead of `ended`. */
	lost(at: number): void;
}

export interface BegunAttempt {
	readonly target: Target;
	/** 1, 2, 3, ... */
	readonly number: number;
	readonly startedAt: number;
}

/** One try with one target. It ends with the first call of `answered` or `failed`; later ones change nothing. */
export interface AttemptTelemetry {
	/** Told before the request goes out. */
	asked(settings: AskedSettings): void;
	/** Goes out with the request, below the headers of the provider. Lower-case names. */
	headers(): Readonly<Record<string, string>>;
	/** Sends the request within the attempt's trace. */
	within<Value>(perform: () => Value): Value;
	/** The first content of a stream has come. */
	firstContent(at: number): void;
	answered(answer: AnswerFacts, at: number): void;
	failed(failure: Failure, at: number): void;
}

export type AskedSettings = Pick<Settings, "maxOutputTokens" | "temperature" | "topP" | "topK" | "seed" | "presencePenalty" | "frequencyPenalty"> & {
	readonly isStreamed: boolean;
	/** Absent: the caller did not say. */
	readonly output?: NonNullable<Prompt["output"]>["type"];
	/** Of embeddings. */
	readonly dimensions?: number;
};

export interface AnswerFacts {
	readonly id?: string;
	/** The provider's own name of the model that answered. */
	readonly model?: string;
	readonly finishReason?: FinishReason;
	/** What the provider told, and no estimate. */
	readonly usage: Usage;
}
