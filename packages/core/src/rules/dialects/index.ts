import type { ProviderDialectId } from "../../contract/prompt.ts";
import { aiSdk } from "./ai-sdk/index.ts";
import { anthropicMessages } from "./anthropic-messages/index.ts";
import { bedrockConverse } from "./bedrock-converse/index.ts";
import { claudeCode } from "./claude-code/index.ts";
import type { ProviderCodec } from "./dialect.ts";
import { gemini } from "./gemini/index.ts";
import { openaiChat } from "./openai-chat/index.ts";
import { openaiResponses } from "./openai-responses/index.ts";

/** The provider's side of every dialect, by id. */
export const providerCodecs: Readonly<Record<ProviderDialectId, ProviderCodec>> = {
	"openai-chat": openaiChat.provider,
	"openai-responses": openaiResponses.provider,
	"anthropic-messages": anthropicMessages.provider,
	gemini: gemini.provider,
	"bedrock-converse": bedrockConverse,
	"ai-sdk": aiSdk,
	"claude-code": claudeCode,
};
