import type { ChatRequest } from "../../contract/operations/ui.ts";
import type { Prompt, Settings } from "../../contract/prompt.ts";
import { converseStream } from "../../effects/converse.ts";
import { validationError } from "../../http/body.ts";
import { encodeStream } from "../../http/encoded-stream.ts";
import { answerHeaders, askedByHeaders, warningHeader } from "../../http/answer-headers.ts";
import { errorReply, posternErrorBody } from "../../http/json-reply.ts";
import { eventStreamReply } from "../../http/server-sent-events.ts";
import type { Surface } from "../../http/surface.ts";
import { decodeUiMessages } from "./message-decoder.ts";
import { createUiStreamEncoder } from "./stream-encoder.ts";

/** What the AI SDK's `useChat` posts and reads. */
export const uiSurface: Surface<"ui"> = {
	id: "ui",
	errorReply: (error, requestId) => errorReply(error, posternErrorBody(error, requestId)),
	handlers: {
		async streamChat({ body, requestId, operation, principal, request }, services) {
			const decoded = decodeUiMessages(body.messages);
			if (!decoded.ok) return { ok: false, problem: validationError(decoded.problem) };
			const { model, provider } = body;
			const prompt = promptOf(body, decoded.value);
			const conversation = { operation, requestId, principal, signal: request.signal, prompt, model, provider, ...askedByHeaders(request) };
			const result = await converseStream({ surface: "ui", ...conversation }, services);
			if (!result.ok) return result;
			const { batches, target, warnings, cost } = result.value;
			const encode = createUiStreamEncoder({
				messageId: continuedMessageId(body) ?? services.createId("msg"),
				answerId: requestId,
				cost,
				metadata: { requestId, model: `${target.providerName}/${target.model}`, ...(warnings.length === 0 ? {} : { warnings: [...warnings] }) },
			});
			const headers = { "x-vercel-ai-ui-message-stream": "v1", ...warningHeader(warnings), ...answerHeaders(result.value) };
			return { ok: true, value: eventStreamReply(encodeStream(batches, encode), headers) };
		},
	},
};

/** An answer behind tool outputs goes on in the same message: under another id the client would show a second one. */
function continuedMessageId({ messages }: ChatRequest): string | undefined {
	const last = messages.at(-1);
	return last?.role === "assistant" ? last.id : undefined;
}

function promptOf({ system, tools, maxTokens, temperature, reasoningEffort }: ChatRequest, conversation: Prompt["messages"]): Prompt {
	const settings: Settings = {
		...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
		...(temperature === undefined ? {} : { temperature }),
		...(reasoningEffort === undefined ? {} : { reasoning: { effort: reasoningEffort } }),
	};
	const offered = Object.entries(tools ?? {}).map(([name, { description, inputSchema }]) => ({
		type: "function" as const,
		name,
		...(description === undefined ? {} : { description }),
		inputSchema: inputSchema ?? { type: "object", properties: {} },
	}));
	return {
		messages: system === undefined ? conversation : [{ role: "system", content: [{ type: "text", text: system }] }, ...conversation],
		settings,
		...(offered.length === 0 ? {} : { tools: offered }),
	};
}
