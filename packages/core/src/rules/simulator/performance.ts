import type { Json, JsonObject } from "../../contract/json.ts";
import type { DialectId, Prompt } from "../../contract/prompt.ts";
import type { StreamEvent } from "../../contract/stream-event.ts";
import type { EncodeAnswerContext } from "../dialects/dialect.ts";
import { asObject } from "../dialects/json-fields.ts";
import { createAnswerFold } from "../sessions/fold.ts";
import { readEmbeddingRequest } from "./embedding-request.ts";
import { findModel } from "./models.ts";
import { countInputTokens } from "./prompt-text.ts";
import type { Step } from "./script.ts";
import { type Vendor, vendors } from "./vendor.ts";
import { type VendorErrorName, vendorErrors } from "./vendor-error.ts";

/** A script as it goes over the wire: what an HTTP server would do, as data. */
export interface Performance {
	/** Before the headers; `Infinity` where they never come. */
	readonly waitMs: number;
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** The body, made as it is asked for. Its end is a clean one. */
	readonly body: Iterable<WireStep>;
}
export type WireStep =
	| { readonly type: "bytes"; readonly bytes: Uint8Array }
	| { readonly type: "wait"; readonly ms: number }
	| { readonly type: "reset" };

export interface StageContext {
	readonly dialect: DialectId;
	/** 1, 2, 3, ...: makes ids that differ. */
	readonly requestNumber: number;
	readonly createdAt: number;
	readonly firstMs: number;
	readonly deltaMs: number;
	/** Counts a model's requests. */
	turnOf(model: string): number;
}

/** What the simulator does with one request. */
export function perform(requestBody: string, path: string, context: StageContext): Performance {
	const stage = stageFor(context);
	const { vendor, requestId } = stage;
	const sent = parse(requestBody);
	const request = vendor.readRequest(sent, path);
	if (!request.ok) return refuse(stage, "bad-request", { message: request.problem });
	const { model, prompt, stream, includeUsage } = request.value;
	const answerId = `${vendor.answerIdPrefix}-${context.requestNumber}`;
	const steps = enact(model, prompt, answerId, stage, context);
	if (steps === undefined) return refuse(stage, "model-not-found");
	const answerContext: EncodeAnswerContext = {
		model,
		answerId,
		createdAt: context.createdAt,
		requestId,
		request: asObject(sent) ?? {},
		...(includeUsage === undefined ? {} : { includeUsage }),
	};
	if (stream) return performStream(steps, stage, answerContext);
	const fold = createAnswerFold();
	return performWhole(steps, stage, (events) => fold.push(events), () => vendor.codec.encodeAnswer(fold.answer(), answerContext));
}

/** What the model does, step by step. @returns `undefined` where there is no such model. */
function enact(model: string, prompt: Prompt, answerId: string, { vendor }: Stage, context: StageContext): Iterable<Step> | undefined {
	const found = findModel(model);
	return found?.script({
		prompt,
		dialect: context.dialect,
		...(found.parameter === undefined ? {} : { parameter: found.parameter }),
		turn: context.turnOf(model),
		response: { id: answerId, model, createdAt: context.createdAt },
		callPrefix: `${vendor.callIdPrefix}_${context.requestNumber}`,
		usage: { inputTokens: countInputTokens(prompt) },
		firstMs: context.firstMs,
		deltaMs: context.deltaMs,
	});
}

/** The paths of the dialects' embeddings. */
export function isEmbedding(path: string): boolean {
	return path.endsWith("/embeddings") || path.endsWith(":batchEmbedContents");
}

/** Any model makes vectors, with the faults that it has when it talks; what it would say is not heard. */
export function performEmbedding(requestBody: string, path: string, context: StageContext): Performance {
	const stage = stageFor(context);
	const request = readEmbeddingRequest(context.dialect, parse(requestBody), path);
	if (request === undefined) return refuse(stage, "model-not-found", { message: "The simulated vendor has no embeddings" });
	if (!request.ok) return refuse(stage, "bad-request", { message: request.problem });
	const { model, prompt, answer } = request.value;
	const steps = enact(model, prompt, "", stage, context);
	return steps === undefined ? refuse(stage, "model-not-found") : performWhole(steps, stage, () => undefined, answer);
}

/** The paths of the dialects' token counts. */
export function isTokenCount(path: string): boolean {
	return path.endsWith("/count_tokens") || path.endsWith(":countTokens");
}

/** @returns what a token count answers. */
export function performTokenCount(requestBody: string, context: Pick<StageContext, "dialect" | "requestNumber">): Performance {
	const stage = stageFor(context);
	const body = asObject(parse(requestBody));
	const isGemini = context.dialect === "gemini";
	// Anthropic takes a message request without its token limit, Google one inside another object.
	const asked = isGemini ? (body?.generateContentRequest ?? body) : body === undefined ? undefined : { max_tokens: 1, ...body };
	const request = stage.vendor.readRequest(asked ?? null, "");
	if (!request.ok) return refuse(stage, "bad-request", { message: request.problem });
	const count = countInputTokens(request.value.prompt);
	return whole(stage, 200, isGemini ? { totalTokens: count } : { input_tokens: count });
}

interface Stage {
	readonly vendor: Vendor;
	readonly requestId: string;
	readonly headers: Readonly<Record<string, string>>;
}

function stageFor({ dialect, requestNumber }: Pick<StageContext, "dialect" | "requestNumber">): Stage {
	const vendor = vendors[dialect];
	const requestId = `req_sim_${requestNumber}`;
	return { vendor, requestId, headers: { [vendor.requestIdHeader]: requestId } };
}

function performStream(script: Iterable<Step>, stage: Stage, context: EncodeAnswerContext): Performance {
	const steps = script[Symbol.iterator]();
	let waitMs = 0;
	let first = steps.next();
	for (; !first.done && first.value.type === "wait" && first.value.beforeHeaders === true; first = steps.next()) waitMs += first.value.ms;
	if (!first.done && first.value.type === "refuse") return { ...refuseStep(stage, first.value), waitMs };

	function* body(): Iterable<WireStep> {
		const encoder = stage.vendor.codec.createStreamEncoder(context);
		for (let next = first; !next.done; next = steps.next()) {
			const step = next.value;
			if (step.type === "say") {
				const text = encoder.push(step.events);
				if (text !== "") yield bytes(text);
			} else if (step.type === "wait") yield step;
			else if (step.type === "fail") return yield bytes(stage.vendor.errorEvent(errorBody(stage, step.error)));
			else if (step.type === "garbage") return yield bytes(step.text);
			else if (step.type === "reset") return yield step;
			else return;
		}
	}
	const headers = { ...stage.headers, "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
	return { waitMs, status: 200, headers, body: body() };
}

/** @param hear takes what is said; `answer` makes the body of it. */
function performWhole(
	script: Iterable<Step>,
	stage: Stage,
	hear: (events: readonly StreamEvent[]) => void,
	answer: () => JsonObject,
): Performance {
	const encoded = (): string => JSON.stringify(answer());
	const half = (): WireStep => {
		const text = encoded();
		return bytes(text.slice(0, Math.ceil(text.length / 2)));
	};
	let waitMs = 0;
	let hasSpoken = false;
	const answered = (body: readonly WireStep[]): Performance => ({ waitMs, status: 200, headers: jsonHeaders(stage), body });

	for (const step of script) {
		switch (step.type) {
			case "say":
				hear(step.events);
				hasSpoken = true;
				break;
			case "wait":
				if (step.ms === Number.POSITIVE_INFINITY && hasSpoken) return answered([half(), step]);
				waitMs += step.ms;
				if (waitMs === Number.POSITIVE_INFINITY) return answered([]);
				break;
			case "refuse":
				return { ...refuseStep(stage, step), waitMs };
			case "fail":
				return answered([bytes(JSON.stringify(errorBody(stage, step.error)))]);
			case "garbage":
				return answered([bytes(step.text)]);
			case "reset":
				return answered([half(), step]);
			case "end":
				return answered(hasSpoken ? [half()] : []);
			default:
				step satisfies never;
		}
	}
	return answered([bytes(encoded())]);
}

function refuseStep(stage: Stage, step: Extract<Step, { type: "refuse" }>): Performance {
	const refusal = refuse(stage, step.error, step.status === undefined ? {} : { status: step.status });
	return step.retryAfterS === undefined
		? refusal
		: { ...refusal, headers: { ...refusal.headers, "retry-after": String(step.retryAfterS) } };
}

function refuse(stage: Stage, name: VendorErrorName, changed: { readonly status?: number; readonly message?: string } = {}): Performance {
	const error = { ...vendorErrors[stage.vendor.dialect][name], ...changed };
	return whole(stage, error.status, stage.vendor.errorBody(error, stage.requestId));
}

function whole(stage: Stage, status: number, body: Json): Performance {
	return { waitMs: 0, status, headers: jsonHeaders(stage), body: [bytes(JSON.stringify(body))] };
}

function errorBody({ vendor, requestId }: Stage, name: VendorErrorName): ReturnType<Vendor["errorBody"]> {
	return vendor.errorBody(vendorErrors[vendor.dialect][name], requestId);
}

function jsonHeaders({ headers }: Stage): Readonly<Record<string, string>> {
	return { ...headers, "content-type": "application/json" };
}

const utf8 = new TextEncoder();
function bytes(text: string): WireStep {
	return { type: "bytes", bytes: utf8.encode(text) };
}

function parse(text: string): Json {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
