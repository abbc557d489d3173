import type { z } from "zod";
import type { SurfaceId } from "../../contract/operation.ts";
import { errorBody } from "../../contract/operations/fields.ts";
import { anthropicError } from "../../contract/wire/anthropic-messages.ts";
import { geminiError } from "../../contract/wire/gemini.ts";
import { openaiError } from "../../contract/wire/openai-chat.ts";

/** What the document says of a surface as a whole. */
interface SurfaceHabits {
	readonly description: string;
	readonly error: z.ZodType;
	/** Any one of these lets a caller in. */
	readonly security: readonly ("bearer" | "apiKey" | "googleApiKey" | "cookie")[];
}

export const surfaceHabits: Readonly<Record<SurfaceId, SurfaceHabits>> = {
	meta: { description: "Health and documentation", error: errorBody, security: ["bearer"] },
	prompt: { description: "One prompt, one answer", error: errorBody, security: ["bearer"] },
	text: { description: "Text and objects, in sessions", error: errorBody, security: ["bearer"] },
	openai: { description: "What OpenAI's SDKs speak", error: openaiError, security: ["bearer"] },
	anthropic: { description: "What Anthropic's SDKs speak", error: anthropicError, security: ["apiKey", "bearer"] },
	gemini: { description: "What Google's SDKs speak", error: geminiError, security: ["googleApiKey", "bearer"] },
	accounts: { description: "People, organisations, projects and their keys", error: errorBody, security: ["cookie", "bearer"] },
	insights: { description: "What was asked, what it cost and how it went", error: errorBody, security: ["cookie", "bearer"] },
	ui: { description: "What the AI SDK's `useChat` speaks", error: errorBody, security: ["bearer"] },
};
