import type { Prompt, ProviderDialectId } from "../../src/contract/prompt.ts";
import type { Answer } from "../../src/contract/stream-event.ts";
import { type Gateway, type Provider, type Simulator, simulator } from "../../src/index.ts";
import { anthropicMessages } from "../../src/rules/dialects/anthropic-messages/index.ts";
import { gemini } from "../../src/rules/dialects/gemini/index.ts";
import { openaiChat } from "../../src/rules/dialects/openai-chat/index.ts";
import { openaiResponses } from "../../src/rules/dialects/openai-responses/index.ts";
import type { UpstreamRequest } from "../../src/rules/providers/transport.ts";
import { unfoldAnswer } from "../../src/rules/sessions/unfold.ts";
import { scriptedSend } from "../../src/testing/index.ts";
import { send, testGateway } from "../gateway/support.ts";
import { bedrockAnswering, bedrockSimulator } from "./bedrock.ts";
import { claudeCodeAnswering, claudeCodeSimulator } from "./claude-code.ts";
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

export const providerIds = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "bedrock-converse", "claude-code"] as const satisfies readonly ProviderDialectId[];
export type ProviderId = (typeof providerIds)[number];

export function openCell(caller: CallerId, dialect: ProviderId): Cell {
	const providers = cellProviders(dialect);
	return openCellBefore(caller, providers, () => providers.sim.active());
}

/** The simulator, and what gives the answers that it has no model for. */
export function cellProviders(dialect: ProviderId): Readonly<Record<ProviderName, Provider>> & { readonly sim: Simulator } {
	const sim = simulatorOf(dialect);
	return { sim, whole: scripted(dialect, false), streamed: scripted(dialect, true) };
}
function simulatorOf(dialect: ProviderId): Simulator {
	if (dialect === "bedrock-converse") return bedrockSimulator();
	return dialect === "claude-code" ? claudeCodeSimulator() : simulator({ dialect });
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
			const target = model in scripts ? `${stream ? "streamed" : "whole"}/${model}` : `sim/${model}`;
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

/** What the simulator has no model for: a prompt whose beginning was seen before, and a model that draws. */
const finish = { reason: "stop", usage: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 5 } } as const;
const scripts: Readonly<Record<"cached" | "picture", Answer>> = {
	cached: { id: "id_1", model: "m", content: [{ type: "text", text: "Hello" }], finish },
	picture: {
		id: "id_1",
		model: "m",
		content: [
			{ type: "text", text: "Look:" },
			{ type: "file", mediaType: "image/png", data: { type: "base64", base64: "iVBORw0KGgo=" } },
		],
		finish,
	},
};

/** Answers as the model's name says. */
function scripted(dialect: ProviderId, stream: boolean): Provider {
	const answerTo = ({ url, body = "" }: UpstreamRequest): Answer => (`${url} ${body}`.includes("picture") ? scripts.picture : scripts.cached);
	if (dialect === "bedrock-converse") return bedrockAnswering(answerTo);
	if (dialect === "claude-code") return claudeCodeAnswering(answerTo);
	const context = { model: "m", answerId: "id_1", createdAt: 0, requestId: "req_1", includeUsage: true };
	const codec = codecs[dialect];
	return {
		...simulator({ dialect }),
		send(request) {
			const answer = answerTo(request);
			const body = stream ? codec.createStreamEncoder(context).push(unfoldAnswer(answer)) : JSON.stringify(codec.encodeAnswer(answer, context));
			return scriptedSend({ chunks: [body] }).send(request);
		},
	};
}
