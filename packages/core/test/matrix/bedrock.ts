import type { Json, JsonObject } from "../../src/contract/json.ts";
import type { Answer } from "../../src/contract/stream-event.ts";
import { bedrock, simulator, type Provider } from "../../src/index.ts";
import type { Simulator } from "../../src/effects/simulator/simulator.ts";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import { asArray, asObject, asText } from "../../src/rules/dialects/json-fields.ts";
import type { ByteSource, UpstreamRequest, UpstreamResponse } from "../../src/rules/providers/transport.ts";
import { unfoldAnswer } from "../../src/rules/sessions/unfold.ts";
import { converseAnswer, createConverseWriter } from "../rules/dialects/bedrock-converse/stand-in.ts";

/**
 * Bedrock with the simulator's models: what Converse asks is asked of the simulator as Anthropic's messages, and what that answers is
 * told in Converse's words. Without a signature, which has its own tests.
 */
export function bedrockSimulator(): Simulator {
	const sim = simulator({ dialect: "anthropic-messages" });
	return {
		...sim,
		dialect: "bedrock-converse",
		quirks: bedrock({ region: "eu-central-1", apiKey: "bedrock-api-key-1" }).quirks,
		async send(request) {
			const [, model = "", action] = /\/model\/([^/]+)\/(converse|converse-stream)$/.exec(request.url) ?? [];
			const stream = action === "converse-stream";
			const body = JSON.stringify(messagesRequest(JSON.parse(request.body ?? "{}"), decodeURIComponent(model), stream));
			const answered = await sim.send({ ...request, url: "http://simulator.invalid/v1/messages", body });
			if (answered.status >= 400) return refusal(answered);
			return stream ? { ...answered, body: asFrames(answered.body) } : whole(answered);
		},
	};
}

/** Bedrock whose answers are given. */
export function bedrockAnswering(answerTo: (request: UpstreamRequest) => Answer): Provider {
	return {
		...bedrockSimulator(),
		async send(request) {
			const answer = answerTo(request);
			const chunks = request.url.endsWith("-stream") ? createConverseWriter()(unfoldAnswer(answer)) : [new TextEncoder().encode(JSON.stringify(converseAnswer(answer)))];
			return { status: 200, headers: {}, body: bytesOf(chunks) };
		},
	};
}

function messagesRequest(body: JsonObject, model: string, stream: boolean): JsonObject {
	const inference = asObject(body.inferenceConfig) ?? {};
	const config = asObject(body.toolConfig);
	const tools = objects(config?.tools).flatMap(({ toolSpec }) => {
		const { name, description, inputSchema } = asObject(toolSpec) ?? {};
		return [{ name, ...(description === undefined ? {} : { description }), input_schema: asObject(inputSchema)?.json ?? {} }];
	});
	return {
		model,
		stream,
		max_tokens: inference.maxTokens ?? 4096,
		...(inference.stopSequences === undefined ? {} : { stop_sequences: inference.stopSequences }),
		...(body.system === undefined ? {} : { system: objects(body.system).map(messagesBlock) }),
		messages: objects(body.messages).map(({ role, content }) => ({ role, content: objects(content).map(messagesBlock) })),
		...(tools.length === 0 ? {} : { tools }),
	};
}

function messagesBlock({ text, image, reasoningContent, toolUse, toolResult }: JsonObject): JsonObject {
	const picture = asObject(image);
	if (picture !== undefined) return { type: "image", source: { type: "base64", media_type: `image/${asText(picture.format)}`, data: asObject(picture.source)?.bytes } };
	const thought = asObject(reasoningContent);
	const told = asObject(thought?.reasoningText);
	if (told !== undefined) return { type: "thinking", thinking: told.text, signature: told.signature };
	if (thought !== undefined) return { type: "redacted_thinking", data: thought.redactedContent };
	const call = asObject(toolUse);
	if (call !== undefined) return { type: "tool_use", id: call.toolUseId, name: call.name, input: call.input };
	const result = asObject(toolResult);
	if (result !== undefined) return { type: "tool_result", tool_use_id: result.toolUseId, content: objects(result.content).map(messagesBlock) };
	return { type: "text", text };
}

function objects(value: Json | undefined): readonly JsonObject[] {
	return (asArray(value) ?? []).map((item) => asObject(item) ?? {});
}

async function whole(answered: UpstreamResponse): Promise<UpstreamResponse> {
	const decoded = anthropicMessages.provider.decodeAnswer(JSON.parse(await textOf(answered.body)));
	if (!decoded.ok) throw new Error(decoded.problem.message);
	return { ...answered, body: bytesOf([new TextEncoder().encode(JSON.stringify(converseAnswer(decoded.value)))]) };
}

function asFrames(body: ByteSource): ByteSource {
	const decoder = anthropicMessages.provider.createStreamDecoder();
	const write = createConverseWriter();
	return {
		cancel: () => body.cancel(),
		async read() {
			for (;;) {
				const chunk = await body.read();
				const frames = write(chunk === undefined ? decoder.close() : decoder.push(chunk));
				if (frames.length > 0) return new Uint8Array(Buffer.concat(frames));
				if (chunk === undefined) return undefined;
			}
		},
	};
}

async function refusal(answered: UpstreamResponse): Promise<UpstreamResponse> {
	const { error } = JSON.parse(await textOf(answered.body));
	const type = answered.status >= 500 ? "ServiceUnavailableException" : answered.status === 429 ? "ThrottlingException" : "ValidationException";
	const headers = { ...answered.headers, "x-amzn-errortype": type };
	return { status: Math.min(answered.status, 503), headers, body: bytesOf([new TextEncoder().encode(JSON.stringify({ message: error.message }))]) };
}

async function textOf(body: ByteSource): Promise<string> {
	const chunks: Uint8Array[] = [];
	for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

function bytesOf(chunks: readonly Uint8Array[]): ByteSource {
	const rest = [...chunks];
	return { read: async () => rest.shift(), cancel: () => void rest.splice(0) };
}
