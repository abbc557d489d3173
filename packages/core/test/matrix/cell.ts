import type { DialectId, Prompt } from "../../src/contract/prompt.ts";
import type { Answer } from "../../src/contract/stream-event.ts";
import { type Gateway, type Provider, type Simulator, simulator } from "../../src/index.ts";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import { gemini } from "../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../src/rules/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../src/rules/dialects/openai-responses/index.ts";
import { unfoldAnswer } from "../../src/rules/sessions/unfold.ts";
import { scriptedSend } from "../../src/testing/index.ts";
import { send, testGateway } from "../gateway/support.ts";
import { type CallerId, type Client, clients } from "./clients.ts";

/** One caller before one provider. */
export interface Cell {
	readonly client: Client;
	send(model: string, prompt: Prompt, stream: boolean, signal?: AbortSignal): Promise<Response>;
	/** The answer as the caller understands it. Throws where there is none. */
	ask(model: string, prompt: Prompt, stream: boolean): Promise<Answer>;
	/** Requests that the provider works on. */
	active(): number;
	close(): Promise<void>;
}

export const providerIds = ["openai-chat", "openai-responses", "anthropic-messages", "gemini"] as const satisfies readonly DialectId[];

export function openCell(caller: CallerId, dialect: DialectId): Cell {
	const providers = cellProviders(dialect);
	return openCellBefore(caller, providers, () => providers.sim.active());
}

/** The simulator, and what answers from a cache. */
export function cellProviders(dialect: DialectId): Readonly<Record<ProviderName, Provider>> & { readonly sim: Simulator } {
	return { sim: simulator({ dialect }), whole: cached(dialect, false), streamed: cached(dialect, true) };
}
export type ProviderName = "sim" | "whole" | "streamed";

export function openCellBefore(caller: CallerId, providers: Readonly<Record<ProviderName, Provider>>, active: () => number): Cell {
	const gateway: Gateway = testGateway({
		providers,
		surfaces: ["prompt", "text", "openai", "anthropic", "gemini"],
		retry: { attemptsPerTarget: 1, baseDelayMs: 0 },
	});
	const client = clients[caller];
	const cell: Cell = {
		client,
		send(model, prompt, stream, signal) {
			const target = model === "cached" ? `${stream ? "streamed" : "whole"}/m` : `sim/${model}`;
			const { path, body } = client.request(prompt, stream, target);
			return send(gateway, path, { body, headers: { "anthropic-version": "2023-06-01" }, ...(signal === undefined ? {} : { signal }) });
		},
		async ask(model, prompt, stream) {
			const response = await cell.send(model, prompt, stream);
			const text = await response.text();
			if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
			if (!stream) return client.readWhole(JSON.parse(text));
			const { answer, isFailed } = client.readStream(text);
			if (isFailed) throw new Error(`The stream failed: ${text}`);
			return answer;
		},
		active,
		close: () => gateway.close({ deadlineMs: 0 }),
	};
	return cell;
}

const codecs = {
	"openai-chat": openaiChat.caller,
	"openai-responses": openaiResponses.caller,
	"anthropic-messages": anthropicMessages.caller,
	gemini: gemini.caller,
};

/** A provider that had seen the beginning of the prompt before: the simulator has no cache. */
function cached(dialect: DialectId, stream: boolean): Provider {
	const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 5 };
	const answer: Answer = { id: "id_1", model: "m", content: [{ type: "text", text: "Hello" }], finish: { reason: "stop", usage } };
	const context = { model: "m", answerId: "id_1", createdAt: 0, requestId: "req_1", includeUsage: true };
	const codec = codecs[dialect];
	const body = stream ? codec.createStreamEncoder(context).push(unfoldAnswer(answer)) : JSON.stringify(codec.encodeAnswer(answer, context));
	return { ...simulator({ dialect }), send: scriptedSend({ chunks: [body] }).send };
}
