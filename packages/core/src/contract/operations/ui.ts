import { z } from "zod";
import { exchangeErrors, type Operation, requestErrors } from "../operation.ts";
import { uiMessage, uiMessageChunk, uiTool } from "../wire/ui-messages.ts";
import { model, provider, system, temperature } from "./fields.ts";

export const chatRequest = z
	.strictObject({
		id: z.string().optional().meta({ description: "The chat's id, which stays the client's own: the messages hold all that was said" }),
		messages: z.array(uiMessage).min(1),
		trigger: z.string().optional().meta({ description: "`submit-message` or `regenerate-message`" }),
		messageId: z.string().nullish().meta({ description: "The message to make anew: the client has cut the messages there" }),
		model,
		provider,
		system,
		tools: z.record(z.string().min(1), uiTool).optional().meta({ description: "By name. They run at the client, which adds their outputs to the message" }),
		maxTokens: z.int().positive().optional(),
		temperature,
		reasoningEffort: z.string().min(1).optional().meta({ description: "`none`, `low`, `medium`, `high`, or what else the provider knows" }),
	})
	.meta({ id: "ChatRequest" });
export type ChatRequest = z.output<typeof chatRequest>;

export const uiOperations = {
	streamChat: {
		surface: "ui",
		method: "POST",
		path: "/v1/chat/ui",
		summary: "Stream an answer to the AI SDK's `useChat`",
		description: "Takes what `useChat` posts; `model`, `system`, `tools` and the others go into the `body` option of its transport.",
		access: "principal",
		body: chatRequest,
		idempotency: "kept",
		isCacheable: true,
		output: {
			kind: "events",
			events: { message: uiMessageChunk },
			description:
				"The AI SDK's UI message stream (`x-vercel-ai-ui-message-stream: v1`). Ends with `finish` and `data: [DONE]`; a failure after the first content ends with `error` instead. Blocks that only one dialect can say come as `data-opaque`, for the way back.",
		},
		errors: [...requestErrors, ...exchangeErrors],
		example: { id: "chat-1", model: "sim/echo", messages: [{ id: "message-1", role: "user", parts: [{ type: "text", text: "Explain recursion" }] }] },
	},
} as const satisfies Record<string, Operation>;
